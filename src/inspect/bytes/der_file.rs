//! Files of binary objects: one, or several in a row.

use super::damage::{Damage, Damages, counted};
use super::object::{self, Problem};
use super::{Form, Item, Items};
use crate::model::place::Place;

/// Reads every object of the file, as long as one follows the other.
pub(super) fn read(file: &str, bytes: &[u8]) -> Items {
    let mut reader =
        Objects { file, bytes, several: follows_another(bytes), items: Vec::new(), damages: Damages::default() };
    let form = reader.read();
    Items { file: file.to_owned(), form, items: reader.items, damages: reader.damages.finish(file) }
}

struct Objects<'a> {
    file: &'a str,
    bytes: &'a [u8],
    several: bool,
    items: Vec<Item>,
    damages: Damages,
}

impl Objects<'_> {
    fn read(&mut self) -> Form {
        let (mut at, mut number, mut form) = (0, 0, None);
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if number > 0 && !object::begins_as_der(rest) {
                self.after_the_end(rest, at);
                break;
            }
            number += 1;
            let place = self.place(number, at);
            let total = match object::extent(rest) {
                Ok(total) => total,
                Err(problem) => {
                    self.damages.push(damage(&problem, "the object", place));
                    break;
                }
            };
            match object::read(rest.get(..total).unwrap_or_default(), None, &place) {
                Ok(object) => {
                    form.get_or_insert(object.form);
                    self.items.extend(object.items);
                }
                Err(problem) => {
                    let damage = || damage(&problem, "the object", place);
                    self.damages.add(crate::model::diagnostic::Severity::Error, damage);
                }
            }
            at += total;
        }
        form.unwrap_or(Form::Der)
    }

    fn place(&self, number: usize, at: usize) -> Place {
        Place { file: self.file.to_owned(), block: self.several.then_some(number), line: None, offset: Some(at) }
    }

    fn after_the_end(&mut self, rest: &[u8], at: usize) {
        let place = Place { offset: Some(at), ..Place::file(self.file) };
        let count = counted(rest.len(), "byte");
        let is_padding = rest.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
        self.damages.push(match is_padding {
            true => {
                Damage::warning("pem/trailing-bytes", place, format!("{count} of padding after the end of the DER"))
            }
            false => Damage::error("pem/malformed", place, format!("{count} after the end of the DER at byte {at}"))
                .help("copy the file again from where it came, in binary mode"),
        });
    }
}

/// True when a second object stands behind the first.
fn follows_another(bytes: &[u8]) -> bool {
    object::extent(bytes).ok().and_then(|total| bytes.get(total..)).is_some_and(object::begins_as_der)
}

/// The damage that a problem with a binary object is. `what` is the object as the message calls it.
pub(super) fn damage(problem: &Problem, what: &str, place: Place) -> Damage {
    let help = "copy the file again from where it came, in binary mode";
    match problem {
        Problem::Truncated { have, of: Some(of) } => {
            Damage::error("pem/malformed", place, format!("{what} is truncated: {have} of {of} bytes")).help(help)
        }
        Problem::Truncated { have, of: None } => Damage::error(
            "pem/malformed",
            place,
            format!("{what} is truncated: it ends at byte {have} without its end mark"),
        )
        .help(help),
        Problem::Malformed(reason) => Damage::error("pem/malformed", place, format!("{what} cannot be read: {reason}")),
        Problem::Unknown => Damage::error(
            "pem/malformed",
            place,
            format!("{what} is neither certificate, request, key nor a container of them"),
        ),
    }
}
