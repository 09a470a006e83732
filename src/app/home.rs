//! Opening the home, and what the operator reads when something is wrong with it.

use crate::sys::library_error;
use std::io::ErrorKind;

use crate::model::diagnostic::{Diagnostic, Diagnostics, SourceLine};
use crate::model::moment;
use crate::model::place::Place;
use crate::model::shell_word::shell_word;
use crate::operate::{Clash, Home, HomeError, Newer};
use crate::sys::files::{Doing, FileError, FileProblem};

use super::admission;
use super::context::Context;

/// Opens the home of this run.
pub fn open(context: &Context) -> Result<Home, Diagnostics> {
    Ok(Home::open(&context.home)?)
}

impl From<HomeError> for Diagnostics {
    fn from(error: HomeError) -> Diagnostics {
        match error {
            HomeError::Configuration { path, problems } => configuration(&path.display().to_string(), problems),
            HomeError::Refused(refusals) => all(refusals.iter().map(admission::refused).collect()),
            HomeError::NotAdmitted { running, reviews } => admission::blocked(running, &reviews),
            other => one(other).into(),
        }
    }
}

/// A list that is known to hold an error.
fn all(list: Vec<Diagnostic>) -> Diagnostics {
    Diagnostics::if_errors(list)
        .unwrap_or_else(|| Diagnostic::error("home/unknown", "something is wrong and nobody said what").into())
}

fn one(error: HomeError) -> Diagnostic {
    match error {
        HomeError::Missing(path) => {
            Diagnostic::error("home/missing", format!("there is no home at `{}`", path.display()))
                .help("sealpost init, or name another home with --home or SEALPOST_HOME")
        }
        HomeError::NotAHome { path, found } => {
            Diagnostic::error("home/foreign", format!("`{}` is not a home that `sealpost init` made", path.display()))
                .fact(match found.as_slice() {
                    [] => "it is empty".to_owned(),
                    names => format!("it holds {}", names.join(", ")),
                })
                .help("sealpost init --home DIR with a new directory")
        }
        HomeError::File(error) => file(&error),
        HomeError::Locked { holder, seconds } => {
            Diagnostic::error("home/locked", "another command is changing this home")
                .fact(format!("{holder} has held the lock for more than {seconds} seconds"))
                .fact("nothing was changed")
                .help("wait until it has ended, and try again")
        }
        HomeError::Identity { uid, source } => {
            Diagnostic::error("home/owner", format!("cannot become user {uid}, who owns this home"))
                .fact(library_error::io(&source))
                .help("run the command as that user")
        }
        HomeError::Damaged { path, reason } => {
            Diagnostic::error("home/damaged", "a file of the home is not as sealpost wrote it")
                .at_what(Place::file(path.display().to_string()), reason)
                .fact("nothing was changed")
                .help(damage_help(&path))
        }
        other => of_a_change(other),
    }
}

fn damage_help(path: &std::path::Path) -> String {
    match path.components().any(|part| part.as_os_str() == "staged") {
        true => "sealpost change clear --force throws the staged edits away".to_owned(),
        false => "sealpost change rollback N returns to another revision; or restore the file from a backup".to_owned(),
    }
}

/// What is wrong with the wish, not with the home.
fn of_a_change(error: HomeError) -> Diagnostic {
    match error {
        HomeError::NoProfile(name) => {
            Diagnostic::error("profile/unknown", format!("there is no profile `{name}`")).help("sealpost cert list")
        }
        HomeError::ProfileExists(name) => {
            Diagnostic::error("profile/exists", format!("there is a profile `{name}` already"))
                .fact("nothing was changed")
                .help(format!("choose another name, or look at it: sealpost cert show {name}"))
        }
        HomeError::NoRevision { wanted, known } => {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            Diagnostic::error("revision/unknown", format!("there is no revision {wanted}"))
                .fact(format!("revisions: {}", known.join(", ")))
                .fact("nothing was changed")
                .help("sealpost change history")
        }
        HomeError::Stale { base, newer, clashes, tried } => stale(&base.to_string(), &newer, &clashes, tried),
        HomeError::Unconfirmed { number, source } => Diagnostic::error(
            "commit/unconfirmed",
            format!("revision {number} runs, but may not survive a power failure"),
        )
        .fact(source.to_string())
        .help("check the disk, then: sealpost change history"),
        HomeError::KeysAwaited(keys) => {
            let list = keys.iter().map(|(name, time)| format!("{name}: request exported {}", moment::date(*time)));
            let mut diagnostic = Diagnostic::error(
                "change/key-awaited",
                "clearing would destroy the only copy of a key whose request has left the home",
            );
            diagnostic.facts = list.collect();
            diagnostic
                .fact("nothing was cleared; without the key, the CA's answer is of no use")
                .help("sealpost change commit keeps the key; sealpost change clear --force destroys it")
        }
        other => Diagnostic::error("home/unusable", other.to_string()),
    }
}

fn stale(base: &str, newer: &[Newer], clashes: &[Clash], tried: bool) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        "change/stale",
        format!("something was committed since these edits began on revision {base}"),
    );
    for revision in newer {
        let comment = if revision.comment.is_empty() { "no comment" } else { &revision.comment };
        diagnostic = diagnostic.fact(format!(
            "revision {}: {} by {}: {comment}",
            revision.number,
            moment::rfc3339(revision.time),
            revision.author
        ));
    }
    for clash in clashes {
        diagnostic = diagnostic.fact(match clash {
            Clash::Profile(name) => format!("both changed profile {name}"),
            Clash::Configuration => "both changed sealpost.toml".to_owned(),
            Clash::Authorities => "both changed authorities/custom.pem".to_owned(),
            Clash::BaseGone => format!("revision {base} was pruned, so that what was changed cannot be told"),
        });
    }
    let diagnostic = diagnostic.fact("nothing was committed");
    match (clashes, tried) {
        ([], false) => {
            diagnostic.help("sealpost change commit --rebase puts these edits on top; they touch other things")
        }
        _ => diagnostic.help("look with `sealpost change show`; then `sealpost change clear` and make the edits again"),
    }
}

fn configuration(file: &str, problems: Vec<crate::model::configuration::Problem>) -> Diagnostics {
    let diagnostics = problems.into_iter().map(|problem| {
        let place = Place { line: Some(problem.line), ..Place::file(file) };
        let source = problem.source.map(|text| SourceLine { text, column: problem.column, width: problem.width });
        let diagnostic = Diagnostic::error("config/mistake", problem.message)
            .at_source(place, format!("column {}", problem.column), source)
            .fact("nothing was changed");
        match problem.suggestion {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
            None => diagnostic,
        }
    });
    all(diagnostics.collect())
}

fn file(error: &FileError) -> Diagnostic {
    let path = error.path.display().to_string();
    match &error.problem {
        FileProblem::Exposed(mode) => {
            Diagnostic::error("key/exposed", "a private key in the home can be read by others")
                .at_what(Place::file(&path), format!("mode {mode:04o}"))
                .fact("it must be 0600; who read it meanwhile can pass for this gateway: consider a new key")
                .help(format!("chmod 600 {}", shell_word(&path)))
        }
        FileProblem::Link => Diagnostic::error("home/link", "a symbolic link stands where a file of the home belongs")
            .at(Place::file(&path))
            .fact("links are never followed inside the home; nothing was changed")
            .help(format!("ls -l {}; put the real file there", shell_word(&path))),
        FileProblem::Io(source) => system(error.doing, &path, source),
        other => Diagnostic::error("home/damaged", format!("cannot {} a file of the home", error.doing))
            .at_what(Place::file(&path), other.to_string())
            .fact("nothing was changed"),
    }
}

fn system(doing: Doing, path: &str, source: &std::io::Error) -> Diagnostic {
    let (code, message, help) = match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            ("home/full", "the disk of the home is full", "free some space (df), or: sealpost change prune")
        }
        ErrorKind::ReadOnlyFilesystem => {
            ("home/read-only", "the file system of the home is read-only", "mount it writable, and try again")
        }
        ErrorKind::PermissionDenied => {
            ("home/denied", "this user may not use the home", "run the command as the home's owner, or as root")
        }
        ErrorKind::NotFound => ("home/damaged", "a file of the home is missing", "restore it from a backup"),
        _ => ("home/io", "the disk of the home reports an error", "check the disk, and try again"),
    };
    Diagnostic::error(code, message)
        .at_what(Place::file(path), format!("cannot {doing}: {}", library_error::io(source)))
        .fact("nothing was changed")
        .help(help)
}
