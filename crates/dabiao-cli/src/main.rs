//! `dabiao`: scores communities against a published standard, exactly and explainably.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod failure;
mod faults;
mod help;
mod inputs;
mod outputs;
mod progress;
mod session;
mod weihai;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Arguments, Command, GridCommand};
use failure::Failure;
use session::Session;

fn main() -> ExitCode {
    let words: Vec<OsString> = env::args_os().collect();
    let parsed = help::command(&words)
        .try_get_matches_from(words)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(message) => {
            // To standard output for --help, to standard error otherwise; either may be closed.
            let _ = message.print();
            return ExitCode::from(if message.use_stderr() { 2 } else { 0 });
        }
    };
    let mut session = Session::new(&arguments.common);
    let done = run(&mut session, &arguments.command)
        .and_then(|()| session.out.flush().map_err(Failure::from));
    match done {
        Ok(()) | Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(Failure::Input { faults, text }) => {
            faults::report(&faults, text.as_deref(), session.lang, session.format);
            ExitCode::from(1)
        }
        Err(Failure::Reported) => ExitCode::from(1),
        Err(Failure::Call(message)) => {
            let word = session.pick("错误", "error");
            let _ = writeln!(io::stderr(), "{word}: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(session: &mut Session, command: &Command) -> Result<(), Failure> {
    if session.format == args::Format::Parquet
        && !matches!(command, Command::Score(_) | Command::Run(_))
    {
        return Err(Failure::call(
            session.lang,
            "--format parquet 只用于 score 和 run",
            "--format parquet is for score and run alone",
        ));
    }
    match command {
        Command::Demo(demo) => commands::demo::run(session, demo),
        Command::Run(call) => commands::run::run(session, call),
        Command::Select(call) => commands::select::run(session, call),
        Command::Compare(call) => commands::compare::run(session, call),
        Command::Grid(GridCommand::Check(call)) => commands::grid::check(session, call),
        Command::Report(call) => commands::report::run(session, call),
        Command::Score(score) => commands::score::run(session, score),
        Command::Gaps(gaps) => commands::gaps::run(session, gaps),
        Command::Explain(explain) => commands::explain::run(session, explain),
        Command::Standard(standard) => commands::standard::run(session, standard),
        Command::Template(call) => commands::template::run(session, call),
        Command::Collect(call) => commands::collect::run(session, call),
        Command::Export(call) => commands::export::run(session, call),
    }
}
