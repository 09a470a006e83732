//! The appliance's file of destination controls as a table, and a table as that file.
//!
//! A file that is imported may have a mistake in every one of 100,000 lines: the first hundred are told, and how many there are.

use std::collections::BTreeMap;

use crate::formats::destination_table::{
    self as file, IpSortPref, LimitType, Mistake, MistakeKind, RecipientLimit as FileLimit, Row, Section, TableTls,
};
use crate::model::configuration::{
    self, Configuration, DEFAULT_BOUNCE_PROFILE, DeliveryTls, Destination, Destinations, DomainKey, IpPreference,
    LimitApply, LimitScope, MxNames, RecipientLimit, nearest,
};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::host_name::HostName;
use crate::model::moment::plural;
use crate::model::place::Place;
use crate::model::profile_name::ProfileName;

/// Mistakes that are told one by one.
const TOLD: usize = 100;
/// The file's word for the built-in bounce profile.
const DEFAULT_PROFILE: &str = "Default";

/// A file without mistakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub destinations: Destinations,
    /// What the file says about the alert when a required TLS connection fails.
    pub tls_alert: Option<bool>,
    /// What the file names for all outgoing TLS.
    pub certificate: Option<ProfileName>,
}

/// What the names in a file may refer to.
pub struct Known<'a> {
    pub configuration: &'a Configuration,
    pub profiles: &'a [ProfileName],
}

/// Reads a file. `name` is the file as the operator named it. The error tells every mistake, or the first hundred.
pub fn read(name: &str, bytes: &[u8], known: &Known<'_>) -> Result<Imported, Diagnostics> {
    let file::Reading { table, mistakes } = file::read(bytes);
    let mut told = Told { known, first: Vec::new(), count: mistakes.count };
    told.first.extend(mistakes.first.into_iter().map(|Mistake { line, kind }| (line, worded(kind))));
    let mut default = told.row(&table.default);
    keep_as_said(&mut default, &known.configuration.destinations.default);
    let certificate = table.certificate.and_then(|certificate| told.profile(certificate, table.default.line));
    let mut rows = BTreeMap::new();
    let mut lines = BTreeMap::new();
    for section in &table.sections {
        let row = told.row(section);
        match section.domain.parse::<DomainKey>() {
            Err(mistake) => told.push(section.line, (mistake.message, mistake.suggestion)),
            Ok(key) => match lines.insert(key.to_string(), section.line) {
                Some(first) => {
                    lines.insert(key.to_string(), first);
                    told.push(section.line, (format!("`{key}` stands on line {first} already"), None));
                }
                None => drop(rows.insert(key.to_string(), (key, row))),
            },
        }
    }
    told.end(name)?;
    Ok(Imported { destinations: Destinations { default, rows }, tls_alert: table.send_tls_req_alert, certificate })
}

/// What is wrong with a line, and what was probably meant.
type Wording = (String, Option<String>);

struct Told<'a> {
    known: &'a Known<'a>,
    first: Vec<(usize, Wording)>,
    count: usize,
}

impl Told<'_> {
    fn push(&mut self, line: usize, wording: Wording) {
        self.count += 1;
        // Above this the first hundred by line are known: sections are read in the order of the file.
        if self.first.len() < 10 * TOLD + 1_000 {
            self.first.push((line, wording));
        }
    }

    fn row(&mut self, section: &Section) -> Destination {
        let Section { row, line, .. } = section;
        Destination {
            concurrency: row.max_host_concurrency,
            messages_per_connection: row.max_messages_per_connection,
            recipients: recipients(row),
            limit_scope: row.limit_type.map(|value| match value {
                LimitType::Host => LimitScope::Domain,
                LimitType::MxIp => LimitScope::MxAddress,
            }),
            limit_apply: row.limit_apply.map(|value| match value {
                file::LimitApply::System => LimitApply::System,
                file::LimitApply::VirtualGateway => LimitApply::Interface,
            }),
            tls: row.table_tls.map(tls),
            bounce_verification: row.bounce_validation,
            bounce_profile: row.bounce_profile.as_deref().and_then(|name| self.bounce_profile(name, *line)),
            ip_preference: row.ip_sort_pref.map(ip_preference),
            verify_names: row.verify_names.as_ref().map(|names| self.names(names, *line)),
            mx_names: row.mx_names.map(|value| match value {
                file::MxNames::Any => MxNames::Any,
                file::MxNames::Dnssec => MxNames::Dnssec,
            }),
            tls_alert: row.tls_alert,
            client_certificate_required: row.client_certificate_required,
        }
    }

    fn bounce_profile(&mut self, name: &str, line: usize) -> Option<String> {
        if name.eq_ignore_ascii_case(DEFAULT_PROFILE) || name == DEFAULT_BOUNCE_PROFILE {
            return Some(DEFAULT_BOUNCE_PROFILE.to_owned());
        }
        let known = &self.known.configuration.bounce_profiles;
        if known.contains_key(name) {
            return Some(name.to_owned());
        }
        let near = nearest(name, known.keys().map(String::as_str));
        self.push(
            line,
            (format!("`bounce_profile` of this section names `{name}`, and there is no such profile"), near),
        );
        None
    }

    fn names(&mut self, names: &[String], line: usize) -> Vec<HostName> {
        let mut good: Vec<HostName> = Vec::new();
        for name in names {
            match configuration::host_name(name) {
                Ok(name) if good.contains(&name) => {
                    self.push(line, (format!("`verify_names` of this section has `{name}` twice"), None));
                }
                Ok(name) => good.push(name),
                Err(mistake) => {
                    let message = format!("`verify_names` of this section: {}", mistake.message);
                    self.push(line, (message, mistake.suggestion));
                }
            }
        }
        good
    }

    fn profile(&mut self, name: String, line: usize) -> Option<ProfileName> {
        let profiles = self.known.profiles;
        let found = profiles.iter().find(|profile| profile.as_str() == name).cloned();
        if found.is_none() {
            let near = nearest(&name, profiles.iter().map(ProfileName::as_str));
            self.push(line, (format!("`certificate` names `{name}`, and there is no such certificate profile"), near));
        }
        found
    }

    fn end(mut self, name: &str) -> Result<(), Diagnostics> {
        if self.count == 0 {
            return Ok(());
        }
        self.first.sort_by_key(|(line, _)| *line);
        self.first.truncate(TOLD);
        let shown = self.first.len();
        let mut list: Vec<Diagnostic> = self
            .first
            .into_iter()
            .map(|(line, (message, meant))| {
                let place = Place { line: Some(line), ..Place::file(name) };
                let told = Diagnostic::error("destination/mistake", message).at(place);
                meant.map_or(told.clone(), |meant| told.help(format!("did you mean `{meant}`?")))
            })
            .collect();
        let count = plural(self.count as u64, "mistake");
        let rest = match self.count - shown {
            0 => String::new(),
            _ => format!(", of which the first {shown} are told"),
        };
        let file = if name == "-" { "standard input".to_owned() } else { format!("`{name}`") };
        list.push(
            Diagnostic::error("destination/bad-file", format!("{file} has {count}{rest}"))
                .fact("nothing was imported; the destination controls are as they were"),
        );
        Err(Diagnostics::if_errors(list).unwrap_or_else(|| Diagnostic::error("destination/bad-file", count).into()))
    }
}

fn worded(kind: MistakeKind) -> Wording {
    match kind {
        MistakeKind::NotUtf8 => ("this line is not UTF-8 text".to_owned(), None),
        MistakeKind::NoEquals(text) => (format!("`{text}` is no section, no `key = value` and no comment"), None),
        MistakeKind::Brackets(text) => (format!("`{text}` is no section: write `[example.com]`"), None),
        MistakeKind::NoSection(key) => (format!("`{key}` stands above the first section"), None),
        MistakeKind::UnknownKey { key, known } => {
            let near = nearest(&key, known.iter().copied());
            (format!("unknown key `{key}`; known are {}", known.join(", ")), near)
        }
        MistakeKind::OnlyInDefault { key, domain } => {
            (format!("`{key}` belongs into [DEFAULT], for every destination, not into [{domain}]"), None)
        }
        MistakeKind::KeyTwice { key, first } => {
            (format!("`{key}` stands on line {first} of this section already"), None)
        }
        MistakeKind::DefaultTwice { first } => (format!("[DEFAULT] stands on line {first} already"), None),
        MistakeKind::Value { key, given, wanted } => (format!("`{key}` must be {wanted}, not `{given}`"), None),
        MistakeKind::Alone { key, missing } => {
            (format!("`{key}` needs `{missing}`, which stands neither here nor in [DEFAULT]"), None)
        }
    }
}

fn recipients(row: &Row) -> Option<Option<RecipientLimit>> {
    match (row.recipient_limit, row.recipient_minutes) {
        (Some(FileLimit::None), _) => Some(None),
        (Some(FileLimit::Recipients(recipients)), Some(minutes)) => Some(Some(RecipientLimit { recipients, minutes })),
        // A mistake, or minutes for rows that give a limit alone.
        _ => None,
    }
}

fn tls(value: TableTls) -> DeliveryTls {
    match value {
        TableTls::Off => DeliveryTls::No,
        TableTls::On => DeliveryTls::Preferred,
        TableTls::Required => DeliveryTls::Required,
        TableTls::OnVerify => DeliveryTls::PreferredVerify,
        TableTls::RequireVerify => DeliveryTls::RequiredVerify,
        TableTls::RequireVerifyHosted => DeliveryTls::RequiredVerifyHosted,
    }
}

fn ip_preference(value: IpSortPref) -> IpPreference {
    match value {
        IpSortPref::PreferV6 => IpPreference::PreferV6,
        IpSortPref::RequireV6 => IpPreference::RequireV6,
        IpSortPref::PreferV4 => IpPreference::PreferV4,
        IpSortPref::RequireV4 => IpPreference::RequireV4,
    }
}

/// A file's `[DEFAULT]` says everything. What holds now and goes on holding stays said, or unsaid, as it is.
fn keep_as_said(new: &mut Destination, old: &Destination) {
    let factory = Destinations::default().controls(None).in_full();
    macro_rules! keep {
        ($($field:ident),*) => { $(
            if new.$field.as_ref().or(factory.$field.as_ref()) == old.$field.as_ref().or(factory.$field.as_ref()) {
                new.$field.clone_from(&old.$field);
            }
        )* };
    }
    keep!(
        concurrency,
        messages_per_connection,
        recipients,
        limit_scope,
        limit_apply,
        tls,
        bounce_verification,
        bounce_profile,
        ip_preference,
        verify_names,
        mx_names,
        tls_alert,
        client_certificate_required
    );
}

/// The whole table as a file. `[DEFAULT]` is said in full, as the appliance asks for it; our own keys stand there only where they are
/// set.
pub fn write(configuration: &Configuration) -> String {
    let destinations = &configuration.destinations;
    let mut default = destinations.controls(None).in_full();
    // No limit is said by leaving the limit out.
    default.recipients = default.recipients.filter(Option::is_some);
    default.verify_names.clone_from(&destinations.default.verify_names);
    default.mx_names = destinations.default.mx_names;
    default.client_certificate_required = destinations.default.client_certificate_required;
    let section = |domain: String, row: &Destination| Section { domain, line: 0, row: file_row(row) };
    let outbound = crate::model::role::Role::Outbound { domain: None };
    file::write(&file::Table {
        default: section(String::new(), &default),
        send_tls_req_alert: Some(configuration.alerts.tls_required),
        certificate: configuration.roles.bound.get(&outbound).and_then(|names| names.first()).map(ToString::to_string),
        sections: destinations.rows.values().map(|(key, row)| section(key.to_string(), row)).collect(),
    })
}

fn file_row(row: &Destination) -> Row {
    let limit = row.recipients.flatten();
    let is_lifted = row.recipients == Some(None);
    Row {
        ip_sort_pref: row.ip_preference.map(|value| match value {
            IpPreference::PreferV6 => IpSortPref::PreferV6,
            IpPreference::RequireV6 => IpSortPref::RequireV6,
            IpPreference::PreferV4 => IpSortPref::PreferV4,
            IpPreference::RequireV4 => IpSortPref::RequireV4,
        }),
        max_host_concurrency: row.concurrency,
        max_messages_per_connection: row.messages_per_connection,
        recipient_limit: limit
            .map(|limit| FileLimit::Recipients(limit.recipients))
            .or(is_lifted.then_some(FileLimit::None)),
        recipient_minutes: limit.map(|limit| limit.minutes),
        limit_type: row.limit_scope.map(|value| match value {
            LimitScope::Domain => LimitType::Host,
            LimitScope::MxAddress => LimitType::MxIp,
        }),
        limit_apply: row.limit_apply.map(|value| match value {
            LimitApply::System => file::LimitApply::System,
            LimitApply::Interface => file::LimitApply::VirtualGateway,
        }),
        bounce_validation: row.bounce_verification,
        table_tls: row.tls.map(|value| match value {
            DeliveryTls::No => TableTls::Off,
            DeliveryTls::Preferred => TableTls::On,
            DeliveryTls::Required => TableTls::Required,
            DeliveryTls::PreferredVerify => TableTls::OnVerify,
            DeliveryTls::RequiredVerify => TableTls::RequireVerify,
            DeliveryTls::RequiredVerifyHosted => TableTls::RequireVerifyHosted,
        }),
        bounce_profile: row.bounce_profile.as_ref().map(|name| match name.as_str() {
            DEFAULT_BOUNCE_PROFILE => DEFAULT_PROFILE.to_owned(),
            name => name.to_owned(),
        }),
        verify_names: row.verify_names.as_ref().map(|names| names.iter().map(ToString::to_string).collect()),
        mx_names: row.mx_names.map(|value| match value {
            MxNames::Any => file::MxNames::Any,
            MxNames::Dnssec => file::MxNames::Dnssec,
        }),
        tls_alert: row.tls_alert,
        client_certificate_required: row.client_certificate_required,
    }
}
