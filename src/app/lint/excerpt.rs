//! The line of a file that a finding is about.

use crate::inspect::bytes::{Form, Item, Items, Kind};
use crate::inspect::rules::{self, Check};
use crate::model::finding::Finding;
use crate::model::place::Place;

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    pub line: usize,
    pub text: String,
    /// Letters before the point; none where the line as a whole is meant.
    pub column: Option<usize>,
}

/// Findings about a file as a whole, of which its first line tells nothing.
const ABOUT_THE_FILE: &[&str] = &["pem/bom", "pem/crlf", "pem/cr-only", "pem/no-certificate"];

/// The longest piece of a line that is shown.
const SHOWN: usize = 76;

/// The lines of a file, where they may be shown: never in a file that holds or might hold a private key.
pub(super) struct Excerpts<'a>(Option<&'a str>);

impl<'a> Excerpts<'a> {
    pub(super) fn of(bytes: &'a [u8], items: &Items) -> Excerpts<'a> {
        let is_secret =
            |item: &Item| matches!(item.kind, Kind::Key(_) | Kind::UnusableKey(_) | Kind::Locked(_) | Kind::Other(_));
        let text = std::str::from_utf8(bytes).ok().filter(|text| {
            items.form == Form::Pem
                && !items.items.iter().any(is_secret)
                && !["PRIVATE", " KEY", "KEY-", "\0"].iter().any(|word| text.contains(word))
        });
        Excerpts(text)
    }

    /// Only for what is wrong with the form: the line of a certificate says nothing about what is in it.
    pub(super) fn at(&self, finding: &Finding) -> Option<Excerpt> {
        let text = self.0?;
        rules::find(finding.rule).filter(|rule| matches!(rule.check, Check::Reading))?;
        if ABOUT_THE_FILE.contains(&finding.rule) {
            return None;
        }
        let Place { line: Some(line), offset, .. } = finding.place else { return None };
        let mut start = 0;
        let found = text.split_inclusive('\n').nth(line.checked_sub(1)?).inspect(|found| {
            start = found.as_ptr() as usize - text.as_ptr() as usize;
        })?;
        let found = found.trim_end_matches(['\r', '\n']);
        let bytes_before = offset.and_then(|offset| offset.checked_sub(start)).filter(|before| *before < found.len());
        let before = bytes_before.and_then(|before| found.get(..before)).map_or(0, |before| before.chars().count());
        let skipped = before.saturating_sub(SHOWN / 2);
        let shown: String = found.chars().skip(skipped).take(SHOWN).collect();
        let shown = if skipped > 0 { format!("…{shown}") } else { shown };
        let column = bytes_before.filter(|before| *before > 0).map(|_| before - skipped + usize::from(skipped > 0));
        (!shown.trim().is_empty()).then_some(Excerpt { line, text: shown, column })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::bytes;

    #[test]
    fn no_line_of_a_file_with_a_key_is_ever_shown() {
        let damaged = "-----BEGIN CERTIFICATE-----\nMII?\n-----END CERTIFICATE-----\n";
        for (text, shown) in [
            (damaged.to_owned(), true),
            (format!("{damaged}-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n"), false),
            (format!("{damaged}-----BEGIN RSA PRIVATE KEY-----MC4="), false),
        ] {
            let items = bytes::read("a.pem", text.as_bytes());
            assert_eq!(Excerpts::of(text.as_bytes(), &items).0.is_some(), shown, "{text}");
        }
    }
}
