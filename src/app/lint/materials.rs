//! What files are held against: names, trust anchors, pool, CRLs, key and TLSA records, all read before the first file is.

use crate::inspect::bytes::Kind;
use crate::inspect::question::{Question, Store};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::place::Place;
use crate::model::public_key::PublicKey;
use crate::model::tlsa::Published;
use crate::sys::input;

use super::super::reading::{LARGEST_FILE, Source, survey, unreadable};
use super::super::secrets::Secrets;
use super::super::verify_materials::{self, Sourced};
use super::LintOrder;
use super::mail_hosts::MailHosts;
use super::settings::{self, Settings};

/// The question that every file is asked. Everything wrong with the materials is told at once.
pub(super) fn question(
    order: &LintOrder,
    settings: &Settings,
    mail_hosts: &MailHosts,
    secrets: &mut dyn Secrets,
) -> Result<Reply<Question>, Diagnostics> {
    let (mut remarks, mut errors) = (Vec::new(), Vec::new());
    let ruleset = settings.ruleset(order)?;
    let trust = if order.trust.is_empty() { &settings.trust } else { &order.trust };
    let anchors = verify_materials::anchors(trust, secrets, &mut remarks, &mut errors);
    if let Some(file) = settings.file.as_ref().filter(|_| order.trust.is_empty()) {
        errors.iter_mut().for_each(|error| error.facts.push(format!("named in {file}")));
    }
    let pool = verify_materials::pool(&order.pool, secrets, &mut remarks, &mut errors);
    let crls = order.crls.iter().flat_map(|file| verify_materials::crls(file, &mut errors)).collect();
    let key = order.key.as_ref().and_then(|file| Some((key(file, secrets, &mut errors)?, file.clone())));
    let tlsa = order.tlsa.as_ref().and_then(|file| tlsa(file, &mut errors));
    let mut exchangers = order.mta_sts.as_ref().map(|file| mta_sts(file, &mut errors)).unwrap_or_default();
    exchangers.extend(mail_hosts.exchangers.iter().cloned());
    if let Some(errors) = Diagnostics::if_errors(errors) {
        return Err(errors);
    }
    let question = Question {
        names: if order.names.is_empty() { settings.names.clone() } else { order.names.clone() },
        stores: stores(anchors),
        pool: pool.into_iter().map(|sourced| sourced.link).collect(),
        crls,
        key,
        tlsa,
        exchangers,
        mail_domains: mail_hosts.domains.clone(),
        ..Question::new(order.at, ruleset)
    };
    Ok(Reply::new(question, remarks))
}

/// One store for each label, in the order of the labels' first anchors.
fn stores(anchors: Vec<Sourced>) -> Vec<Store> {
    let mut stores: Vec<Store> = Vec::new();
    for Sourced { link, store: label, .. } in anchors {
        match stores.iter_mut().find(|store| store.label == label) {
            Some(store) => store.anchors.push(link),
            None => stores.push(Store { label, anchors: vec![link] }),
        }
    }
    stores
}

fn key(file: &str, secrets: &mut dyn Secrets, errors: &mut Vec<Diagnostic>) -> Option<PublicKey> {
    let survey = survey(&[Source::File(file.to_owned())], secrets);
    let before = errors.len();
    errors.extend(survey.errors);
    errors.extend(survey.missing_passwords);
    let found = survey.reading.files.iter().flat_map(|file| &file.items).find_map(|item| match &item.kind {
        Kind::Key(key) => Some(key.public().clone()),
        Kind::PublicKey(key) => Some(key.clone()),
        _ => None,
    });
    if found.is_none() && errors.len() == before {
        errors.push(
            Diagnostic::error("key/missing", format!("there is no key in `{file}`"))
                .help("--key FILE with the private or public key of the leaf"),
        );
    }
    found
}

/// What is wrong in it is a finding, for the rest of the report is as good without it.
fn tlsa(file: &str, errors: &mut Vec<Diagnostic>) -> Option<Published> {
    match input::read(file, LARGEST_FILE) {
        Ok(input) => Some(Published::parse(&String::from_utf8_lossy(&input.bytes))),
        Err(error) => {
            errors.push(unreadable(file, &error));
            None
        }
    }
}

/// The host patterns of an MTA-STS policy (RFC 8461 section 3.2).
fn mta_sts(file: &str, errors: &mut Vec<Diagnostic>) -> Vec<String> {
    let text = match settings::text(file) {
        Ok(text) => text,
        Err(told) => {
            errors.extend(told.into_vec());
            return Vec::new();
        }
    };
    let fields = || text.lines().filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim()));
    let hosts: Vec<String> =
        fields().filter(|(key, _)| *key == "mx").map(|(_, value)| value.to_ascii_lowercase()).collect();
    if hosts.is_empty() || !fields().any(|field| field == ("version", "STSv1")) {
        errors.push(
            Diagnostic::error("mta-sts/malformed", format!("`{file}` is no MTA-STS policy that names mail exchangers"))
                .at(Place::file(file))
                .help("it has lines such as `version: STSv1` and `mx: mx1.example.com`"),
        );
    }
    hosts
}
