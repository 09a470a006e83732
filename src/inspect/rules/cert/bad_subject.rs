//! `cert/bad-subject`

use std::borrow::Cow;

use super::TOLD;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::asn1::{self, Element, Reader, SEQUENCE};
use crate::trust::distinguished;

pub const RULE: Rule = Rule {
    id: "cert/bad-subject",
    severity: Severity::Warning,
    decides: true,
    summary: "a subject that is longer than allowed, empty in parts, or not what it should be",
    why: "Each part of a subject has a length that databases and appliances count on. A control character or a NUL \
          makes programs show another name than they compare, and of two common names one program takes the first and \
          another the last. In CA certificates it does not decide, in roots it is a note.",
    mend: "Have it signed with a proper subject: `sealpost cert request PROFILE --cn NAME`.",
    source: "RFC 5280 4.1.2.6 and appendix A.1 (upper bounds), Baseline Requirements 7.1.2.7.2 to 7.1.2.7.4, 7.1.4",
    fixable: false,
    check: Check::Certificate(check),
};

const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;

/// What is known of a type of attribute.
struct Attribute {
    oid: &'static [u8],
    name: &'static str,
    /// Characters at most.
    most: usize,
    /// The only string type it may have, and its name.
    only: Option<(u8, &'static str)>,
    /// Several in one subject are usual.
    may_repeat: bool,
}

const fn attribute(oid: &'static [u8], name: &'static str, most: usize) -> Attribute {
    Attribute { oid, name, most, only: None, may_repeat: false }
}

/// Upper bounds of RFC 5280 appendix A.1, and for street and postal code of the Baseline Requirements. A label of a domain has 63.
const ATTRIBUTES: [Attribute; 15] = [
    attribute(&[0x55, 4, 3], "common name", 64),
    attribute(&[0x55, 4, 4], "surname", 32_768),
    Attribute { only: Some((PRINTABLE_STRING, "PrintableString")), ..attribute(&[0x55, 4, 5], "serial number", 64) },
    Attribute { only: Some((PRINTABLE_STRING, "PrintableString")), ..attribute(&[0x55, 4, 6], "country", 2) },
    attribute(&[0x55, 4, 7], "locality", 128),
    attribute(&[0x55, 4, 8], "state or province", 128),
    Attribute { may_repeat: true, ..attribute(&[0x55, 4, 9], "street", 128) },
    attribute(&[0x55, 4, 10], "organization", 64),
    Attribute { may_repeat: true, ..attribute(&[0x55, 4, 11], "organizational unit", 64) },
    attribute(&[0x55, 4, 12], "title", 64),
    attribute(&[0x55, 4, 17], "postal code", 40),
    attribute(&[0x55, 4, 42], "given name", 32_768),
    attribute(&[0x55, 4, 65], "pseudonym", 128),
    // 1.2.840.113549.1.9.1
    Attribute {
        only: Some((IA5_STRING, "IA5String")),
        ..attribute(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "e-mail address", 255)
    },
    // 0.9.2342.19200300.100.1.25
    Attribute {
        only: Some((IA5_STRING, "IA5String")),
        may_repeat: true,
        ..attribute(&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "domain component", 63)
    },
];

/// The index of the country in `ATTRIBUTES`.
const COUNTRY: usize = 3;

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
     CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
     FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
     JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
     MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
     PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
     TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Not in the list, and in use all the same: the European Union and what the Baseline Requirements take where there is no code.
const OTHER_COUNTRIES: [&str; 2] = ["EU", "XX"];

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Ok(sets) = asn1::only(sheet.x509.subject().as_raw(), SEQUENCE, "") else { return Outcome::NotApplicable };
    let mut counts = [0usize; ATTRIBUTES.len()];
    let mut said = Vec::new();
    let mut reader = Reader::new(sets);
    while let Some(set) = reader.element() {
        let mut pairs = Reader::new(set.content);
        while let Some(pair) = pairs.element() {
            let mut parts = Reader::new(pair.content);
            let (Some(oid), Some(value)) = (parts.element(), parts.element()) else { continue };
            let known = ATTRIBUTES.iter().position(|attribute| attribute.oid == oid.content);
            if let Some(count) = known.and_then(|known| counts.get_mut(known)) {
                *count += 1;
            }
            // Hostile subjects have thousands of parts.
            if said.len() < TOLD {
                said.extend(faults(known, value).into_iter().map(|(what, shown)| finding(sheet, known, what, &shown)));
            }
        }
    }
    if sets.is_empty() {
        return Outcome::NotApplicable;
    }
    let repeated = ATTRIBUTES.iter().zip(counts).filter(|(attribute, count)| *count > 1 && !attribute.may_repeat);
    said.extend(repeated.filter(|_| sheet.is_end_entity()).map(|(attribute, count)| {
        Said::new(format!("the subject of {} has {count} attributes of the kind {}", sheet.name(), attribute.name))
            .fact(format!("subject `{}`", sheet.certificate().subject()))
    }));
    Outcome::of(said.into_iter().take(TOLD).map(|said| milder(sheet, said)).collect())
}

/// What binds subscribers' certificates; browsers carry roots with every one of these.
fn milder(sheet: &Sheet<'_>, said: Said) -> Said {
    match (sheet.is_end_entity(), sheet.is_self_issued()) {
        (true, _) => said,
        (false, false) => said.at_most(Severity::Warning),
        (false, true) => said.at_most(Severity::Note),
    }
}

fn finding(sheet: &Sheet<'_>, known: Option<usize>, what: String, shown: &str) -> Said {
    let kind = known.and_then(|known| ATTRIBUTES.get(known)).map_or("an attribute", |attribute| attribute.name);
    Said::new(format!("the subject of {}: {kind} {what}", sheet.name())).fact(format!("value `{shown}`"))
}

/// What is wrong with one value, and the value for a message. Values that are no text are a matter of `cert/malformed`.
fn faults(known: Option<usize>, value: Element<'_>) -> Vec<(String, String)> {
    let Some(text) = distinguished::text(value) else { return Vec::new() };
    let attribute = known.and_then(|known| ATTRIBUTES.get(known));
    let mut faults: Vec<String> = Vec::new();
    faults.extend(form(&text).map(str::to_owned));
    if let Some(attribute) = attribute {
        let length = text.chars().count();
        if length > attribute.most && known != Some(COUNTRY) {
            faults.push(format!("has {length} characters, and may have {}", attribute.most));
        }
        if let Some((_, name)) = attribute.only.filter(|(tag, _)| *tag != value.tag) {
            faults.push(format!("is not of the type {name}"));
        }
    }
    if known == Some(COUNTRY) && !text.is_empty() {
        faults.extend(country(&text).map(str::to_owned));
    }
    let shown = || shortened(&text);
    faults.into_iter().map(|fault| (fault, shown())).collect()
}

fn form(text: &str) -> Option<&'static str> {
    let has = |test: fn(char) -> bool| text.chars().any(test);
    Some(match text {
        "" => "is empty",
        _ if text.trim().is_empty() => "is nothing but blanks",
        _ if has(|character| character == '\0') => "has a NUL",
        _ if has(char::is_control) => "has a control character",
        _ if has(is_invisible) => "has an invisible character",
        _ if text.trim() != text => "begins or ends with a blank",
        // "Metadata" such as these says nothing.
        "-" | "." | "*" => "is a placeholder",
        _ => return None,
    })
}

/// Marks that change how the text around them is shown, and blanks without width.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn country(code: &str) -> Option<&'static str> {
    let is_in = |code: &str| COUNTRIES.split(' ').any(|known| known == code) || OTHER_COUNTRIES.contains(&code);
    if code.chars().count() != 2 {
        Some("is not a code of two letters")
    } else if is_in(code) {
        None
    } else if is_in(&code.to_ascii_uppercase()) {
        Some("is not written in capital letters")
    } else {
        Some("is no country code of ISO 3166-1")
    }
}

/// Characters shown of a value.
const SHOWN: usize = 80;

fn shortened(text: &str) -> String {
    let text: Cow<'_, str> = match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()).into(),
        None => text.into(),
    };
    text.chars()
        .flat_map(|character| if character == '…' { vec!['…'] } else { character.escape_debug().collect() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_codes_are_told_from_what_is_none() {
        for good in ["DE", "US", "GB", "EU", "XX", "TL"] {
            assert_eq!(country(good), None, "{good}");
        }
        assert_eq!(COUNTRIES.split(' ').filter(|code| code.len() == 2).count(), 249);
        for bad in ["de", "UK", "DEU", "D", "ZZ", "Germany", "D "] {
            assert!(country(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn the_country_stands_where_the_rule_looks_for_it() {
        assert_eq!(ATTRIBUTES[COUNTRY].name, "country");
    }
}
