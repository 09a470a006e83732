//! `sealpost man [COMMAND…]`, and the pages themselves, made from the commands.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::render::document::Document;
use crate::sys::output::{self, Existing};

use super::command::{Command, Verb};
use super::run::program;
use super::session::Session;

pub const COMMAND: Command = Command::of::<Man>(
    &["man"],
    "print a man page, or write all of them",
    "Examples:
  sealpost man cert import | man -l -
  sealpost man --dir /usr/local/share/man/man1",
);

#[derive(Args)]
pub struct Man {
    /// The command whose page to print; none for the program itself
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,

    /// Write every page into this directory instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

/// One page of the manual.
pub struct ManPage {
    /// The file's name, such as `sealpost-cert-import.1`.
    pub file: String,
    /// The command's words behind `sealpost`.
    pub words: Vec<String>,
    /// In roff.
    pub text: String,
}

impl Verb for Man {
    type Answer = Document;

    fn run(self, _: &mut Session) -> Result<Reply<Document>, Diagnostics> {
        match self.dir {
            Some(dir) => write_all(&dir),
            None => print_one(&self.command),
        }
    }
}

fn print_one(words: &[String]) -> Result<Reply<Document>, Diagnostics> {
    let page = pages().into_iter().find(|page| page.words == words).ok_or_else(|| {
        let name = words.join(" ");
        Diagnostic::error("man/no-page", format!("there is no command `{name}`")).help("sealpost --help")
    })?;
    Ok(Document::new(page.file, page.text).into())
}

fn write_all(dir: &Path) -> Result<Reply<Document>, Diagnostics> {
    let pages = pages();
    for page in &pages {
        let path = dir.join(&page.file);
        output::write(&path, page.text.as_bytes(), 0o644, Existing::Replace).map_err(|error| {
            Diagnostic::error("output/unwritable", format!("cannot write `{}`", path.display())).fact(error.to_string())
        })?;
    }
    let list: String = pages.iter().map(|page| format!("{}\n", dir.join(&page.file).display())).collect();
    Ok(Document::new("man pages", list).into())
}

/// Every page: the program, its nouns and its commands.
pub fn pages() -> Vec<ManPage> {
    let mut root = program();
    root.build();
    let mut pages = vec![page(&root, Vec::new())];
    collect(&root, &[], &mut pages);
    pages
}

fn collect(parent: &clap::Command, words: &[String], pages: &mut Vec<ManPage>) {
    for child in parent.get_subcommands().filter(|child| !child.is_hide_set()) {
        let mut words = words.to_vec();
        words.push(child.get_name().to_owned());
        pages.push(page(child, words.clone()));
        collect(child, &words, pages);
    }
}

fn page(command: &clap::Command, words: Vec<String>) -> ManPage {
    let mut name = vec!["sealpost".to_owned()];
    name.extend(words.iter().cloned());
    let name = name.join("-");
    let man = clap_mangen::Man::new(command.clone().name(name.clone()))
        .manual("sealpost")
        .source(format!("sealpost {}", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    // Writing into memory cannot fail.
    let _ = render(&man, command, &mut text);
    ManPage { file: format!("{name}.1"), words, text: String::from_utf8_lossy(&text).into_owned() }
}

/// In the order of man-pages(7): what help says behind the options is description here, and examples come last.
fn render(man: &clap_mangen::Man, command: &clap::Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    let details = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let (details, examples) = details.split_once("Examples:\n").unwrap_or((&details, ""));
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    match details.trim() {
        "" => man.render_description_section(out)?,
        details => out.extend(format!(".SH DESCRIPTION\n{}", roff(details)).as_bytes()),
    }
    man.render_options_section(out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(out)?;
    }
    if !examples.is_empty() {
        out.extend(format!(".SH EXAMPLES\n{}", roff(examples)).as_bytes());
    }
    Ok(())
}

/// Paragraphs as they are, indented lines without filling (roff(7)).
fn roff(text: &str) -> String {
    let mut out = String::new();
    let mut verbatim = false;
    for line in text.lines() {
        let indented = line.starts_with(' ');
        if indented != verbatim && !line.is_empty() {
            out.push_str(if indented { ".PP\n.nf\n" } else { ".fi\n" });
            verbatim = indented;
        }
        let line = line.trim_start().replace('\\', "\\e").replace('-', "\\-");
        match line.as_str() {
            "" => out.push_str(".PP\n"),
            // A control character in the first column would begin a request.
            line if line.starts_with(['.', '\'']) => out.push_str(&format!("\\&{line}\n")),
            line => out.push_str(&format!("{line}\n")),
        }
    }
    out.push_str(if verbatim { ".fi\n" } else { "" });
    out
}
