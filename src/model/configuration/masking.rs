//! Texts of `sealpost.toml` for other people's eyes: secrets are replaced, everything else stands as it is.

use std::borrow::Cow;
use std::collections::BTreeSet;

use toml_edit::{Item, Value};
use zeroize::Zeroizing;

use super::SETTINGS;
use super::edit::Edit;
use super::problem::Problem;

const MASK: &str = "masked";

/// The error says why the text is no TOML: what cannot be read cannot be masked.
pub fn masked(text: &str) -> Result<String, Vec<Problem>> {
    let mut edit = Edit::of(text)?;
    for (path, key) in secrets() {
        if let Some(value) = edit.item_mut(path, key).and_then(Item::as_value_mut) {
            mask(value);
        }
    }
    Ok(edit.text())
}

fn mask(value: &mut Value) {
    if let Value::Array(array) = value {
        array.iter_mut().for_each(mask);
        return;
    }
    let decor = value.decor().clone();
    *value = Value::from(MASK);
    *value.decor_mut() = decor;
}

/// Masks for texts that are shown side by side: the same secret gets the same number in all of them.
#[derive(Debug, Default)]
pub struct Masks {
    secrets: Vec<Zeroizing<String>>,
}

impl Masks {
    /// The text as it may be shown: secrets are `secret 1`, `secret 2`, …, and everything else stands as it is. Where the text is no
    /// TOML, every text in quotes in a table with secrets is taken for one.
    pub fn shown(&mut self, text: &str) -> String {
        let Ok(mut edit) = Edit::of(text) else { return self.shown_by_lines(text) };
        for (path, key) in secrets() {
            if let Some(value) = edit.item_mut(path, key).and_then(Item::as_value_mut) {
                self.number(value);
            }
        }
        edit.text()
    }

    fn number(&mut self, value: &mut Value) {
        if let Value::Array(array) = value {
            array.iter_mut().for_each(|value| self.number(value));
            return;
        }
        let decor = value.decor().clone();
        let secret = value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned);
        *value = Value::from(self.mask(&secret));
        *value.decor_mut() = decor;
    }

    fn mask(&mut self, secret: &str) -> String {
        let known = self.secrets.iter().position(|known| known.as_str() == secret);
        let index = known.unwrap_or_else(|| {
            self.secrets.push(Zeroizing::new(secret.to_owned()));
            self.secrets.len() - 1
        });
        format!("secret {}", index + 1)
    }

    fn shown_by_lines(&mut self, text: &str) -> String {
        let hidden = lines_with_secrets(text);
        let lines = text.split_inclusive('\n').enumerate();
        lines
            .map(|(index, line)| if hidden.contains(&index) { quoted_masked(line) } else { Cow::Borrowed(line) })
            .collect()
    }
}

/// Indices of lines in which a secret may stand, whether or not the text is TOML.
pub(super) fn lines_with_secrets(text: &str) -> BTreeSet<usize> {
    let mut in_secret_table = false;
    let mut found = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(heading) = line.trim_start().strip_prefix('[').filter(|_| !line.trim_start().starts_with("[\"")) {
            let heading = heading.replace(['"', ' ', '['], "");
            in_secret_table = secrets().any(|(path, _)| heading.starts_with(&path.join(".")));
        }
        // `bounce-verification.keys = …`, and an inline table, which may go on below.
        let names_one =
            secrets().any(|(path, key)| line.contains(&path.join(".")) && (line.contains(key) || line.contains('{')));
        in_secret_table |= names_one && line.contains('{') && !line.contains('}');
        if in_secret_table || names_one {
            found.insert(index);
        }
    }
    found
}

fn secrets() -> impl Iterator<Item = (&'static [&'static str], &'static str)> {
    SETTINGS.iter().flat_map(|table| table.keys.iter().filter(|key| key.secret).map(|key| (table.path, key.name)))
}

/// A line with everything from its first quotation mark on left out.
fn quoted_masked(line: &str) -> Cow<'_, str> {
    match line.find(['"', '\'']).and_then(|at| line.get(..at)) {
        Some(before) => Cow::Owned(format!("{before}(secret){}", if line.ends_with('\n') { "\n" } else { "" })),
        None => Cow::Borrowed(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_everything_else_stays() {
        let text =
            "# ours\n[bounce-verification]\nkeys = [\n  \"one-secret\", # new\n  \"old-secret\",\n]\nreject = true\n";
        let wanted = text.replace("one-secret", "masked").replace("old-secret", "masked");
        assert_eq!(masked(text).unwrap(), wanted);
        let inline = "bounce-verification = { keys = [\"one-secret\"] }\n";
        assert_eq!(masked(inline).unwrap(), "bounce-verification = { keys = [\"masked\"] }\n");
        assert_eq!(masked("a = 1\n").unwrap(), "a = 1\n");
        assert!(masked("a = \n").is_err());
    }

    #[test]
    fn texts_side_by_side_show_which_secrets_are_the_same() {
        let mut masks = Masks::default();
        let table = |keys: &str| format!("[bounce-verification]\nkeys = [{keys}] # ours\n");
        assert_eq!(masks.shown(&table("\"one\", \"two\"")), table("\"secret 1\", \"secret 2\""));
        assert_eq!(masks.shown(&table("\"new\", \"one\"")), table("\"secret 3\", \"secret 1\""));
        let broken = "[bounce-verification]\nkeys = [\"one\n  \"two\"]\n[log]\njson = \"x\"\n";
        let shown = "[bounce-verification]\nkeys = [(secret)\n  (secret)\n[log]\njson = \"x\"\n";
        assert_eq!(masks.shown(broken), shown);
    }
}
