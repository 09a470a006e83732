//! `--entry`: which private key, where files hold several. One meaning for every command that has it.

use clap::Args;

use crate::app::key_entry::Choice;
use crate::model::shell_word::shell_word;

const OPTION: &str = "--entry";

#[derive(Debug, Clone, Default, Args)]
pub struct EntryArgs {
    /// Which private key, where the files hold several: its name (friendlyName, alias) or its number, with its certificate and chain
    #[arg(long, value_name = "NAME|N", allow_hyphen_values = true)]
    entry: Option<String>,
}

impl EntryArgs {
    pub fn is_given(&self) -> bool {
        self.entry.is_some()
    }

    /// With the command as it was typed, for a help that can be pasted.
    pub fn choice(self) -> Choice {
        Choice { entry: self.entry, again: Some(without_option(std::env::args().skip(1))) }
    }
}

/// The command without `--entry` and its value.
fn without_option(typed: impl Iterator<Item = String>) -> String {
    let mut command = "sealpost".to_owned();
    let mut is_value = false;
    for word in typed {
        let is_option = word == OPTION;
        if !is_option && !is_value && !word.starts_with("--entry=") {
            // An option or standard input stays what it is; `shell_word` takes every word for a file.
            let shown =
                if word.starts_with('-') && !word.contains(char::is_whitespace) { word } else { shell_word(&word) };
            command = command + " " + &shown;
        }
        is_value = is_option;
    }
    command
}

#[cfg(test)]
mod tests {
    use super::without_option;

    #[test]
    fn the_command_is_repeated_without_the_option() {
        let typed = |words: &[&str]| without_option(words.iter().map(|word| (*word).to_owned()));
        assert_eq!(typed(&["show", "my keys.p12", "--entry", "--x", "-"]), "sealpost show 'my keys.p12' -");
        assert_eq!(typed(&["convert", "--entry=2", "a.p12", "--to", "pem"]), "sealpost convert a.p12 --to pem");
    }
}
