//! `log`: what happened to a message, and did it travel over TLS; and what went wrong.

use crate::sys::library_error;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use crate::deliver::log_line::LogLine;
use crate::deliver::tracking::{
    ConnectionTrace, FailureGroup, Failures, MessageTrace, Question, Tally, Tracked, Tracker, Window,
};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::plural;
use crate::model::place::Place;
use crate::sys::log_reading::{self, Line};
use crate::sys::time_zone::TimeZone;

use super::context::Context;
use super::home;

/// Names below the home.
const LOG: &str = "log";
const TEXT: &str = "mail.log";
const JSON: &str = "mail.json";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogQuestion {
    One(Question),
    /// Failures, of one destination or of all.
    Failed(Option<String>),
}

/// What is asked, and where the answer stands.
#[derive(Debug, Clone)]
pub struct LogOrder {
    pub question: LogQuestion,
    pub window: Window,
    /// Messages that are told at most, the newest.
    pub limit: usize,
    /// Files in place of the home's log, the oldest first; `-` is standard input.
    pub files: Vec<String>,
}

/// What the logs say.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Logged {
    /// Something was found; with `--failed`, failures.
    pub found: bool,
    /// In the order of their numbers.
    pub messages: Vec<MessageTrace>,
    /// The connection that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionTrace>,
    /// Groups of failures, by kind, the latest first.
    pub failures: Vec<FailureGroup>,
    /// Messages before those that are told (`--limit`), or failures in none of the groups.
    pub left_out: u64,
    /// Lines that were looked at.
    pub lines: u64,
    /// Lines that are not ours, or cut.
    pub unread_lines: u64,
    /// The files that were read, the oldest first.
    pub files: Vec<String>,
    #[serde(skip)]
    pub is_about_failures: bool,
    #[serde(skip)]
    pub is_about_one: bool,
}

/// Reads the logs and answers.
pub fn log(context: &Context, order: &LogOrder) -> Result<Reply<Logged>, Diagnostics> {
    let zone = TimeZone::of_machine();
    let sources = sources(context, order)?;
    let files: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let mut logged = match &order.question {
        LogQuestion::One(question) => {
            let mut tracker = Tracker::new(question.clone(), order.window, order.limit, zone.clone());
            read(sources, &zone, &mut |line| match line {
                Line::Whole(line) => tracker.line(line),
                Line::Broken => tracker.unread(),
            })?;
            of_tracked(tracker.finish(), question)
        }
        LogQuestion::Failed(domain) => {
            let mut failures = Failures::new(domain.clone(), order.window, zone.clone());
            read(sources, &zone, &mut |line| match line {
                Line::Whole(line) => failures.line(line),
                Line::Broken => failures.unread(),
            })?;
            of_failures(failures)
        }
    };
    logged.files = files;
    let remarks = remarks(&logged);
    Ok(Reply::new(logged, remarks))
}

fn of_tracked(tracked: Tracked, question: &Question) -> Logged {
    let Tracked { messages, connection, tally } = tracked;
    let found = !messages.is_empty() || connection.is_some();
    let is_about_one = matches!(question, Question::Message(_));
    Logged { found, messages, connection, is_about_one, ..nothing(tally) }
}

fn of_failures(failures: Failures) -> Logged {
    let (failures, others, tally) = failures.finish();
    Logged { found: !failures.is_empty(), failures, left_out: others, is_about_failures: true, ..nothing(tally) }
}

fn nothing(tally: Tally) -> Logged {
    Logged {
        found: false,
        messages: Vec::new(),
        connection: None,
        failures: Vec::new(),
        left_out: tally.left_out,
        lines: tally.lines,
        unread_lines: tally.unread,
        files: Vec::new(),
        is_about_failures: false,
        is_about_one: false,
    }
}

fn remarks(logged: &Logged) -> Vec<Diagnostic> {
    let mut remarks = Vec::new();
    if logged.unread_lines > 0 {
        let lines = plural(logged.unread_lines, "line");
        remarks.push(
            Diagnostic::note("log/unread", format!("{lines} of {} could not be read", logged.lines))
                .fact("they are cut, or another program wrote them"),
        );
    }
    if logged.files.is_empty() {
        remarks.push(
            Diagnostic::note("log/empty", "this home has no mail log yet")
                .help("sealpost serve writes it; --file FILE reads another one"),
        );
    }
    remarks
}

/// A file that is open.
struct Source {
    name: String,
    input: Box<dyn io::Read>,
}

fn sources(context: &Context, order: &LogOrder) -> Result<Vec<Source>, Diagnostics> {
    if !order.files.is_empty() {
        return order.files.iter().map(|name| given(name)).collect();
    }
    let directory = home::open(context)?.path().join(LOG);
    let found = |name| log_reading::files(&directory, name).map_err(|error| unreadable(&directory, &error));
    let mut files = found(TEXT)?;
    if files.is_empty() {
        files = found(JSON)?;
    }
    let source = |(path, file): (PathBuf, File)| Source { name: display(&path), input: Box::new(file) };
    Ok(files.into_iter().map(source).collect())
}

fn display(path: &Path) -> String {
    path.display().to_string()
}

fn given(name: &str) -> Result<Source, Diagnostics> {
    let input = log_reading::open(name).map_err(|error| unreadable(Path::new(name), &error))?;
    Ok(Source { name: name.to_owned(), input })
}

/// Lines of the JSON log become lines of the text log on the way.
fn read(sources: Vec<Source>, zone: &TimeZone, tell: &mut dyn FnMut(Line<'_>)) -> Result<(), Diagnostics> {
    let mut text = String::new();
    for Source { name, input } in sources {
        let mut each = |line: Line<'_>| match line {
            Line::Whole(json) if json.starts_with(b"{") => {
                text.clear();
                match LogLine::parse_json(json) {
                    Ok(mut parsed) => {
                        parsed.time = zone.local(parsed.time);
                        parsed.text(&mut text);
                        tell(Line::Whole(text.trim_end_matches('\n').as_bytes()));
                    }
                    Err(_) => tell(Line::Broken),
                }
            }
            line => tell(line),
        };
        log_reading::lines(input, &mut each).map_err(|error| unreadable(Path::new(&name), &error))?;
    }
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let diagnostic = Diagnostic::error("log/unreadable", "the mail log cannot be read")
        .at_what(Place::file(display(path)), library_error::io(error));
    match error.kind() {
        io::ErrorKind::PermissionDenied => diagnostic.help("run the command as the home's owner, or as root"),
        io::ErrorKind::NotFound => diagnostic.help("sealpost log without --file reads the log of the home"),
        _ => diagnostic,
    }
}
