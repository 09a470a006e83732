//! Which recipients a command is about.

use std::fmt;
use std::str::FromStr;

use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use crate::deliver::envelope::{Address, AddressError, MailDomain};
use crate::deliver::numbers::Mid;

/// Recipients in the queue: all of them, narrowed by whatever is given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Selection {
    /// Of these messages; `None`: of any.
    pub messages: Option<Vec<Mid>>,
    /// At this domain.
    pub domain: Option<MailDomain>,
    pub sender: Option<SenderMatch>,
    pub standing: Option<Standing>,
}

/// Why a recipient is still in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Somebody holds it back.
    Held,
    /// It is not held, and there is a reason why it was not delivered.
    Deferred,
}

/// Whose messages; ASCII letters match in either case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SenderMatch {
    /// `<>`: reports.
    Null,
    /// As it is written in the queue.
    Address(String),
    /// Everybody at a domain, in A-labels.
    Domain(String),
}

impl Selection {
    pub fn all() -> Selection {
        Selection::default()
    }

    pub fn message(mid: Mid) -> Selection {
        Selection { messages: Some(vec![mid]), ..Selection::default() }
    }

    pub fn domain(domain: MailDomain) -> Selection {
        Selection { domain: Some(domain), ..Selection::default() }
    }

    /// The MIDs that it can be about lie behind the first and up to the second.
    pub(super) fn span(&self) -> (Mid, Mid) {
        let named = self.messages.as_deref();
        let first = named.map_or(Some(Mid(1)), |mids| mids.iter().min().copied()).unwrap_or_default();
        let last = named.map_or(Some(Mid(u64::MAX)), |mids| mids.iter().max().copied()).unwrap_or_default();
        (Mid(first.0.saturating_sub(1)), last)
    }

    /// A condition on rows of `recipient` under the name `r`. Its values are added to `values`, and numbered by their places there.
    pub(super) fn condition(&self, values: &mut Vec<Value>) -> String {
        let mut parts = vec!["1".to_owned()];
        let mut place = |value: Value| {
            values.push(value);
            values.len()
        };
        if let Some(mids) = &self.messages {
            let list = serde_json::to_string(mids).unwrap_or_default();
            parts.push(format!("r.mid IN (SELECT value FROM json_each(?{}))", place(Value::Text(list))));
        }
        if let Some(domain) = &self.domain {
            parts.push(format!("r.domain = ?{}", place(Value::Text(domain.to_string()))));
        }
        if let Some(sender) = &self.sender {
            let (is_domain, text) = match sender {
                SenderMatch::Null => (false, String::new()),
                SenderMatch::Address(address) => (false, address.clone()),
                SenderMatch::Domain(domain) => (true, format!("@{domain}")),
            };
            let place = place(Value::Text(text));
            let compared =
                if is_domain { format!("substr(s.sender, -length(?{place}))") } else { "s.sender".to_owned() };
            parts.push(format!(
                "EXISTS (SELECT 1 FROM message s WHERE s.mid = r.mid AND {compared} = ?{place} COLLATE NOCASE)"
            ));
        }
        match self.standing {
            Some(Standing::Held) => parts.push("r.held = 1".to_owned()),
            Some(Standing::Deferred) => parts.push("r.held = 0 AND r.trouble IS NOT NULL".to_owned()),
            None => {}
        }
        parts.join(" AND ")
    }
}

/// `user@example.com`, `@example.com`, or `<>`; with brackets or without.
impl FromStr for SenderMatch {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<SenderMatch, AddressError> {
        let inner = text.strip_prefix('<').and_then(|inner| inner.strip_suffix('>'));
        match (inner.unwrap_or(text), inner) {
            ("", Some(_)) => Ok(SenderMatch::Null),
            (text, _) => match text.strip_prefix('@') {
                Some(domain) => domain.parse().map(|domain: MailDomain| SenderMatch::Domain(domain.to_string())),
                None => text.parse().map(|address: Address| SenderMatch::Address(address.to_string())),
            },
        }
    }
}

impl fmt::Display for SenderMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SenderMatch::Null => f.write_str("<>"),
            SenderMatch::Address(address) => f.write_str(address),
            SenderMatch::Domain(domain) => write!(f, "@{domain}"),
        }
    }
}
