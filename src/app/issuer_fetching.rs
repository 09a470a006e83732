//! `--fetch-issuers`: what a chain lacks, from where its certificates say that it is published (RFC 5280 section 4.2.2.1).
//!
//! Nothing that was fetched is trusted. It joins the pool, and the path builder judges it like everything else.

use crate::sys::library_error;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::bytes::{self, Kind};
use crate::inspect::question::Fetched;
use crate::model::certificate::Certificate;
use crate::model::diagnostic::Diagnostic;
use crate::sys::fetch::{FetchError, Fetcher};
use crate::trust::link::Link;

use super::authorities::system_links;

/// Issuers above each other.
const DEPTH: usize = 4;
/// For everything that one chain lacks.
const PATIENCE: Duration = Duration::from_secs(10);
/// URLs that are asked for one chain.
const MOST: usize = 8;
/// Certificates of one answer; a PKCS#7 of a whole chain has four.
const TAKEN: usize = 16;
/// URLs whose answers are kept, so that many files of one issuer ask once.
const KEPT: usize = 1000;

/// What may be fetched, and whom DNS is asked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FetchOrder {
    pub dns: Vec<SocketAddr>,
    /// Also from addresses that are not of the public internet.
    pub allows_private: bool,
}

/// A place that was asked for an issuer, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FetchTold {
    pub url: String,
    /// The certificate whose issuer is wanted.
    pub wanted_by: String,
    /// The names of what was taken; none where `error` says why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Fetches, and remembers for the length of a run. Shared by all workers.
#[derive(Debug)]
pub struct IssuerFetching {
    fetcher: Fetcher,
    answers: Mutex<HashMap<String, Arc<OnceLock<Answer>>>>,
}

type Answer = Result<Vec<Link>, String>;

impl IssuerFetching {
    /// `trusted` vouch for https servers, beside the system's authorities.
    pub fn new<'a>(order: &FetchOrder, trusted: impl Iterator<Item = &'a Link>) -> Result<IssuerFetching, Diagnostic> {
        let system = system_links();
        let mut anchors: Vec<&[u8]> = system.iter().map(Link::der).collect();
        trusted.for_each(|link| anchors.push(link.der()));
        let fetcher = Fetcher::new(&order.dns, anchors, order.allows_private).map_err(|error| {
            Diagnostic::error("fetch/unavailable", format!("nothing can be fetched: {}", library_error::io(&error)))
        })?;
        Ok(IssuerFetching { fetcher, answers: Mutex::default() })
    }

    /// Fetches issuer by issuer. `open_ends` is told what was fetched and names the certificates whose issuer is still missing, the
    /// most promising first; none when nothing is.
    pub fn complete(&self, mut open_ends: impl FnMut(&[Fetched]) -> Vec<Link>) -> (Vec<Fetched>, Vec<FetchTold>) {
        let deadline = Instant::now() + PATIENCE;
        let (mut fetched, mut told, mut asked) = (Vec::new(), Vec::new(), HashSet::new());
        for _ in 0..DEPTH {
            let before = fetched.len();
            for end in open_ends(&fetched) {
                self.issuer_of(&end, deadline, &mut asked, &mut fetched, &mut told);
            }
            if fetched.len() == before {
                break;
            }
        }
        (fetched, told)
    }

    /// From the first of its URLs that has it.
    fn issuer_of(
        &self,
        end: &Link,
        deadline: Instant,
        asked: &mut HashSet<String>,
        fetched: &mut Vec<Fetched>,
        told: &mut Vec<FetchTold>,
    ) {
        let wanted_by = name(end);
        for url in &end.extensions().ca_issuers {
            if asked.len() >= MOST || !asked.insert(url.clone()) {
                continue;
            }
            let taken = self.answer(url, deadline).and_then(|links| fitting(links, end, &wanted_by));
            let tell =
                |certificates, error| FetchTold { url: url.clone(), wanted_by: wanted_by.clone(), certificates, error };
            match taken {
                Ok(links) => {
                    told.push(tell(links.iter().map(name).collect(), None));
                    fetched.extend(links.into_iter().map(|link| Fetched { link, url: url.clone() }));
                    return;
                }
                Err(error) => told.push(tell(Vec::new(), Some(error))),
            }
        }
    }

    /// Asks once, and whoever else wants the same meanwhile waits for that.
    fn answer(&self, url: &str, deadline: Instant) -> Answer {
        let slot = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            if answers.len() >= KEPT {
                answers.clear();
            }
            Arc::clone(answers.entry(url.to_owned()).or_default())
        };
        let mut was_hurried = false;
        let answer = slot.get_or_init(|| {
            let left = deadline.saturating_duration_since(Instant::now());
            let got = self.fetcher.get(url, deadline);
            was_hurried = got == Err(FetchError::TooSlow) && left < PATIENCE / 2;
            certificates(url, got)
        });
        if was_hurried {
            // That this chain had no time left says nothing about the server.
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(url);
        }
        answer.clone()
    }
}

/// DER, PEM or PKCS#7, whatever its name is.
fn certificates(url: &str, got: Result<Vec<u8>, FetchError>) -> Answer {
    let bytes = got.map_err(|error| match error {
        FetchError::Private { .. } => format!("{error}; --fetch-private lets it be fetched"),
        error => error.to_string(),
    })?;
    let items = bytes::read(url, &bytes).items;
    let certificates = items.iter().filter_map(|item| match &item.kind {
        Kind::Certificate(certificate) => Link::from_der(certificate.der().to_vec()).ok(),
        _ => None,
    });
    let links: Vec<Link> = certificates.take(TAKEN).collect();
    if links.is_empty() { Err("there is no certificate in what the server sent".to_owned()) } else { Ok(links) }
}

/// Everything of an answer that has the issuer in it.
fn fitting(links: Vec<Link>, end: &Link, wanted_by: &str) -> Answer {
    let is_issuer = |link: &Link| link.subject_folded() == end.issuer_folded();
    match links.first() {
        Some(first) if !links.iter().any(is_issuer) => {
            Err(format!("the server sent {}, which did not issue {wanted_by}", name(first)))
        }
        _ => Ok(links),
    }
}

fn name(link: &Link) -> String {
    let certificate = Certificate::from_der(link.der()).ok();
    certificate.map_or_else(|| "a certificate".to_owned(), |certificate| certificate.display_name().to_owned())
}
