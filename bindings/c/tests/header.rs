//! The header in the repository is the one that the code makes.

use std::path::Path;

/// `DABIAO_BLESS=1` writes it anew.
#[test]
fn the_header_is_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    let bindings = cbindgen::Builder::new()
        .with_crate(folder)
        .with_config(config)
        .generate()
        .unwrap();
    let mut made = Vec::new();
    bindings.write(&mut made);
    let made = String::from_utf8(made).unwrap();
    let path = folder.join("include/dabiao.h");
    if std::env::var_os("DABIAO_BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        held == made,
        "include/dabiao.h is not what the code makes: run this test with DABIAO_BLESS=1"
    );
}
