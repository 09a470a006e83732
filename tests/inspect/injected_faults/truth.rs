//! What is to be said of a bundle, worked out from how it was made; nothing here asks the program.

use std::collections::{BTreeMap, BTreeSet};

use super::AT;
use super::bundle::{CHAIN, Made, Who, written};
use super::faults::{Action, Fault, Follows};

/// What must be found, what else is true, and the mended chain.
#[derive(Debug, Default)]
pub struct Truth {
    /// Rules, with the certificate of the file, counted from 1, at which the finding stands where that is certain.
    pub required: BTreeMap<&'static str, Option<usize>>,
    /// True as well by the way the bundle was made, whether told or not.
    pub also_true: BTreeSet<&'static str>,
    /// The chain in order, of what is in the file or in the pool.
    pub mended: String,
}

impl Truth {
    /// `written_faults` are the faults of text that changed something.
    pub fn of(made: &Made, faults: &[&Fault], written_faults: &[&str]) -> Truth {
        let mut truth = Truth::default();
        truth.order(made);
        truth.company(made);
        for fault in faults {
            let is_there = match fault.action {
                Action::Text(_) => written_faults.contains(&fault.name),
                // The order and the company were read off the list.
                Action::List(_) => continue,
                Action::Plan(_) => fault.needs.iter().all(|who| made.has(*who)),
            };
            let place = fault.at.and_then(|who| position(made, who));
            if is_there {
                truth.required.extend(fault.finds.iter().map(|rule| (*rule, place)));
            }
            truth.also_true.extend(fault.follows.iter().map(|Follows(rule, _)| *rule));
        }
        truth.mended = mended(made);
        truth
    }

    fn require(&mut self, rule: &'static str, place: Option<usize>) {
        self.required.insert(rule, place);
    }

    /// RFC 5246 section 7.4.2: the server's first, then each the issuer of the one before.
    fn order(&mut self, made: &Made) {
        if made.list[0].who != Who::Leaf {
            self.require("chain/leaf-not-first", Some(1));
        }
        let issuers: Vec<usize> = CHAIN[1..].iter().filter_map(|who| position(made, *who)).collect();
        if !issuers.is_sorted() {
            self.require("chain/misordered", None);
        } else if made.list.windows(2).any(|pair| is_issuer(pair[1].who) && !is_chain(pair[0].who)) {
            // A stranger stands between a certificate and its issuer: the stranger is the finding.
            self.also_true.insert("chain/misordered");
        }
        let repeat = made.list.iter().enumerate().find(|(index, entry)| made.list[..*index].contains(entry));
        if let Some((index, _)) = repeat {
            self.require("chain/duplicate", Some(index + 1));
        }
    }

    /// What is missing, and what is there that does not belong.
    fn company(&mut self, made: &Made) {
        let whole = made.has(Who::Issuing) && made.has(Who::Middle);
        if !whole {
            let below = if made.has(Who::Issuing) { Who::Issuing } else { Who::Leaf };
            // Above an authority that says of no place where its issuer's certificate is, only a root is left, unless the pool has more.
            let leads_further = below == Who::Leaf || made.pool.contains(&made.chain[2].der);
            let rule = if leads_further { "chain/missing-intermediate" } else { "chain/unknown-root" };
            self.require(rule, position(made, below));
        }
        if whole && !made.anchors.contains(&made.chain[3].der) {
            self.require("chain/untrusted-root", position(made, Who::Root));
        }
        for (who, rule) in [
            (Who::Root, "chain/root-included"),
            (Who::Stranger, "chain/unrelated"),
            (Who::OldLeaf, "chain/multiple-leaves"),
            (Who::OtherLeaf, "chain/multiple-leaves"),
            (Who::ExpiredCopy, "chain/expired-needless"),
            (Who::Impostor, "chain/same-subject-different-key"),
        ] {
            if let Some(place) = position(made, who) {
                self.require(rule, Some(place));
            }
        }
        if made.has(Who::OldLeaf) {
            // The old one is a server certificate too, and has expired.
            self.also_true.insert("cert/expired-leaf");
        }
        if made.has(Who::Impostor) {
            // It is on no path from the leaf; that it bears a name of the path says more.
            self.also_true.insert("chain/unrelated");
        }
    }
}

fn is_chain(who: Who) -> bool {
    CHAIN.contains(&who)
}

fn is_issuer(who: Who) -> bool {
    CHAIN[1..].contains(&who)
}

/// Where the first copy stands, counted from 1.
fn position(made: &Made, who: Who) -> Option<usize> {
    made.list.iter().position(|entry| entry.who == who).map(|index| index + 1)
}

/// Leaf and issuers without the root, which `public-tls` leaves out. The pool gives what the path wants next and what is valid.
fn mended(made: &Made) -> String {
    let mut chain = Vec::new();
    let mut is_connected = true;
    for (entry, sheet) in made.chain[..3].iter().zip(&made.plan.sheets) {
        let is_valid = (sheet.from..=sheet.until).contains(&AT);
        let from_pool = is_connected && is_valid && made.pool.contains(&entry.der);
        if made.has(entry.who) || from_pool {
            chain.push(&entry.der);
        } else {
            is_connected = false;
        }
    }
    written(chain)
}
