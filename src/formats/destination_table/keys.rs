//! The keys of a section: how each is read and written.

use super::words::{IP_SORT_PREF, LIMIT_APPLY, LIMIT_TYPE, MX_NAMES, TABLE_TLS, Words};
use super::{RecipientLimit, Row};

pub(super) use super::words::SWITCH;

/// Keys of `[DEFAULT]` alone.
pub(super) const ALERT: &str = "send_tls_req_alert";
pub(super) const CERTIFICATE: &str = "certificate";

/// One key. `read` puts a value into the row; its error says what it would have taken.
pub(super) struct Key {
    pub name: &'static str,
    pub read: fn(&mut Row, &str) -> Result<(), String>,
    pub write: fn(&Row) -> Option<String>,
}

/// In the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "ip_sort_pref",
        read: |row, text| put(&mut row.ip_sort_pref, word(&IP_SORT_PREF, text)),
        write: |row| row.ip_sort_pref.map(|value| IP_SORT_PREF.word(value).to_owned()),
    },
    Key {
        name: "max_host_concurrency",
        read: |row, text| put(&mut row.max_host_concurrency, number(text, 1, 1_000)),
        write: |row| row.max_host_concurrency.map(|value| value.to_string()),
    },
    Key {
        name: "max_messages_per_connection",
        read: |row, text| put(&mut row.max_messages_per_connection, number(text, 1, 1_000)),
        write: |row| row.max_messages_per_connection.map(|value| value.to_string()),
    },
    Key {
        name: "recipient_minutes",
        read: |row, text| put(&mut row.recipient_minutes, number(text, 1, 60)),
        write: |row| row.recipient_minutes.map(|value| value.to_string()),
    },
    Key {
        name: "recipient_limit",
        read: |row, text| put(&mut row.recipient_limit, recipient_limit(text)),
        write: |row| {
            row.recipient_limit.map(|value| match value {
                RecipientLimit::None => NONE.to_owned(),
                RecipientLimit::Recipients(count) => count.to_string(),
            })
        },
    },
    Key {
        name: "limit_type",
        read: |row, text| put(&mut row.limit_type, word(&LIMIT_TYPE, text)),
        write: |row| row.limit_type.map(|value| LIMIT_TYPE.word(value).to_owned()),
    },
    Key {
        name: "limit_apply",
        read: |row, text| put(&mut row.limit_apply, word(&LIMIT_APPLY, text)),
        write: |row| row.limit_apply.map(|value| LIMIT_APPLY.word(value).to_owned()),
    },
    Key {
        name: "bounce_validation",
        read: |row, text| put(&mut row.bounce_validation, word(&SWITCH, text)),
        write: |row| row.bounce_validation.map(|value| SWITCH.word(value).to_owned()),
    },
    Key {
        name: "table_tls",
        read: |row, text| put(&mut row.table_tls, word(&TABLE_TLS, text)),
        write: |row| row.table_tls.map(|value| TABLE_TLS.word(value).to_owned()),
    },
    Key {
        name: "bounce_profile",
        read: |row, text| put(&mut row.bounce_profile, name(text)),
        write: |row| row.bounce_profile.clone(),
    },
    Key {
        name: "verify_names",
        read: |row, text| put(&mut row.verify_names, Ok(names(text))),
        write: |row| row.verify_names.as_ref().map(|names| names.join(", ")),
    },
    Key {
        name: "mx_names",
        read: |row, text| put(&mut row.mx_names, word(&MX_NAMES, text)),
        write: |row| row.mx_names.map(|value| MX_NAMES.word(value).to_owned()),
    },
    Key {
        name: "tls_alert",
        read: |row, text| put(&mut row.tls_alert, word(&SWITCH, text)),
        write: |row| row.tls_alert.map(|value| SWITCH.word(value).to_owned()),
    },
    Key {
        name: "client_certificate_required",
        read: |row, text| put(&mut row.client_certificate_required, word(&SWITCH, text)),
        write: |row| row.client_certificate_required.map(|value| SWITCH.word(value).to_owned()),
    },
];

const NONE: &str = "none";

fn put<T>(slot: &mut Option<T>, value: Result<T, String>) -> Result<(), String> {
    *slot = Some(value?);
    Ok(())
}

pub(super) fn word<T: Copy + PartialEq>(words: &Words<T>, text: &str) -> Result<T, String> {
    words.read(text).ok_or_else(|| format!("one of {}", words.known()))
}

fn number<T: TryFrom<u32>>(text: &str, least: u32, most: u32) -> Result<T, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse::<u32>().ok().filter(|value| digits && (least..=most).contains(value));
    value.and_then(|value| T::try_from(value).ok()).ok_or_else(|| format!("a number from {least} to {most}"))
}

fn recipient_limit(text: &str) -> Result<RecipientLimit, String> {
    if text.eq_ignore_ascii_case(NONE) {
        return Ok(RecipientLimit::None);
    }
    number(text, 0, 1_000_000_000).map(RecipientLimit::Recipients).map_err(|range| format!("{range}, or {NONE}"))
}

pub(super) fn name(text: &str) -> Result<String, String> {
    match text {
        "" => Err("a name".to_owned()),
        text => Ok(text.to_owned()),
    }
}

fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
