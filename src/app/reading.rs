//! Reading the files an operator names: bytes, items, and what is under a password.
//!
//! `survey` reads all it can and says what it could not; `read_all` is for those who must have everything.

use zeroize::Zeroizing;

use crate::inspect::bytes::{self, Form, Item, Items, Kind};
use crate::inspect::certificates::Certificates;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::place::Place;
use crate::model::shell_word::shell_word;
use crate::sys::input::{self, InputError};

use super::key_entry::is_locked_key;
use super::secrets::Secrets;
use super::unlocking::Unlocking;
use crate::sys::library_error;

/// No bundle that an operator handles comes near this; every program that reads it all into memory must stop somewhere.
pub const LARGEST_FILE: u64 = 16 << 20;

/// The files that were read, and what their owner should know about them.
#[derive(Debug, Default)]
pub struct Reading {
    pub files: Vec<ReadFile>,
    /// Warnings and notes.
    pub remarks: Vec<Diagnostic>,
}

/// One file.
#[derive(Debug)]
pub struct ReadFile {
    /// As the operator named it; `-` for standard input.
    pub name: String,
    pub form: Form,
    /// What was under a password that opened it stands where the container stood.
    pub items: Vec<Item>,
    /// How what needed a password was protected, in file order.
    pub protections: Vec<Protected>,
}

/// Something under a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    pub place: Place,
    /// `PKCS#12, PBES2 …`.
    pub protection: String,
    pub opened: bool,
}

/// A reading, with what could not be read.
#[derive(Debug, Default)]
pub struct Survey {
    pub reading: Reading,
    /// What went wrong, in the order of the files.
    pub errors: Vec<Diagnostic>,
    /// What nobody gave a password for; it stands among the items as locked.
    pub missing_passwords: Vec<Diagnostic>,
}

impl Reading {
    /// Opens the single keys that still are locked: those at `which` (file and item, both from 0), or all.
    ///
    /// # Errors
    /// A password that is missing or wrong, a key that cannot be opened.
    pub fn open_keys(
        &mut self,
        which: Option<&[(usize, usize)]>,
        secrets: &mut dyn Secrets,
    ) -> Result<(), Diagnostics> {
        let mut survey = Survey::default();
        let mut unlocking = Unlocking::new(secrets);
        for (number, file) in self.files.iter_mut().enumerate() {
            // A key gives one item, so that places in the list stay.
            for (index, item) in std::mem::take(&mut file.items).into_iter().enumerate() {
                match is_locked_key(&item) && which.is_none_or(|which| which.contains(&(number, index))) {
                    true => unlocking.open(item, file, &mut survey),
                    false => file.items.push(item),
                }
            }
        }
        survey.errors.extend(survey.missing_passwords);
        Diagnostics::if_errors(survey.errors).map_or(Ok(()), Err)
    }

    /// What all files hold together.
    pub fn certificates(&self) -> Certificates {
        Certificates::of(self.files.iter().flat_map(|file| &file.items))
    }
}

/// Where bytes come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file; `-` is standard input.
    File(String),
    /// What somebody pasted, under a name for messages.
    Text { name: String, bytes: Zeroizing<Vec<u8>> },
}

impl Source {
    /// Files, as an operator names them.
    pub fn files(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<Source> {
        names.into_iter().map(|name| Source::File(name.into())).collect()
    }
}

/// Reads every file, at most 16 MiB each, and opens what is locked. Anything that could not be read in full is an error, so that
/// nobody goes on with half a chain.
pub fn read_all(sources: &[Source], secrets: &mut dyn Secrets) -> Result<Reading, Diagnostics> {
    survey(sources, secrets).whole()
}

/// The same, but single keys under a password stay locked, for `key_entry`.
pub fn read_leaving_keys(sources: &[Source], secrets: &mut dyn Secrets) -> Result<Reading, Diagnostics> {
    survey_leaving_keys(sources, secrets).whole()
}

/// Reads what can be read of every file.
pub fn survey(sources: &[Source], secrets: &mut dyn Secrets) -> Survey {
    survey_with(sources, Unlocking::new(secrets))
}

/// The same, but single keys under a password stay locked, for `key_entry`.
pub fn survey_leaving_keys(sources: &[Source], secrets: &mut dyn Secrets) -> Survey {
    survey_with(sources, Unlocking::leaving_keys(secrets))
}

fn survey_with(sources: &[Source], mut unlocking: Unlocking<'_>) -> Survey {
    let mut survey = Survey::default();
    let mut stdin_is_used = false;
    for source in sources {
        let name = match source {
            Source::File(name) => name,
            Source::Text { name, bytes } => {
                survey.take(bytes::read(name, bytes), None, &mut unlocking);
                continue;
            }
        };
        if name == "-" && std::mem::replace(&mut stdin_is_used, true) {
            survey.errors.push(stdin_twice());
            continue;
        }
        match input::read(name, LARGEST_FILE) {
            Ok(input) => {
                let items = bytes::read(name, &input.bytes);
                survey.take(items, input.mode, &mut unlocking);
            }
            Err(error) => survey.errors.push(unreadable(name, &error)),
        }
    }
    survey
}

impl Survey {
    fn whole(self) -> Result<Reading, Diagnostics> {
        let Survey { reading, mut errors, missing_passwords } = self;
        errors.extend(missing_passwords);
        match Diagnostics::if_errors(errors) {
            Some(errors) => Err(errors),
            None => Ok(reading),
        }
    }

    fn take(&mut self, items: Items, mode: Option<u32>, unlocking: &mut Unlocking<'_>) {
        let Items { file: name, form, items, damages } = items;
        for damage in damages {
            let mut told = Diagnostic::new(damage.severity, damage.rule, damage.message).at(damage.place);
            (told.facts, told.help) = (damage.facts, damage.help);
            match damage.severity {
                Severity::Error => self.errors.push(told),
                Severity::Warning | Severity::Note => self.reading.remarks.push(told),
            }
        }
        let mut file = ReadFile { name, form, items: Vec::with_capacity(items.len()), protections: Vec::new() };
        let mut has_plain_key = false;
        for item in items {
            has_plain_key |= matches!(item.kind, Kind::Key(_) | Kind::UnusableKey(_));
            unlocking.open(item, &mut file, self);
        }
        if let Some(mode) = mode.filter(|mode| has_plain_key && mode & 0o077 != 0) {
            self.reading.remarks.push(open_to_others(&file.name, mode));
        }
        self.reading.files.push(file);
    }
}

fn stdin_twice() -> Diagnostic {
    Diagnostic::error("input/standard-input-twice", "standard input can be read only once, but `-` stands twice")
        .help("write one of them to a file first, and name that file")
}

/// What is told about a file that cannot be read.
pub fn unreadable(name: &str, error: &InputError) -> Diagnostic {
    let word = shell_word(name);
    match error {
        InputError::Directory => Diagnostic::error("input/directory", format!("`{name}` is a directory, not a file"))
            .help(format!("name the files in it: ls {word}")),
        InputError::TooLarge { size, limit } => {
            let size = size.map_or_else(|| "more".to_owned(), |size| format!("{size} bytes"));
            Diagnostic::error("input/too-large", format!("`{name}` is larger than {}", size_of(*limit)))
                .fact(format!("its size:    {size}"))
                .fact(format!("the largest: {limit} bytes"))
                .help("name the file that holds only the certificates")
        }
        InputError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Diagnostic::error("input/missing", format!("there is no file `{name}`"))
                .help(format!("ls {}", folder_of(name)))
        }
        InputError::Io(error) => Diagnostic::error("input/unreadable", format!("cannot read `{name}`"))
            .fact(library_error::io(error))
            .help(format!("ls -l {word}")),
    }
}

fn size_of(bytes: u64) -> String {
    match bytes.is_multiple_of(1 << 20) {
        true => format!("{} MiB", bytes >> 20),
        false => format!("{bytes} bytes"),
    }
}

fn folder_of(name: &str) -> String {
    let folder = std::path::Path::new(name).parent().filter(|folder| !folder.as_os_str().is_empty());
    shell_word(&folder.map_or_else(|| ".".into(), |folder| folder.display().to_string()))
}

fn open_to_others(name: &str, mode: u32) -> Diagnostic {
    Diagnostic::warning("key/file-mode", format!("others can read the private key in `{name}`"))
        .at(Place::file(name))
        .fact(format!("its mode is {mode:04o}, that of a key is 0600"))
        .help(format!("chmod 600 {}", shell_word(name)))
}
