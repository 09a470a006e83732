//! What files are held against: names, trust anchors, pool, CRLs, key and TLSA records, all read before the first file is.

use crate::inspect::bytes::Kind;
use crate::inspect::question::{Aid, Question, Store, UnusableAid};
use crate::inspect::ruleset::Use;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply, Severity};
use crate::model::place::Place;
use crate::model::private_key::PrivateKeyError;
use crate::model::public_key::PublicKey;
use crate::model::tlsa::Published;
use crate::sys::input;

use super::super::key_entry::{self, Purpose};
use super::super::reading::{LARGEST_FILE, Source, survey_leaving_keys, unreadable};
use super::super::secrets::Secrets;
use super::super::verify_materials::{self, TrustSource};
use super::LintOrder;
use super::answer::Unread;
use super::mail_hosts::MailHosts;
use super::settings::{self, Settings};

/// The question that every file is asked, and what could not be opened of what it needs. What is damaged or of no use costs nobody the
/// report: it is a finding in each.
pub(super) fn question(
    order: &LintOrder,
    settings: &Settings,
    mail_hosts: &MailHosts,
    secrets: &mut dyn Secrets,
) -> Result<Reply<(Question, Vec<Unread>)>, Diagnostics> {
    let ruleset = settings.ruleset(order)?;
    let trust = if order.trust.is_empty() { &settings.trust } else { &order.trust };
    let named_in = settings.file.as_ref().filter(|_| order.trust.is_empty());
    let mut given = Given { secrets, remarks: Vec::new(), unusable: Vec::new(), unread: Vec::new() };
    let stores = given.stores(trust, use_of(ruleset.side), named_in);
    let mut exchangers = given.of_file(Aid::MtaSts, order.mta_sts.as_ref(), mta_sts);
    exchangers.extend(mail_hosts.exchangers.iter().cloned());
    let pool = given.of_files(Aid::Pool, &order.pool, |file, secrets, remarks, errors| {
        verify_materials::pool(&[file.to_owned()], secrets, remarks, errors)
    });
    let question = Question {
        names: if order.names.is_empty() { settings.names.clone() } else { order.names.clone() },
        stores,
        pool: pool.into_iter().map(|sourced| sourced.link).collect(),
        crls: given.of_files(Aid::Crl, &order.crls, |file, _, _, errors| verify_materials::crls(file, errors)),
        key: order.key.as_ref().and_then(|file| Some((given.key(file, order)?, file.clone()))),
        tlsa: given.of_file(Aid::Tlsa, order.tlsa.as_ref(), tlsa).pop(),
        exchangers,
        mail_domains: mail_hosts.domains.clone(),
        ..Question::new(order.at, ruleset)
    };
    let unknown = mail_hosts.unknown.iter().cloned().map(|error| UnusableAid { aid: Aid::Mx, error });
    given.unusable.extend(unknown);
    let Given { remarks, unusable, unread, .. } = given;
    Ok(Reply::new((Question { unusable, ..question }, unread), remarks))
}

/// As the trust settings of a file name it.
fn use_of(side: Use) -> &'static str {
    match side {
        Use::Server => "serverAuth",
        Use::Client => "clientAuth",
    }
}

/// What was given to hold files against, as far as it was read.
struct Given<'a> {
    secrets: &'a mut dyn Secrets,
    remarks: Vec<Diagnostic>,
    unusable: Vec<UnusableAid>,
    unread: Vec<Unread>,
}

impl Given<'_> {
    /// A file that cannot be opened at all is a slip on the command line; whatever else is wrong is a finding.
    fn wrong(&mut self, aid: Aid, file: &str, errors: Vec<Diagnostic>) {
        for error in errors {
            match error.code.starts_with("input/") {
                true => self.unread.push(Unread::new(file, error)),
                false => self.unusable.push(UnusableAid { aid, error }),
            }
        }
    }

    /// A source of which nothing can be read is a store that trusts nobody: without any store, nobody would ask.
    fn stores(&mut self, trust: &[TrustSource], purpose: &str, named_in: Option<&String>) -> Vec<Store> {
        let system = [TrustSource::System];
        let mut stores: Vec<Store> = Vec::new();
        for source in if trust.is_empty() { &system[..] } else { trust } {
            let (label, file) = match source {
                TrustSource::None => continue,
                TrustSource::System => ("system", "system"),
                TrustSource::File { label, file } => (label.as_str(), file.as_str()),
            };
            let mut errors = Vec::new();
            let source = std::slice::from_ref(source);
            let found = verify_materials::anchors(source, &[purpose], self.secrets, &mut self.remarks, &mut errors);
            if let Some(settings) = named_in {
                errors.iter_mut().for_each(|error| error.facts.push(format!("named in {settings}")));
            }
            self.wrong(Aid::Trust, file, errors);
            let anchors = found.into_iter().map(|sourced| sourced.link);
            match stores.iter_mut().find(|store| store.label == label) {
                Some(store) => store.anchors.extend(anchors),
                None => stores.push(Store { label: label.to_owned(), anchors: anchors.collect() }),
            }
        }
        stores
    }

    fn of_files<T>(
        &mut self,
        aid: Aid,
        files: &[String],
        read: impl Fn(&str, &mut dyn Secrets, &mut Vec<Diagnostic>, &mut Vec<Diagnostic>) -> Vec<T>,
    ) -> Vec<T> {
        let mut all = Vec::new();
        for file in files {
            let mut errors = Vec::new();
            all.extend(read(file, self.secrets, &mut self.remarks, &mut errors));
            self.wrong(aid, file, errors);
        }
        all
    }

    fn of_file<T>(
        &mut self,
        aid: Aid,
        file: Option<&String>,
        read: impl Fn(&str, &mut Vec<Diagnostic>) -> Vec<T>,
    ) -> Vec<T> {
        self.of_files(aid, file.map(std::slice::from_ref).unwrap_or_default(), |file, _, _, errors| read(file, errors))
    }

    /// Damage beside the key does not make the key unusable.
    fn key(&mut self, file: &str, order: &LintOrder) -> Option<PublicKey> {
        let mut errors = Vec::new();
        let found = key(file, order, self.secrets, &mut errors);
        match found.is_some() {
            true => {
                self.remarks.extend(errors.into_iter().map(|error| Diagnostic { severity: Severity::Warning, ..error }))
            }
            false => self.wrong(Aid::Key, file, errors),
        }
        found
    }
}

fn key(file: &str, order: &LintOrder, secrets: &mut dyn Secrets, errors: &mut Vec<Diagnostic>) -> Option<PublicKey> {
    let mut survey = survey_leaving_keys(&[Source::File(file.to_owned())], secrets);
    errors.append(&mut survey.errors);
    errors.append(&mut survey.missing_passwords);
    let purpose = Purpose { own: None, needed: true, now: order.at };
    if let Err(several) = key_entry::narrow(&mut survey.reading, &order.entry, purpose, secrets) {
        errors.extend(several.into_vec());
        return None;
    }
    let items = || survey.reading.files.iter().flat_map(|file| &file.items);
    let found = items().find_map(|item| match &item.kind {
        Kind::Key(key) => Some(key.public().clone()),
        Kind::PublicKey(key) => Some(key.clone()),
        _ => None,
    });
    let unusable = items().find_map(|item| match &item.kind {
        Kind::UnusableKey(key) => Some((&key.reason, &item.place)),
        _ => None,
    });
    match (found, unusable) {
        (Some(key), _) => return Some(key),
        (None, Some((reason, place))) => errors.push(unusable_key(file, reason, place)),
        (None, None) if errors.is_empty() => errors.push(
            Diagnostic::error("key/missing", format!("there is no key in `{file}`"))
                .at(Place::file(file))
                .help("--key FILE with the private or public key of the leaf"),
        ),
        (None, None) => {}
    }
    None
}

fn unusable_key(file: &str, reason: &PrivateKeyError, place: &Place) -> Diagnostic {
    let why = match reason {
        PrivateKeyError::RsaSize(bits) => format!("is RSA {bits}"),
        PrivateKeyError::Unsupported(kind) => format!("is {kind}"),
        PrivateKeyError::Damaged { kind, reason } => format!("is {kind} and damaged: {reason}"),
        PrivateKeyError::PublicKeyDiffers { kind, .. } => {
            format!("is {kind}, and the public key inside is that of another")
        }
        PrivateKeyError::NotAKey | PrivateKeyError::Generation => "cannot be read".to_owned(),
    };
    let error = Diagnostic::error("key/unusable", format!("the key in `{file}` {why}")).at(place.clone());
    match reason {
        PrivateKeyError::RsaSize(_) | PrivateKeyError::Unsupported(_) => {
            error.fact("keys are ECDSA P-256, P-384, P-521, RSA of 2048 to 8192 bits, or Ed25519")
        }
        PrivateKeyError::PublicKeyDiffers { stated, computed, .. } => error
            .fact(format!("public key inside:                {stated}"))
            .fact(format!("public key of the private numbers: {computed}"))
            .help("take the key from the program that made it once more"),
        _ => error.help("take the key from the program that made it once more"),
    }
}

/// At most one. Lines that cannot be read beside records are told by the rules that look at the records.
fn tlsa(file: &str, errors: &mut Vec<Diagnostic>) -> Vec<Published> {
    let published = match input::read(file, LARGEST_FILE) {
        Ok(input) => Published::parse(&String::from_utf8_lossy(&input.bytes)),
        Err(error) => {
            errors.push(unreadable(file, &error));
            return Vec::new();
        }
    };
    if !published.records().is_empty() {
        return vec![published];
    }
    let place = Place { line: published.faults().first().map(|fault| fault.line), ..Place::file(file) };
    let error = Diagnostic::error("dane/no-record", format!("there is no TLSA record in `{file}` that can be read"));
    let error = match published.faults().first() {
        Some(fault) => error.at_what(place, &fault.reason),
        None => error.at(place),
    };
    errors.push(error.help("lines such as: _25._tcp.mx1.example.com. IN TLSA 3 1 1 HEX"));
    Vec::new()
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
