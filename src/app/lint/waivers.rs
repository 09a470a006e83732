//! Waivers: findings that somebody looked at and lets pass, with a reason, and until a day.
//!
//! ```toml
//! [[waiver]]
//! rule = "chain/root-included"
//! file = "legacy/*.pem"            # or sha256 = "…" of the certificate; neither means every file
//! reason = "the appliance wants it"
//! until = 2027-03-01               # the last day on which it holds
//! ```

use std::sync::atomic::{AtomicBool, Ordering};

use crate::inspect::rules;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::finding::Finding;
use crate::model::moment::{self, Moment};
use crate::model::place::Place;

use super::super::rulesets::unknown_rule;
use super::settings::{mistake, text, toml_mistake};

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    waiver: Vec<WrittenWaiver>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWaiver {
    rule: String,
    file: Option<String>,
    sha256: Option<String>,
    reason: String,
    until: Option<toml_edit::Datetime>,
}

/// The waivers of a file.
#[derive(Debug, Default)]
pub struct Waivers {
    file: String,
    list: Vec<Waiver>,
}

#[derive(Debug)]
struct Waiver {
    written: WrittenWaiver,
    expired: bool,
    used: AtomicBool,
}

impl Waivers {
    /// Reads a file of waivers. `now` tells which of them have expired.
    pub fn read(file: &str, now: Moment) -> Result<Waivers, Diagnostics> {
        let text = text(file)?;
        let written: Written =
            toml_edit::de::from_str(&text).map_err(|error| Diagnostics::from(toml_mistake(file, &text, &error)))?;
        let today = moment::date(now);
        let mut list = Vec::new();
        for written in written.waiver {
            if rules::find(&written.rule).is_none() {
                return Err(unknown_rule(&written.rule).at(Place::file(file)).into());
            }
            if written.reason.trim().is_empty() {
                return Err(mistake(file, None, format!("the waiver of {} gives no reason", written.rule)));
            }
            // Days in ISO 8601 are ordered as text is.
            let expired = written.until.and_then(|until| until.date).is_some_and(|date| date.to_string() < today);
            list.push(Waiver { written, expired, used: AtomicBool::new(false) });
        }
        Ok(Waivers { file: file.to_owned(), list })
    }

    /// The reason for letting a finding pass.
    pub fn reason(&self, finding: &Finding, file: &str) -> Option<&str> {
        let waiver = self.list.iter().find(|waiver| !waiver.expired && waiver.is_about(finding, file))?;
        waiver.used.store(true, Ordering::Relaxed);
        Some(&waiver.written.reason)
    }

    /// Those that have expired, and those that nothing needed: both want tidying up.
    pub fn remarks(&self) -> Vec<Diagnostic> {
        let told = |waiver: &Waiver| {
            let rule = &waiver.written.rule;
            let until = waiver.written.until.map(|until| until.to_string()).unwrap_or_default();
            let (code, message) = match (waiver.expired, waiver.used.load(Ordering::Relaxed)) {
                (true, _) => ("lint/waiver-expired", format!("the waiver of {rule} ended on {until}")),
                (false, false) => ("lint/waiver-unused", format!("nothing needed the waiver of {rule}")),
                (false, true) => return None,
            };
            let told =
                if waiver.expired { Diagnostic::warning(code, message) } else { Diagnostic::note(code, message) };
            Some(told.at(Place::file(&self.file)).fact(format!("its reason: {}", waiver.written.reason)))
        };
        self.list.iter().filter_map(told).collect()
    }
}

impl Waiver {
    fn is_about(&self, finding: &Finding, file: &str) -> bool {
        let certificate = || finding.certificate.as_ref().map(|certificate| certificate.sha256.to_string());
        let written = &self.written;
        written.rule == finding.rule
            && written.file.as_ref().is_none_or(|pattern| is_match(pattern, file))
            && written
                .sha256
                .as_ref()
                .is_none_or(|wanted| certificate().is_some_and(|sha256| sha256.eq_ignore_ascii_case(wanted)))
    }
}

/// `*` stands for any text; a pattern without a slash is about the name alone.
fn is_match(pattern: &str, file: &str) -> bool {
    let file = file.strip_prefix("./").unwrap_or(file);
    let file = if pattern.contains('/') { file } else { file.rsplit('/').next().unwrap_or(file) };
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| file.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::is_match;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, file) in
            [("a.pem", "x/a.pem"), ("*.pem", "x/a.pem"), ("x/*", "./x/a.pem"), ("x/*/c*.pem", "x/y/z/chain.pem")]
        {
            assert!(is_match(pattern, file), "{pattern} {file}");
        }
        for (pattern, file) in [("a.pem", "b.pem"), ("*.pem", "a.crt"), ("y/*", "x/a.pem"), ("a*b*b", "ab")] {
            assert!(!is_match(pattern, file), "{pattern} {file}");
        }
    }
}
