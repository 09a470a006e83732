//! The words that stand for a value, in the order of the numbers that older files have in their place.

/// Which addresses are tried, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpSortPref {
    PreferV6,
    RequireV6,
    PreferV4,
    RequireV4,
}

/// What a limit is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitType {
    Host,
    MxIp,
}

/// Across what a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitApply {
    System,
    VirtualGateway,
}

/// TLS on delivery; `On` is the setting that people are shown as Preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableTls {
    Off,
    On,
    Required,
    OnVerify,
    RequireVerify,
    RequireVerifyHosted,
}

/// Whether names from unsigned DNS count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MxNames {
    Any,
    Dnssec,
}

/// The words of one kind of value.
pub(super) struct Words<T: 'static> {
    /// The place in the list is the number.
    pub words: &'static [(T, &'static str)],
    /// Whether numbers are read too.
    pub numbered: bool,
}

impl<T: Copy + PartialEq> Words<T> {
    pub fn word(&self, value: T) -> &'static str {
        self.words.iter().find(|(other, _)| *other == value).map_or("", |(_, word)| word)
    }

    pub fn read(&self, text: &str) -> Option<T> {
        let is_it = |(index, (_, word)): &(usize, &(T, &str))| {
            word.eq_ignore_ascii_case(text) || (self.numbered && text == index.to_string())
        };
        self.words.iter().enumerate().find(is_it).map(|(_, (value, _))| *value)
    }

    /// Everything that `read` takes, for a person.
    pub fn known(&self) -> String {
        let shown = |(index, (_, word)): (usize, &(T, &str))| match self.numbered {
            true => format!("{index}/{word}"),
            false => (*word).to_owned(),
        };
        self.words.iter().enumerate().map(shown).collect::<Vec<_>>().join(", ")
    }
}

pub(super) const IP_SORT_PREF: Words<IpSortPref> = Words {
    words: &[
        (IpSortPref::PreferV6, "PREFER_V6"),
        (IpSortPref::RequireV6, "REQUIRE_V6"),
        (IpSortPref::PreferV4, "PREFER_V4"),
        (IpSortPref::RequireV4, "REQUIRE_V4"),
    ],
    numbered: false,
};

pub(super) const LIMIT_TYPE: Words<LimitType> =
    Words { words: &[(LimitType::Host, "host"), (LimitType::MxIp, "MXIP")], numbered: true };

pub(super) const LIMIT_APPLY: Words<LimitApply> =
    Words { words: &[(LimitApply::System, "system"), (LimitApply::VirtualGateway, "VG")], numbered: true };

pub(super) const SWITCH: Words<bool> = Words { words: &[(false, "off"), (true, "on")], numbered: true };

pub(super) const TABLE_TLS: Words<TableTls> = Words {
    words: &[
        (TableTls::Off, "off"),
        (TableTls::On, "on"),
        (TableTls::Required, "required"),
        (TableTls::OnVerify, "on_verify"),
        (TableTls::RequireVerify, "require_verify"),
        (TableTls::RequireVerifyHosted, "require_verify_hosted"),
    ],
    numbered: true,
};

pub(super) const MX_NAMES: Words<MxNames> =
    Words { words: &[(MxNames::Any, "any"), (MxNames::Dnssec, "dnssec")], numbered: false };
