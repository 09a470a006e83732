//! The file that the appliance's destination controls are exported to and imported from.
//!
//! An INI file: one section per domain, and `[DEFAULT]` for every domain without one.
//!
//! ```text
//! [DEFAULT]
//! ip_sort_pref = PREFER_V6          PREFER_V6, REQUIRE_V6, PREFER_V4, REQUIRE_V4
//! max_host_concurrency = 500        1 to 1000
//! max_messages_per_connection = 50  1 to 1000
//! recipient_limit = 300             0 to 1000000000; none lifts the limit of [DEFAULT]
//! recipient_minutes = 60            1 to 60
//! limit_type = host                 0/host, 1/MXIP
//! limit_apply = system              0/system, 1/VG
//! bounce_validation = off           0/off, 1/on
//! table_tls = off                   0/off, 1/on, 2/required, 3/on_verify, 4/require_verify, 5/require_verify_hosted
//! bounce_profile = Default
//! send_tls_req_alert = off          in [DEFAULT] only: 0/off, 1/on
//! certificate = mx-2026             in [DEFAULT] only
//!
//! [.example.com]
//! table_tls = require_verify
//! verify_names = mx1.example.net, mx2.example.net
//! ```
//!
//! Numbers and words are both read, in any case; words are written. A section says only what differs from `[DEFAULT]`. The last four
//! keys of `KEYS` are this project's own, and stand in a file only where they are used.

mod keys;
mod reader;
mod words;

pub use reader::{Mistake, MistakeKind, Mistakes, Reading, read};
pub use words::{IpSortPref, LimitApply, LimitType, MxNames, TableTls};

/// What a section says; a key that is not there is inherited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    pub ip_sort_pref: Option<IpSortPref>,
    /// 1 to 1,000.
    pub max_host_concurrency: Option<u16>,
    /// 1 to 1,000.
    pub max_messages_per_connection: Option<u16>,
    pub recipient_limit: Option<RecipientLimit>,
    /// 1 to 60.
    pub recipient_minutes: Option<u8>,
    pub limit_type: Option<LimitType>,
    pub limit_apply: Option<LimitApply>,
    pub bounce_validation: Option<bool>,
    pub table_tls: Option<TableTls>,
    /// `Default` is the built-in one.
    pub bounce_profile: Option<String>,
    pub verify_names: Option<Vec<String>>,
    pub mx_names: Option<MxNames>,
    /// As `send_tls_req_alert`, for the mail of this section.
    pub tls_alert: Option<bool>,
    /// The peer refuses mail without our certificate.
    pub client_certificate_required: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientLimit {
    /// As many as there are, whatever `[DEFAULT]` says.
    None,
    /// 0 to 1,000,000,000.
    Recipients(u32),
}

/// The domain and what holds for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// As it stands between the brackets.
    pub domain: String,
    /// Line of the brackets, counted from 1; 0 for a section that was not read.
    pub line: usize,
    pub row: Row,
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    pub default: Section,
    /// Alert when a required TLS connection fails.
    pub send_tls_req_alert: Option<bool>,
    /// Name of the certificate for all outgoing TLS.
    pub certificate: Option<String>,
    /// In the order of the file, without `[DEFAULT]`.
    pub sections: Vec<Section>,
}

/// The file as text, `[DEFAULT]` first.
pub fn write(table: &Table) -> String {
    let mut text = String::from("[DEFAULT]\n");
    write_row(&mut text, &table.default.row);
    let alert = table.send_tls_req_alert.map(|on| keys::SWITCH.word(on).to_owned());
    for (key, value) in [(keys::ALERT, &alert), (keys::CERTIFICATE, &table.certificate)] {
        if let Some(value) = value {
            write_line(&mut text, key, value);
        }
    }
    for section in &table.sections {
        text.push_str("\n[");
        text.push_str(&section.domain);
        text.push_str("]\n");
        write_row(&mut text, &section.row);
    }
    text
}

fn write_row(text: &mut String, row: &Row) {
    for key in keys::KEYS {
        if let Some(value) = (key.write)(row) {
            write_line(text, key.name, &value);
        }
    }
}

fn write_line(text: &mut String, key: &str, value: &str) {
    for part in [key, " = ", value, "\n"] {
        text.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let full = Row {
            ip_sort_pref: Some(IpSortPref::RequireV4),
            max_host_concurrency: Some(1),
            max_messages_per_connection: Some(1_000),
            recipient_limit: Some(RecipientLimit::Recipients(1_000_000_000)),
            recipient_minutes: Some(60),
            limit_type: Some(LimitType::MxIp),
            limit_apply: Some(LimitApply::VirtualGateway),
            bounce_validation: Some(true),
            table_tls: Some(TableTls::RequireVerifyHosted),
            bounce_profile: Some("slow ones".into()),
            verify_names: Some(vec!["a.example.net".into(), "b.example.net".into()]),
            mx_names: Some(MxNames::Dnssec),
            tls_alert: Some(false),
            client_certificate_required: Some(true),
        };
        let lifted = Row { recipient_limit: Some(RecipientLimit::None), verify_names: Some(vec![]), ..Row::default() };
        let section = |domain: &str, line, row| Section { domain: domain.into(), line, row };
        let table = Table {
            default: section("", 1, full.clone()),
            send_tls_req_alert: Some(true),
            certificate: Some("mx-2026".into()),
            sections: vec![section(".example.com", 19, full), section("example.net", 35, lifted)],
        };
        let text = write(&table);
        assert!(text.contains("\n[.example.com]\nip_sort_pref = REQUIRE_V4\nmax_host_concurrency = 1\n"), "{text}");
        let Reading { table: again, mistakes } = read(text.as_bytes());
        assert_eq!(mistakes.count, 0, "{mistakes:?}\n{text}");
        assert_eq!(again, Table { default: Section { domain: "DEFAULT".into(), ..again.default.clone() }, ..table });
    }
}
