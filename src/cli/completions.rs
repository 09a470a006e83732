//! `sealpost completions SHELL`.

use clap::Args;
use clap_complete::Shell;

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::document::Document;

use super::command::{Command, Verb};
use super::run::program;
use super::session::Session;

pub const COMMAND: Command = Command::of::<Completions>(
    &["completions"],
    "print completions for a shell",
    "Examples:
  sealpost completions bash > /etc/bash_completion.d/sealpost
  sealpost completions zsh > \"${fpath[1]}/_sealpost\"
  sealpost completions fish > ~/.config/fish/completions/sealpost.fish",
);

#[derive(Args)]
pub struct Completions {
    /// The shell that shall read them
    #[arg(value_enum)]
    shell: Shell,
}

impl Verb for Completions {
    type Answer = Document;

    fn run(self, _: &mut Session) -> Result<Reply<Document>, Diagnostics> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut program(), "sealpost", &mut text);
        Ok(Document::new(format!("completions for {}", self.shell), String::from_utf8_lossy(&text)).into())
    }
}
