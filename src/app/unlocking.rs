//! Opening what is under a password: first the empty one, then those that opened something before, then those that are given.

use crate::inspect::bytes::{self, Item, Items, Kind, UnlockError};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::place::Place;

use super::reading::{Protected, ReadFile, Survey};
use super::secrets::{Locked, Password, Secrets};

/// Things that are opened in one run. Each costs a key derivation of up to seconds; a file made to waste time could hold thousands.
const MOST_LOCKS: usize = 64;

/// Passwords tried on one thing. A prompt gives up earlier.
const MOST_PASSWORDS: usize = 64;

/// A keystore holds keys, and those hold nothing.
const DEEPEST: usize = 2;

/// Opens locked items, and remembers which passwords helped.
pub struct Unlocking<'a> {
    secrets: &'a mut dyn Secrets,
    /// Single keys stay locked: nobody knows yet which one is needed, or whether any is.
    leaves_keys: bool,
    known: Vec<Password>,
    locks: usize,
}

/// What came of trying passwords.
enum Outcome {
    Open(Vec<Item>),
    /// Nobody could be asked.
    NoPassword(Diagnostics),
    Failed(Box<Diagnostic>),
}

impl<'a> Unlocking<'a> {
    pub fn new(secrets: &'a mut dyn Secrets) -> Unlocking<'a> {
        Unlocking { secrets, leaves_keys: false, known: Vec::new(), locks: 0 }
    }

    /// Opens containers, and leaves single keys as they are.
    pub fn leaving_keys(secrets: &'a mut dyn Secrets) -> Unlocking<'a> {
        Unlocking { leaves_keys: true, ..Unlocking::new(secrets) }
    }

    /// Adds `item` to `file`, or what is in it when it is locked and opens. What goes wrong is told in `survey`.
    pub fn open(&mut self, item: Item, file: &mut ReadFile, survey: &mut Survey) {
        self.open_at(item, file, survey, 0);
    }

    /// `items` with what is in the locked ones, as far as passwords are at hand, and why some did not open.
    pub fn open_all(&mut self, items: Items) -> (Items, Vec<Diagnostic>) {
        let Items { file: name, form, items, damages } = items;
        let mut file = ReadFile { name, form, items: Vec::with_capacity(items.len()), protections: Vec::new() };
        let mut survey = Survey::default();
        items.into_iter().for_each(|item| self.open(item, &mut file, &mut survey));
        (Items { file: file.name, form: file.form, items: file.items, damages }, survey.errors)
    }

    /// Recursion is bounded by `DEEPEST`.
    fn open_at(&mut self, item: Item, file: &mut ReadFile, survey: &mut Survey, depth: usize) {
        let Kind::Locked(locked) = &item.kind else { return file.items.push(item) };
        if self.leaves_keys && locked.is_single_key() {
            return file.items.push(item);
        }
        let told = Locked { file: described(&item.place), protection: locked.protection() };
        let index = file.protections.len();
        file.protections.push(Protected {
            place: item.place.clone(),
            protection: told.protection.clone(),
            opened: false,
        });
        self.locks += 1;
        let outcome = match self.locks > MOST_LOCKS || depth > DEEPEST {
            true => Outcome::Failed(Box::new(too_many(&told))),
            false => self.unlock(locked, &told),
        };
        match outcome {
            Outcome::Open(inner) => {
                file.protections[index].opened = true;
                inner.into_iter().for_each(|inner| self.open_at(inner, file, survey, depth + 1));
            }
            Outcome::NoPassword(errors) => {
                survey.missing_passwords.extend(errors.into_vec());
                file.items.push(item);
            }
            Outcome::Failed(error) => {
                let place = item.place.clone();
                survey.errors.push(error.at(place));
                file.items.push(item);
            }
        }
    }

    fn unlock(&mut self, locked: &bytes::Locked, told: &Locked) -> Outcome {
        match locked.unlock("") {
            Ok(items) => return Outcome::Open(items),
            Err(UnlockError::WrongPassword) => {}
            Err(error) => return Outcome::Failed(Box::new(cannot_open(told, &error))),
        }
        for password in &self.known {
            if let Ok(items) = locked.unlock(password) {
                return Outcome::Open(items);
            }
        }
        for attempt in 0..MOST_PASSWORDS {
            let password = match self.secrets.unlock(told, attempt) {
                Ok(Some(password)) => password,
                Ok(None) => return Outcome::Failed(Box::new(wrong_password(told, attempt))),
                Err(errors) => return Outcome::NoPassword(errors),
            };
            if self.known.contains(&password) {
                continue;
            }
            match locked.unlock(&password) {
                Ok(items) => {
                    self.known.push(password);
                    return Outcome::Open(items);
                }
                Err(UnlockError::WrongPassword) => {}
                Err(error) => return Outcome::Failed(Box::new(cannot_open(told, &error))),
            }
        }
        Outcome::Failed(Box::new(wrong_password(told, MOST_PASSWORDS)))
    }
}

fn described(place: &Place) -> String {
    match (place.line, place.block) {
        (Some(1) | None, None | Some(1)) => place.file.clone(),
        _ => place.to_string(),
    }
}

fn wrong_password(locked: &Locked, tried: usize) -> Diagnostic {
    let message = match tried {
        0 | 1 => format!("the password does not open `{}`", locked.file),
        _ => format!("none of the {tried} passwords opens `{}`", locked.file),
    };
    Diagnostic::error("password/wrong", message)
        .fact(format!("it is protected by {}", locked.protection))
        .help("--password-file FILE with the right password on a line of its own")
}

fn cannot_open(locked: &Locked, error: &UnlockError) -> Diagnostic {
    let fact = format!("it is protected by {}", locked.protection);
    match error {
        UnlockError::Unsupported(what) => Diagnostic::error(
            "password/unsupported",
            format!("`{}` is protected in a way that is not supported", locked.file),
        )
        .fact(what.clone())
        .fact(fact)
        .help("export it again with the program that made it, with AES-256 and SHA-256"),
        UnlockError::Malformed(_) | UnlockError::WrongPassword => {
            Diagnostic::error("container/malformed", format!("`{}` is damaged", locked.file))
                .fact(error.to_string())
                .fact(fact)
                .help("copy the file again from where it was made, in binary mode")
        }
    }
}

fn too_many(locked: &Locked) -> Diagnostic {
    Diagnostic::error(
        "password/too-many",
        format!("`{}` was not opened: too many things here need a password", locked.file),
    )
    .fact(format!("{MOST_LOCKS} are opened in one run"))
    .help("name fewer files at once")
}
