//! Which recipients a command is about.

use rusqlite::types::Value;

use crate::deliver::envelope::MailDomain;
use crate::deliver::numbers::Mid;

use super::store::integer;

/// Recipients in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    All,
    Message(Mid),
    /// Those at one domain.
    Domain(MailDomain),
}

impl Selection {
    /// A condition on the table `recipient`, called `alias` in the statement, with one parameter, `?1`.
    pub(super) fn condition(&self, alias: &str) -> (String, Value) {
        match self {
            Selection::All => ("?1 IS NULL".to_owned(), Value::Null),
            Selection::Message(mid) => (format!("{alias}.mid = ?1"), Value::Integer(integer(mid.0))),
            Selection::Domain(domain) => (format!("{alias}.domain = ?1"), Value::Text(domain.to_string())),
        }
    }

    pub(super) fn covers(&self, mid: Mid, domain: &MailDomain) -> bool {
        match self {
            Selection::All => true,
            Selection::Message(one) => *one == mid,
            Selection::Domain(one) => one == domain,
        }
    }
}
