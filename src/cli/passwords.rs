//! Where passwords come from: a file, an environment variable, a prompt; never an argument.

use crate::sys::library_error;
use clap::Args;
use dialoguer::Password as Prompt;
use zeroize::Zeroizing;

use crate::app::reading::unreadable;
use crate::app::secrets::{Locked, Password, Secrets};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::sys::{input, terminal};

use super::session::Session;

/// A file of passwords is a few lines.
const LARGEST_PASSWORD_FILE: u64 = 64 << 10;

/// How often a person is asked for the password of one file.
const PROMPTS: usize = 3;

/// The secret of the file that is read, or of the one that is written where nothing else is.
#[derive(Debug, Clone, Default, Args)]
pub struct PasswordArgs {
    /// File with the password; several lines are tried in turn (`-` = standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    password_file: Option<String>,

    /// Environment variable with the password
    #[arg(long, value_name = "NAME")]
    password_env: Option<String>,
}

/// The secret of the file that is written, where another one is read.
#[derive(Debug, Clone, Default, Args)]
pub struct NewPasswordArgs {
    /// File with the password of the new file (`-` = standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "new_password_env")]
    new_password_file: Option<String>,

    /// Environment variable with the password of the new file
    #[arg(long, value_name = "NAME")]
    new_password_env: Option<String>,
}

/// The two flags that give one secret.
struct Flags<'a> {
    file: Option<&'a str>,
    env: Option<&'a str>,
    prefix: &'static str,
}

impl NewPasswordArgs {
    pub fn is_given(&self) -> bool {
        self.new_password_file.is_some() || self.new_password_env.is_some()
    }
}

impl PasswordArgs {
    pub fn is_given(&self) -> bool {
        self.password_file.is_some() || self.password_env.is_some()
    }

    fn flags(&self) -> Flags<'_> {
        Flags { file: self.password_file.as_deref(), env: self.password_env.as_deref(), prefix: "--password" }
    }

    /// Reads the passwords. `inputs` are the files that the command reads besides: standard input serves one reader only.
    /// The same secret opens what is read and seals what is written.
    pub fn secrets(&self, session: &Session, inputs: &[String]) -> Result<GivenSecrets, Diagnostics> {
        let lines = self.flags().read(inputs)?;
        Ok(GivenSecrets { can_ask: session.can_ask(), seal: lines.clone(), unlock: lines, seal_prefix: "--password" })
    }

    /// As `secrets`, with a secret of its own for what is written.
    pub fn secrets_and_new(
        &self,
        new: &NewPasswordArgs,
        session: &Session,
        inputs: &[String],
    ) -> Result<GivenSecrets, Diagnostics> {
        let unlock = self.flags().read(inputs)?;
        let mut taken = inputs.to_vec();
        taken.extend(self.password_file.clone());
        let new = Flags {
            file: new.new_password_file.as_deref(),
            env: new.new_password_env.as_deref(),
            prefix: "--new-password",
        };
        let seal = new.read(&taken)?;
        Ok(GivenSecrets { can_ask: session.can_ask(), unlock, seal, seal_prefix: "--new-password" })
    }
}

impl Flags<'_> {
    /// The lines that were given; `None` without a flag.
    fn read(&self, inputs: &[String]) -> Result<Option<Vec<Password>>, Diagnostics> {
        match (self.file, self.env) {
            (Some(file), _) => self.read_file(file, inputs).map(Some),
            (None, Some(name)) => self.read_variable(name).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn read_file(&self, file: &str, inputs: &[String]) -> Result<Vec<Password>, Diagnostics> {
        if file == "-" && inputs.iter().any(|input| input == "-") {
            return Err(Diagnostic::error("input/standard-input-twice", "standard input can be read only once")
                .fact(format!("{}-file and another input both name `-`", self.prefix))
                .help(format!("{}-file FILE", self.prefix))
                .into());
        }
        let bytes = input::read(file, LARGEST_PASSWORD_FILE).map_err(|error| unreadable(file, &error))?.bytes;
        let bytes = Zeroizing::new(bytes);
        let name = if file == "-" { "standard input".to_owned() } else { format!("`{file}`") };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Err(Diagnostic::error("password/not-text", format!("the password in {name} is not UTF-8 text"))
                .help(format!("iconv -f latin1 -t utf-8 < {file} > password.utf8"))
                .into());
        };
        let lines: Vec<Password> = lines(text);
        if lines.is_empty() {
            return Err(Diagnostic::error("password/empty", format!("there is no password in {name}"))
                .help(format!("{}-file FILE, with the password on its first line", self.prefix))
                .into());
        }
        Ok(lines)
    }

    fn read_variable(&self, name: &str) -> Result<Vec<Password>, Diagnostics> {
        let problem = match std::env::var(name).map(Zeroizing::new) {
            Ok(value) => match lines(&value) {
                lines if !lines.is_empty() => return Ok(lines),
                _ => "is empty",
            },
            Err(std::env::VarError::NotPresent) => "is not set",
            Err(std::env::VarError::NotUnicode(_)) => "is not UTF-8 text",
        };
        Err(Diagnostic::error("password/empty", format!("the environment variable `{name}` {problem}"))
            .fact(format!("{}-env names it", self.prefix))
            .help(format!("{}-file FILE", self.prefix))
            .into())
    }
}

/// The lines that are not empty, without their ends (LF or CRLF). Spaces belong to a password.
fn lines(text: &str) -> Vec<Password> {
    text.lines().filter(|line| !line.is_empty()).map(|line| Zeroizing::new(line.to_owned())).collect()
}

/// Passwords from flags, else from a person.
pub struct GivenSecrets {
    can_ask: bool,
    unlock: Option<Vec<Password>>,
    seal: Option<Vec<Password>>,
    seal_prefix: &'static str,
}

impl Secrets for GivenSecrets {
    fn unlock(&mut self, locked: &Locked, attempt: usize) -> Result<Option<Password>, Diagnostics> {
        if let Some(lines) = &self.unlock {
            return Ok(lines.get(attempt).cloned());
        }
        if !self.can_ask {
            return Err(Diagnostic::error("password/missing", format!("`{}` needs a password", locked.file))
                .fact(format!("it is protected by {}", locked.protection))
                .help("--password-file FILE, or --password-env NAME")
                .into());
        }
        match attempt {
            0 => eprintln_line(&format!("{}: {}", locked.file, locked.protection)),
            PROMPTS => return Ok(None),
            _ => eprintln_line("wrong password"),
        }
        ask(Prompt::new().with_prompt(shown(&format!("password of {}", locked.file))).allow_empty_password(true))
            .map(Some)
    }

    fn seal(&mut self, file: &str) -> Result<Password, Diagnostics> {
        if let Some(first) = self.seal.as_ref().and_then(|lines| lines.first()) {
            return Ok(first.clone());
        }
        if !self.can_ask {
            let prefix = self.seal_prefix;
            return Err(Diagnostic::error(
                "password/missing",
                format!("`{file}` needs a password to be written under"),
            )
            .help(format!("{prefix}-file FILE, or {prefix}-env NAME"))
            .into());
        }
        let prompt = Prompt::new().with_prompt(shown(&format!("new password for {file}")));
        ask(prompt.with_confirmation("the same again", "the two are not the same"))
    }
}

/// File names come from outside.
fn shown(text: &str) -> String {
    crate::render::escape::terminal(text).into_owned()
}

fn eprintln_line(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{}", shown(text));
}

/// Asks without showing what is typed.
fn ask(prompt: Prompt<'_>) -> Result<Password, Diagnostics> {
    let unanswered = |reason: String| {
        Diagnostic::error("password/missing", "no password was given")
            .fact(reason)
            .help("--password-file FILE, or --password-env NAME")
    };
    terminal::keep_through_interrupt().map_err(|error| unanswered(library_error::io(&error)))?;
    Ok(prompt
        .interact()
        .map(Zeroizing::new)
        .map_err(|dialoguer::Error::IO(error)| unanswered(library_error::io(&error)))?)
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_line_end_is_no_part_of_a_password_and_a_space_is() {
        let read = |text: &str| lines(text).iter().map(|line| line.to_string()).collect::<Vec<_>>();
        assert_eq!(read("secret\n"), ["secret"]);
        assert_eq!(read("one\r\n two \n\nthree"), ["one", " two ", "three"]);
        assert_eq!(read("\n\n"), Vec::<String>::new());
    }
}
