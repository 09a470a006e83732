//! What the words of `setting set` mean: `KEY VALUE…`, `KEY=VALUE…`, and keys alone.

use crate::model::configuration::Change;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::sys::input;

use super::reading::unreadable;
use super::settings::Setting;

/// What shall happen to the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Set,
    /// Put values into a list.
    Add,
    /// Take values out of a list.
    Remove,
    /// Back to the default; tables too.
    Unset,
}

/// A file of values is a few lines, or a long list.
const LARGEST_FILE: u64 = 1 << 20;

/// The settings that `words` name, with their values; those of one key may stand in `file`, one a line.
pub fn read(words: &[String], how: How, file: Option<&str>) -> Result<Vec<Setting>, Diagnostics> {
    let settings = match (how, file, words) {
        (How::Unset, ..) => {
            return Ok(words.iter().map(|word| Setting::unset(word)).collect::<Result<Vec<_>, _>>()?.concat());
        }
        (_, Some(file), [key]) => return Ok(vec![setting(key, how, lines(file)?)?]),
        (_, Some(_), _) => return Err(wrong("--from-file gives the values of one key", "name the key alone")),
        (_, None, []) => return Err(wrong("no key was given", "sealpost setting list")),
        (_, None, [first, ..]) if first.contains('=') => pairs(words, how)?,
        (_, None, [key, values @ ..]) => vec![setting(key, how, values.to_vec())?],
    };
    match settings.iter().find(|setting| setting.is_secret()) {
        Some(secret) => Err(wrong(
            &format!("the value of `{}` is a secret, and others can read a command line", secret.name()),
            "--from-file FILE with one value a line (`-` = standard input)",
        )),
        None => Ok(settings),
    }
}

fn pairs(words: &[String], how: How) -> Result<Vec<Setting>, Diagnostics> {
    let pair = |word: &String| {
        let Some((key, value)) = word.split_once('=') else {
            let message = format!("`{word}` has no value, but others have");
            return Err(wrong(&message, "KEY=VALUE KEY=VALUE, or one KEY VALUE"));
        };
        let takes_many = Setting::new(key, Change::Unset)?.takes_many();
        let values = if takes_many {
            value.split(',').map(str::trim).map(str::to_owned).collect()
        } else {
            vec![value.to_owned()]
        };
        setting(key, how, values)
    };
    words.iter().map(pair).collect()
}

fn setting(key: &str, how: How, mut values: Vec<String>) -> Result<Setting, Diagnostics> {
    let takes_many = Setting::new(key, Change::Unset)?.takes_many();
    if !takes_many && how != How::Set {
        return Err(wrong(&format!("`{key}` is no list"), &format!("sealpost setting set {key} VALUE")));
    }
    if !takes_many && values.len() != 1 {
        let message = format!("`{key}` takes one value, not {}", values.len());
        return Err(wrong(&message, &format!("sealpost setting set {key} VALUE; or --unset {key}")));
    }
    if takes_many {
        values.retain(|value| !value.is_empty());
    }
    Setting::new(
        key,
        match how {
            How::Add => Change::Add(values),
            How::Remove => Change::Remove(values),
            How::Set | How::Unset => Change::Set(values),
        },
    )
}

fn lines(file: &str) -> Result<Vec<String>, Diagnostics> {
    let bytes = input::read(file, LARGEST_FILE).map_err(|error| unreadable(file, &error))?.bytes;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()),
        Err(_) => Err(wrong(&format!("`{file}` is not UTF-8 text"), "one value a line")),
    }
}

fn wrong(message: &str, help: &str) -> Diagnostics {
    Diagnostic::error("setting/words", message).fact("nothing was changed").help(help).into()
}
