//! Which findings count: not those that a waiver lets pass, nor those that the baseline knows.

use std::collections::{BTreeSet, HashMap};

use crate::model::diagnostic::Diagnostics;
use crate::model::finding::Finding;
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::Moment;

use super::answer::Waived;
use super::baseline;
use super::waivers::Waivers;

/// What was accepted before.
#[derive(Debug, Default)]
pub struct Accepted {
    pub waivers: Waivers,
    baseline: BTreeSet<String>,
}

/// The findings of a file, sorted.
#[derive(Debug, Default)]
pub struct Sifted {
    /// With their fingerprints.
    pub counting: Vec<(Finding, String)>,
    pub waived: Vec<Waived>,
    pub known: usize,
}

impl Accepted {
    pub fn read(waivers: Option<&str>, baseline: Option<&str>, now: Moment) -> Result<Accepted, Diagnostics> {
        Ok(Accepted {
            waivers: waivers.map_or(Ok(Waivers::default()), |file| Waivers::read(file, now))?,
            baseline: baseline.map_or(Ok(BTreeSet::new()), baseline::read)?,
        })
    }

    pub fn sift(&self, findings: Vec<Finding>, file: &str) -> Sifted {
        let mut sifted = Sifted::default();
        let mut seen = HashMap::new();
        for finding in findings {
            let fingerprint = fingerprint(&finding, file, &mut seen);
            if let Some(reason) = self.waivers.reason(&finding, file) {
                let Finding { rule, message, place, .. } = finding;
                sifted.waived.push(Waived { rule, message, file: file.to_owned(), place, reason: reason.to_owned() });
            } else if self.baseline.contains(&fingerprint) {
                sifted.known += 1;
            } else {
                sifted.counting.push((finding, fingerprint));
            }
        }
        sifted
    }
}

/// Of rule, file and certificate, and which of several it is. Lines move and days pass; none of that is in it.
fn fingerprint(
    finding: &Finding,
    file: &str,
    seen: &mut HashMap<(&'static str, Option<Fingerprint>), usize>,
) -> String {
    let certificate = finding.certificate.as_ref().map(|certificate| certificate.sha256);
    let count = seen.entry((finding.rule, certificate)).or_default();
    *count += 1;
    let certificate = certificate.map(|sha256| sha256.to_string()).unwrap_or_default();
    let file = file.strip_prefix("./").unwrap_or(file);
    Fingerprint::of(format!("{}\0{file}\0{certificate}\0{count}", finding.rule).as_bytes()).to_string()
}
