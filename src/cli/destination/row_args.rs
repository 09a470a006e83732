//! The flags of a row: one per key of `[destination]`, and `--inherit`.

use clap::Args;

use crate::app::configuring::refused;
use crate::model::configuration::{Assignment, DESTINATION_KEYS, Mistake};
use crate::model::diagnostic::Diagnostics;

#[derive(Debug, Clone, Args)]
pub struct RowArgs {
    /// TLS: no, preferred, required, preferred-verify, required-verify, required-verify-hosted
    #[arg(long, value_name = "SETTING")]
    tls: Option<String>,

    /// Connections at the same time, 1 to 1,000
    #[arg(long, value_name = "N")]
    concurrency: Option<String>,

    /// Messages in one connection, 1 to 1,000
    #[arg(long, value_name = "N")]
    messages_per_connection: Option<String>,

    /// Recipients in a time, such as `300/60` (minutes), or `no limit`
    #[arg(long, value_name = "LIMIT")]
    recipients: Option<String>,

    /// What the limits are counted by: domain, mx-address
    #[arg(long, value_name = "SCOPE")]
    limit_scope: Option<String>,

    /// Across what the limits are counted: system, interface
    #[arg(long, value_name = "WHAT")]
    limit_apply: Option<String>,

    /// Tag the envelope sender with prvs=: on, off
    #[arg(long, value_name = "SWITCH")]
    bounce_verification: Option<String>,

    /// The bounce profile; `(Default)` is the built-in one
    #[arg(long, value_name = "NAME")]
    bounce_profile: Option<String>,

    /// Addresses that are tried: prefer-v6, require-v6, prefer-v4, require-v4
    #[arg(long, value_name = "PREFERENCE")]
    ip_preference: Option<String>,

    /// Further names that the peer's certificate may have, separated by commas (repeatable)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    verify_names: Vec<String>,

    /// MX host names that count for required-verify-hosted: any, dnssec
    #[arg(long, value_name = "WHICH")]
    mx_names: Option<String>,

    /// Alert when a required TLS connection fails: on, off
    #[arg(long, value_name = "SWITCH")]
    tls_alert: Option<String>,

    /// The peer refuses mail without our certificate: on, off
    #[arg(long, value_name = "SWITCH")]
    client_certificate_required: Option<String>,

    /// Inherit this again, such as `tls` (repeatable)
    #[arg(long, value_name = "FIELD")]
    inherit: Vec<String>,
}

impl RowArgs {
    /// What the flags ask for, mistakes in their names told at once.
    pub fn assignments(&self) -> Result<Vec<Assignment>, Diagnostics> {
        let texts = [
            ("concurrency", &self.concurrency),
            ("messages-per-connection", &self.messages_per_connection),
            ("recipients", &self.recipients),
            ("limit-scope", &self.limit_scope),
            ("limit-apply", &self.limit_apply),
            ("tls", &self.tls),
            ("bounce-verification", &self.bounce_verification),
            ("bounce-profile", &self.bounce_profile),
            ("ip-preference", &self.ip_preference),
            ("mx-names", &self.mx_names),
            ("tls-alert", &self.tls_alert),
            ("client-certificate-required", &self.client_certificate_required),
        ];
        let given = texts.iter().filter_map(|(name, text)| Some((*name, text.as_ref()?)));
        let mut made: Vec<Result<Assignment, Mistake>> =
            given.map(|(name, text)| Assignment::set(DESTINATION_KEYS, name, [text])).collect();
        if !self.verify_names.is_empty() {
            let names = self.verify_names.iter().map(|name| name.trim());
            made.push(Assignment::set(DESTINATION_KEYS, "verify-names", names));
        }
        made.extend(self.inherit.iter().map(|name| Assignment::unset(DESTINATION_KEYS, name)));
        let mut assignments: Vec<Assignment> = Vec::new();
        let mut told = Vec::new();
        for one in made {
            match one {
                Ok(one) if assignments.iter().any(|other| other.key.name == one.key.name) => {
                    let mistake = Mistake::new(format!("`{}` is both set and inherited", one.key.name));
                    told.extend(refused(mistake, "").into_vec());
                }
                Ok(one) => assignments.push(one),
                Err(mistake) => told.extend(refused(mistake, "").into_vec()),
            }
        }
        Diagnostics::if_errors(told).map_or(Ok(assignments), Err)
    }
}
