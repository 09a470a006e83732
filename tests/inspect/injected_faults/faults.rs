//! What can be put wrong, one constant each: in a certificate, in the list of certificates, in the text of the file.

use super::bundle::{Made, Plan, Who};
use super::certificate_faults::CERTIFICATE_FAULTS;
use super::list_faults::LIST_FAULTS;
use super::text_faults::TEXT_FAULTS;

/// How it is done.
#[derive(Clone, Copy)]
pub enum Action {
    /// A field of a certificate before it is issued.
    Plan(fn(&mut Plan)),
    /// Certificates added, taken out, moved. What must be found is read off the list (`truth`).
    List(fn(&mut Made)),
    Text(fn(&str) -> String),
}

/// Faults of one group are not combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Certificate,
    List,
    /// The form of every line or block.
    Layout,
    /// Something before or behind the blocks.
    Edge,
}

pub const GROUPS: [Group; 4] = [Group::Certificate, Group::List, Group::Layout, Group::Edge];

/// A rule that speaks of a consequence of the fault, and why it is one.
#[derive(Clone, Copy)]
pub struct Follows(pub &'static str, #[allow(dead_code)] pub &'static str);

#[derive(Clone, Copy)]
pub struct Fault {
    pub name: &'static str,
    pub group: Group,
    /// All of these rules must speak, because the fault is what they are about.
    pub finds: &'static [&'static str],
    pub follows: &'static [Follows],
    /// The certificate at which the finding stands.
    pub at: Option<Who>,
    /// Certificates without which nobody can see it.
    pub needs: &'static [Who],
    pub action: Action,
}

impl Fault {
    pub const fn new(name: &'static str, group: Group, finds: &'static [&'static str], action: Action) -> Fault {
        Fault { name, group, finds, follows: &[], at: None, needs: &[], action }
    }

    pub const fn follows(mut self, follows: &'static [Follows]) -> Fault {
        self.follows = follows;
        self
    }

    pub const fn at(mut self, who: Who) -> Fault {
        self.at = Some(who);
        self
    }

    pub const fn needs(mut self, needs: &'static [Who]) -> Fault {
        self.needs = needs;
        self
    }
}

pub fn all() -> impl Iterator<Item = &'static Fault> {
    CERTIFICATE_FAULTS.iter().chain(LIST_FAULTS).chain(TEXT_FAULTS)
}

/// Two faults of which one takes away the other: what would be told of the second is no longer so.
pub fn exclude_each_other(one: &Fault, other: &Fault) -> bool {
    let pair = |a: &str, b: &str| (one.name == a && other.name == b) || (one.name == b && other.name == a);
    // There is no good copy beside the expired one.
    ["expired issuer", "issuer of tomorrow"].iter().any(|name| pair("expired copy of an issuer", name))
        // Who is no authority has neither an impostor nor an expired copy that is one.
        || pair("impostor of an issuer", "issuer that is no authority")
        || pair("expired copy of an issuer", "issuer that is no authority")
        // Without lines there is no line outside the blocks.
        || pair("comment", "literal line ends")
}
