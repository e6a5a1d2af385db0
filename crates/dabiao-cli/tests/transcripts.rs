//! Transcripts of the command, in `tests/cmd`: what a person sees. To accept what has changed,
//! run with `TRYCMD=overwrite` and read the difference.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .env("LC_ALL", "C.UTF-8")
        .case("tests/cmd/*.trycmd");
}
