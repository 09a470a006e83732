//! Verifying many chains in one run: one JSON case a line in, one verdict a line out. Nothing is kept between cases.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::inspect::ruleset::{Ruleset, Use};
use crate::model::moment::{self, Moment};
use crate::trust::crl::Crl;
use crate::trust::link::Link;
use crate::trust::question::{Effort, Question, purposes};
use crate::trust::reference::Reference;
use crate::trust::validation::Fault;
use crate::trust::verdict;

use super::verify_reasons::told;
use crate::sys::library_error;
use crate::trust::wording::moment_of;

/// A case line, in the form of x509-limbo's harness. Certificates and CRLs are PEM.
#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(default)]
    kind: Option<String>,
    trusted: Vec<String>,
    #[serde(default)]
    intermediates: Vec<String>,
    peer: String,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    name: Option<PeerName>,
    #[serde(default)]
    names: Vec<PeerName>,
    #[serde(default)]
    eku: Vec<String>,
    #[serde(default)]
    key_usage: Vec<String>,
    #[serde(default)]
    max_depth: Option<u32>,
    #[serde(default)]
    crls: Vec<String>,
}

#[derive(Deserialize)]
struct PeerName {
    value: String,
}

/// A verdict line.
#[derive(Debug, Serialize)]
pub struct BatchVerdict {
    /// Of the case; null when the line could not be read.
    pub id: Option<String>,
    pub result: BatchResult,
    /// Why not, in words.
    pub context: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum BatchResult {
    Success,
    Failure,
    /// The case asks for something that is not offered, or makes no sense.
    Skipped,
}

/// Why a case got no verdict, or none but no.
enum Answer {
    Refused(String),
    Skipped(String),
}

/// Answers one line. `now` counts for cases without a time.
pub fn answer(line: &[u8], ruleset: &Ruleset, now: Moment) -> BatchVerdict {
    match serde_json::from_slice::<Case>(line) {
        Err(error) => BatchVerdict {
            id: None,
            result: BatchResult::Skipped,
            context: format!("the case cannot be read: {}", library_error::json(&error)),
        },
        Ok(case) => {
            let (result, context) = match verify(&case, ruleset, now) {
                Ok(()) => (BatchResult::Success, String::new()),
                Err(Answer::Refused(why)) => (BatchResult::Failure, why),
                Err(Answer::Skipped(why)) => (BatchResult::Skipped, why),
            };
            BatchVerdict { id: Some(case.id), result, context }
        }
    }
}

fn verify(case: &Case, ruleset: &Ruleset, now: Moment) -> Result<(), Answer> {
    let question = question(case, ruleset, now)?;
    let leaf = link(&case.peer).map_err(|why| Answer::Refused(format!("the leaf: {why}")))?;
    // One that cannot be read is on no path that holds.
    let pool: Vec<Link> = case.intermediates.iter().filter_map(|pem| link(pem).ok()).collect();
    let anchors: Vec<Link> = case.trusted.iter().filter_map(|pem| link(pem).ok()).collect();
    let verdict = verdict::verify(&question, &leaf, &pool, &anchors);
    match verdict.main_fault() {
        None if verdict.is_valid() => Ok(()),
        None => Err(Answer::Refused("no path to a trust anchor".into())),
        Some(fault) => Err(Answer::Refused(context(&fault, moment_of(question.at), ruleset))),
    }
}

/// `certificate 1: expired on …`; 0 is the leaf.
fn context(fault: &Fault, at: Moment, ruleset: &Ruleset) -> String {
    format!("certificate {}: {}", fault.0, told(fault, at, ruleset.path_rules(), "?").message)
}

fn question(case: &Case, ruleset: &Ruleset, now: Moment) -> Result<Question, Answer> {
    let skipped = |why: String| Answer::Skipped(why);
    let at = match &case.time {
        None => now,
        Some(text) => moment::from_rfc3339(text).ok_or_else(|| skipped(format!("`{text}` is no RFC 3339 time")))?,
    };
    if case.key_usage.iter().any(|usage| usage != "digitalSignature") {
        return Err(skipped("key usages are not asked for".into()));
    }
    let named = case.name.iter().chain(&case.names);
    let names: Result<Vec<Reference>, _> = named.map(|name| name.value.parse()).collect();
    let names = names.map_err(|error| Answer::Refused(error.to_string()))?;
    let side = match case.kind.as_deref() {
        Some("CLIENT") => Use::Client,
        Some(_) => Use::Server,
        None => ruleset.side,
    };
    let wanted: Vec<&str> = match case.eku.is_empty() {
        true => vec![side.purpose()],
        false => case.eku.iter().map(String::as_str).collect(),
    };
    let purposes = purposes(&wanted).map_err(|name| skipped(format!("`{name}` is no known purpose")))?;
    let crls: Result<Vec<Crl>, String> = case.crls.iter().map(|pem| crl(pem)).collect();
    let crls = crls.map_err(Answer::Refused)?;
    let effort = Effort::Verdict;
    let (at, max_depth) = (at.unix_timestamp(), case.max_depth);
    let (common_name, ruleset) = (ruleset.common_name, ruleset.path_rules());
    Ok(Question { at, names, common_name, purposes, max_depth, ruleset, crls, effort })
}

fn link(pem: &str) -> Result<Link, String> {
    Link::from_der(body(pem)?).map_err(|error| error.to_string())
}

fn crl(pem: &str) -> Result<Crl, String> {
    Crl::from_der(&body(pem)?).map_err(|error| error.to_string())
}

/// The bytes between the markers of the first block. Base64 has no hyphen, so that the next one begins a marker.
fn body(pem: &str) -> Result<Vec<u8>, String> {
    if let Some(body) = only_block(pem).and_then(|text| STANDARD.decode(regular_lines(text)).ok()) {
        return Ok(body);
    }
    let begin = pem.strip_prefix(BEGIN).or_else(|| pem.split_once(BEGIN).map(|(_, rest)| rest));
    let after = begin.and_then(|rest| rest.split_once('-')).and_then(|(_, rest)| rest.strip_prefix("----"));
    let (text, end) = after.and_then(|after| after.split_once('-')).ok_or(NO_PEM)?;
    if !end.starts_with("----END ") {
        return Err(NO_PEM.to_owned());
    }
    let regular = STANDARD.decode(regular_lines(text));
    regular.or_else(|_| STANDARD.decode(any_lines(text))).map_err(|_| "the block is no base64".to_owned())
}

/// The lines between the markers when there is nothing else: what most cases are. With other blocks in between, it is no base64.
fn only_block(pem: &str) -> Option<&str> {
    let (_, rest) = pem.strip_prefix(BEGIN)?.split_once("-----\n")?;
    rest.trim_ascii_end().strip_suffix("-----")?.rsplit_once("\n-----END ").map(|(text, _)| text)
}

const BEGIN: &str = "-----BEGIN ";
const NO_PEM: &str = "it is not PEM";

/// Lines of 64 characters and LF (RFC 7468 section 2) without their ends; of other lines something that is no base64.
fn regular_lines(text: &str) -> Vec<u8> {
    let mut dense = Vec::with_capacity(text.len());
    for line in text.trim_ascii().as_bytes().chunks(65) {
        dense.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
    }
    dense
}

fn any_lines(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect()
}
