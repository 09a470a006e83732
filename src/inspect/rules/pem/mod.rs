//! The form of the file.

mod blank_lines;
mod bom;
mod cr_only;
mod crlf;
mod damaged_marker;
mod distrusted;
mod encoded_twice;
mod escaped_newlines;
mod foreign_block;
mod glued_blocks;
mod headers;
mod indented;
mod invisible_characters;
mod legacy_label;
mod locked;
mod malformed;
mod no_certificate;
mod no_markers;
mod odd_wrapping;
mod p12_legacy_encryption;
mod private_key;
mod quoted;
mod quoted_printable;
mod request_without_attributes;
mod text_outside;
mod trailing_bytes;
mod trusted_label;
mod utf_16;
mod wrong_label;

use super::Rule;

/// What keeps a file from being read first, what everybody reads last.
pub const RULES: &[&Rule] = &[
    &no_certificate::RULE,
    &locked::RULE,
    &malformed::RULE,
    &distrusted::RULE,
    &escaped_newlines::RULE,
    &utf_16::RULE,
    &headers::RULE,
    &invisible_characters::RULE,
    &quoted::RULE,
    &encoded_twice::RULE,
    &bom::RULE,
    &glued_blocks::RULE,
    &damaged_marker::RULE,
    &no_markers::RULE,
    &wrong_label::RULE,
    &trusted_label::RULE,
    &legacy_label::RULE,
    &cr_only::RULE,
    &indented::RULE,
    &blank_lines::RULE,
    &quoted_printable::RULE,
    &trailing_bytes::RULE,
    &crlf::RULE,
    &odd_wrapping::RULE,
    &text_outside::RULE,
    &foreign_block::RULE,
    &private_key::RULE,
    &p12_legacy_encryption::RULE,
    &request_without_attributes::RULE,
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::inspect::bytes::consumers::{self, Consumer, Effect, Position};
    use crate::inspect::rules;
    use crate::model::diagnostic::Severity;

    /// A damage whose rule nobody knows would be told to nobody.
    #[test]
    fn every_damage_that_reading_tells_is_a_rule() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/inspect/bytes");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for literal in source.split('"').skip(1).step_by(2).filter(|literal| is_rule_id(literal)) {
                assert!(rules::find(literal).is_some(), "{literal} is in no catalogue");
                seen += 1;
            }
        }
        assert!(seen > 20, "only {seen} ids found: has the spelling changed?");
    }

    /// A file that no server starts with must not pass, whatever the reason.
    #[test]
    fn what_no_server_loads_is_an_error_that_decides() {
        let servers = [Consumer::OpenSsl, Consumer::GnuTls, Consumer::Go, Consumer::Rustls];
        let mut seen = 0;
        for row in &consumers::TABLE {
            if servers.iter().all(|server| row.effect(*server, Position::Only) == Effect::Refuses) {
                let rule = rules::find(row.rule).unwrap();
                assert_eq!((rule.severity, rule.decides), (Severity::Error, true), "{}: {}", row.rule, row.name);
                seen += 1;
            }
        }
        assert!(seen > 10, "{seen}");
    }

    fn is_rule_id(text: &str) -> bool {
        let name = ["pem/", "key/", "chain/", "cert/"].iter().find_map(|family| text.strip_prefix(family));
        name.is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|c| c == b'-' || c.is_ascii_lowercase() || c.is_ascii_digit())
        })
    }
}
