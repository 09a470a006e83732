//! `[destination]` and `[destination."example.com"]`: destination controls, how mail to a domain is delivered. How they stand in the
//! file is in `destination_reading.rs`.

use std::collections::BTreeMap;

use super::bounce_profile::DEFAULT_BOUNCE_PROFILE;
use super::domain::DomainKey;
use super::words::Word;
use crate::model::host_name::HostName;

/// The six settings for TLS on delivery, in the order of the appliance's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryTls {
    No,
    Preferred,
    Required,
    PreferredVerify,
    RequiredVerify,
    RequiredVerifyHosted,
}

impl DeliveryTls {
    /// Mail never leaves in clear text.
    pub fn requires(self) -> bool {
        matches!(self, DeliveryTls::Required | DeliveryTls::RequiredVerify | DeliveryTls::RequiredVerifyHosted)
    }

    /// The peer's certificate is checked.
    pub fn verifies(self) -> bool {
        matches!(self, DeliveryTls::PreferredVerify | DeliveryTls::RequiredVerify | DeliveryTls::RequiredVerifyHosted)
    }

    /// Mail never leaves to a peer that was not verified.
    pub fn requires_verified(self) -> bool {
        self.requires() && self.verifies()
    }
}

impl Word for DeliveryTls {
    const WORDS: &'static [(DeliveryTls, &'static str)] = &[
        (DeliveryTls::No, "no"),
        (DeliveryTls::Preferred, "preferred"),
        (DeliveryTls::Required, "required"),
        (DeliveryTls::PreferredVerify, "preferred-verify"),
        (DeliveryTls::RequiredVerify, "required-verify"),
        (DeliveryTls::RequiredVerifyHosted, "required-verify-hosted"),
    ];
}

/// Which addresses of a host are tried, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpPreference {
    PreferV6,
    RequireV6,
    PreferV4,
    RequireV4,
}

impl Word for IpPreference {
    const WORDS: &'static [(IpPreference, &'static str)] = &[
        (IpPreference::PreferV6, "prefer-v6"),
        (IpPreference::RequireV6, "require-v6"),
        (IpPreference::PreferV4, "prefer-v4"),
        (IpPreference::RequireV4, "require-v4"),
    ];
}

/// What a limit is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitScope {
    /// The destination domain.
    Domain,
    /// Each address of a mail exchanger.
    MxAddress,
}

impl Word for LimitScope {
    const WORDS: &'static [(LimitScope, &'static str)] =
        &[(LimitScope::Domain, "domain"), (LimitScope::MxAddress, "mx-address")];
}

/// Across what a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitApply {
    /// All that the gateway sends.
    System,
    /// Each source interface (the appliance's virtual gateway) by itself.
    Interface,
}

impl Word for LimitApply {
    const WORDS: &'static [(LimitApply, &'static str)] =
        &[(LimitApply::System, "system"), (LimitApply::Interface, "interface")];
}

/// Whether MX host names from unsigned DNS count as references for the hosted setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MxNames {
    Any,
    /// Only those that DNSSEC vouches for.
    Dnssec,
}

impl Word for MxNames {
    const WORDS: &'static [(MxNames, &'static str)] = &[(MxNames::Any, "any"), (MxNames::Dnssec, "dnssec")];
}

/// At most `recipients` in `minutes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipientLimit {
    /// 0 to 1,000,000,000.
    pub recipients: u32,
    /// 1 to 60.
    pub minutes: u8,
}

/// One row. A field that is `None` is inherited from the default row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Destination {
    /// Connections at the same time, 1 to 1,000.
    pub concurrency: Option<u16>,
    /// 1 to 1,000.
    pub messages_per_connection: Option<u16>,
    /// `Some(None)` lifts a limit of the default row.
    pub recipients: Option<Option<RecipientLimit>>,
    pub limit_scope: Option<LimitScope>,
    pub limit_apply: Option<LimitApply>,
    pub tls: Option<DeliveryTls>,
    /// Tag the envelope sender with `prvs=`.
    pub bounce_verification: Option<bool>,
    /// Name of a bounce profile.
    pub bounce_profile: Option<String>,
    pub ip_preference: Option<IpPreference>,
    /// Further names that the peer's certificate may have when it is verified.
    pub verify_names: Option<Vec<HostName>>,
    pub mx_names: Option<MxNames>,
    /// Raise an alert when a required TLS connection fails.
    pub tls_alert: Option<bool>,
    /// The destination asks for our client certificate and refuses mail without it.
    pub client_certificate_required: Option<bool>,
}

/// The default row and the rows by domain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Destinations {
    pub default: Destination,
    /// By `DomainKey` as text; sorted, so that looking up is logarithmic.
    pub rows: BTreeMap<String, (DomainKey, Destination)>,
}

/// What holds for one domain, with everything inherited filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationControls {
    /// The row it came from; `None` is the default row.
    pub row: Option<DomainKey>,
    pub concurrency: u16,
    pub messages_per_connection: u16,
    pub recipients: Option<RecipientLimit>,
    pub limit_scope: LimitScope,
    pub limit_apply: LimitApply,
    pub tls: DeliveryTls,
    pub bounce_verification: bool,
    /// `None` is the profile `(Default)`.
    pub bounce_profile: Option<String>,
    pub ip_preference: IpPreference,
    pub verify_names: Vec<HostName>,
    pub mx_names: MxNames,
    pub tls_alert: Option<bool>,
    pub client_certificate_required: bool,
}

impl Destinations {
    /// The row for `domain`, the most specific one, over the default row; `None` is mail to an address literal.
    pub fn controls(&self, domain: Option<&HostName>) -> DestinationControls {
        let row = domain.and_then(|domain| DomainKey::covering(domain).find_map(|key| self.rows.get(&key)));
        let own = row.map(|(_, row)| row);
        let default = &self.default;
        macro_rules! inherited {
            ($field:ident) => {
                own.and_then(|row| row.$field.clone()).or_else(|| default.$field.clone())
            };
        }
        DestinationControls {
            row: row.map(|(key, _)| key.clone()),
            concurrency: inherited!(concurrency).unwrap_or(500),
            messages_per_connection: inherited!(messages_per_connection).unwrap_or(50),
            recipients: inherited!(recipients).flatten(),
            limit_scope: inherited!(limit_scope).unwrap_or(LimitScope::Domain),
            limit_apply: inherited!(limit_apply).unwrap_or(LimitApply::System),
            tls: inherited!(tls).unwrap_or(DeliveryTls::No),
            bounce_verification: inherited!(bounce_verification).unwrap_or(false),
            bounce_profile: inherited!(bounce_profile),
            ip_preference: inherited!(ip_preference).unwrap_or(IpPreference::PreferV6),
            verify_names: inherited!(verify_names).unwrap_or_default(),
            mx_names: inherited!(mx_names).unwrap_or(MxNames::Any),
            tls_alert: inherited!(tls_alert),
            client_certificate_required: inherited!(client_certificate_required).unwrap_or(false),
        }
    }
}

impl DestinationControls {
    /// The same as a row that inherits nothing but the alert, which has a switch of its own above all rows.
    pub fn in_full(&self) -> Destination {
        Destination {
            concurrency: Some(self.concurrency),
            messages_per_connection: Some(self.messages_per_connection),
            recipients: Some(self.recipients),
            limit_scope: Some(self.limit_scope),
            limit_apply: Some(self.limit_apply),
            tls: Some(self.tls),
            bounce_verification: Some(self.bounce_verification),
            bounce_profile: Some(self.bounce_profile.clone().unwrap_or_else(|| DEFAULT_BOUNCE_PROFILE.to_owned())),
            ip_preference: Some(self.ip_preference),
            verify_names: Some(self.verify_names.clone()),
            mx_names: Some(self.mx_names),
            tls_alert: self.tls_alert,
            client_certificate_required: Some(self.client_certificate_required),
        }
    }
}
