//! A bundle in the making: what is issued, what gets into the file, and what it is written as.

use rcgen::KeyPair;
use sealpost::formats::pem;

use super::certificates::{Sheet, authority, new_key, server};
use super::faults::{Action, Fault, Group};

/// What a certificate is to the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Leaf,
    Issuing,
    Middle,
    Root,
    Stranger,
    /// The leaf before the renewal.
    OldLeaf,
    /// The leaf of another host.
    OtherLeaf,
    /// The issuing authority once more, expired.
    ExpiredCopy,
    /// Another key under the issuing authority's name.
    Impostor,
}

/// The chain from leaf to root.
pub const CHAIN: [Who; 4] = [Who::Leaf, Who::Issuing, Who::Middle, Who::Root];

/// What will be issued: the leaf, then its issuers, root last, each with its key.
pub struct Plan {
    pub sheets: Vec<Sheet>,
    pub keys: Vec<KeyPair>,
    /// The issuer is called by another key identifier in the leaf.
    pub wrong_key_id: bool,
    pub hostname: &'static str,
}

/// A certificate in the file.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    pub who: Who,
    pub der: Vec<u8>,
}

/// What was issued, and the file to be.
pub struct Made {
    pub plan: Plan,
    /// Leaf first, root last.
    pub chain: Vec<Entry>,
    pub list: Vec<Entry>,
    /// What `lint --pool` has when the file is mended.
    pub pool: Vec<Vec<u8>>,
    pub anchors: Vec<Vec<u8>>,
}

impl Made {
    /// A sound chain, with the faults of certificates and of the list.
    pub fn with(faults: &[&Fault]) -> Made {
        let sheets = vec![
            server(),
            authority("Issuing CA").for_servers(),
            authority("Middle CA").for_servers(),
            authority("Root CA"),
        ];
        let keys = (0..4).map(|_| new_key()).collect();
        let mut plan = Plan { sheets, keys, wrong_key_id: false, hostname: "mx1.example.com" };
        for fault in faults {
            if let Action::Plan(change) = fault.action {
                change(&mut plan);
            }
        }
        let chain: Vec<Entry> = (0..4).map(|index| Entry { who: CHAIN[index], der: plan.issue(index) }).collect();
        let anchors = vec![chain[3].der.clone()];
        let mut made = Made { list: chain[..3].to_vec(), anchors, pool: Vec::new(), plan, chain };
        for fault in faults {
            if let Action::List(change) = fault.action {
                change(&mut made);
            }
        }
        made
    }

    pub fn add(&mut self, who: Who, der: Vec<u8>) {
        self.list.push(Entry { who, der });
    }

    pub fn has(&self, who: Who) -> bool {
        self.list.iter().any(|entry| entry.who == who)
    }

    /// The file, and which of the faults of text changed something.
    pub fn text(&self, faults: &[&Fault]) -> (String, Vec<&'static str>) {
        let mut text = written(self.list.iter().map(|entry| &entry.der));
        let mut done = Vec::new();
        for group in [Group::Edge, Group::Layout] {
            for fault in faults.iter().filter(|fault| fault.group == group) {
                if let Action::Text(change) = fault.action {
                    let changed = change(&text);
                    if changed != text {
                        done.push(fault.name);
                    }
                    text = changed;
                }
            }
        }
        (text, done)
    }
}

impl Plan {
    /// A certificate of the chain.
    pub fn issue(&self, index: usize) -> Vec<u8> {
        let above = (index + 1).min(3);
        let mut issuer = self.sheets[above].clone();
        if index == 0 && self.wrong_key_id {
            issuer.key_id = Some(vec![7; 20]);
        }
        self.sheets[index].issue(&self.keys[index], &issuer, &self.keys[above])
    }

    /// Another certificate for the holder at `index`, by the same issuer.
    pub fn issue_again(&self, index: usize, sheet: &Sheet, key: &KeyPair) -> Vec<u8> {
        sheet.issue(key, &self.sheets[index + 1], &self.keys[index + 1])
    }
}

pub fn written<'a>(list: impl IntoIterator<Item = &'a Vec<u8>>) -> String {
    list.into_iter().map(|der| pem::encode("CERTIFICATE", der)).collect()
}
