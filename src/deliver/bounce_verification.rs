//! Bounce verification (BATV, draft-levine-smtp-batv): envelope senders leave with a tag, and a bounce that comes back to an
//! address without a good one answers mail that we never sent.
//!
//! ```text
//! user@example.com   →   prvs=KDDDSSSSSS=user@example.com
//!     K    number of the key: told from the key itself, so that it stays when keys are added in front of it
//!     DDD  day on which the tag expires: the last three digits of the days since 1970
//!     SSSSSS   the first three octets of HMAC-SHA256 of KDDD and the address in lower case
//! ```
//!
//! The first key tags, every key of the list is accepted, for seven days. Peers that change the case of an address do no harm.

use aws_lc_rs::{digest, hmac};

use crate::model::configuration::{Configuration, DomainKey};
use crate::model::moment::Moment;

use super::envelope::Address;

/// Days for which a tag is good: longer than a peer tries to deliver before it bounces.
const LIFETIME: i64 = 7;
const PREFIX: &str = "prvs=";
/// KDDDSSSSSS.
const TAG_LENGTH: usize = 10;
/// Octets of a local part with a tag: not everybody takes more (RFC 5321 section 4.5.3.1.1).
const LOCAL_LIMIT: usize = 64;

/// The keys of one revision, ready for use.
#[derive(Debug)]
pub struct BounceVerifier {
    /// With the number that each has in a tag; at least one.
    keys: Vec<(u8, hmac::Key)>,
    /// Bounces come back for these alone; a foreign sender must keep the address that its own domain knows.
    domains: Vec<DomainKey>,
    /// Bounces without a good tag are refused; else they are marked.
    pub reject: bool,
    /// Mail to some destination leaves with tags. Where none does, bounces of our own mail have none.
    pub tags: bool,
}

/// What the recipient of a bounce says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It answers mail of ours; the address behind the tag.
    Genuine(Address),
    /// It answers mail that was sent too long ago; the address behind the tag.
    Expired(Address),
    /// The tag was made by nobody who has a key of ours; the address behind it.
    Forged(Address),
    Untagged,
}

impl BounceVerifier {
    /// `None` when there is no key, and so nothing is tagged or checked.
    pub fn new(configuration: &Configuration) -> Option<BounceVerifier> {
        let settings = &configuration.bounce_verification;
        if settings.keys.is_empty() {
            return None;
        }
        let keys = settings.keys.iter().map(|key| {
            let key = key.as_bytes();
            (number(key), hmac::Key::new(hmac::HMAC_SHA256, key))
        });
        let mut domains: Vec<DomainKey> =
            configuration.listeners.iter().flat_map(|listener| listener.domains.clone()).collect();
        domains.sort();
        domains.dedup();
        let rows = configuration.destinations.rows.values().map(|(_, row)| row);
        let tags = rows.chain([&configuration.destinations.default]).any(|row| row.bounce_verification == Some(true));
        Some(BounceVerifier { keys: keys.collect(), domains, reject: settings.reject, tags })
    }

    /// The address under which a message of `sender` leaves: the address itself when its bounces do not come back to us, when it
    /// has a tag already, and when it is so long that the tag does not fit.
    pub fn tag(&self, sender: &Address, now: Moment) -> Address {
        let Some((number, key)) = self.keys.first() else { return sender.clone() };
        if !self.is_ours(sender) || split(sender).is_some() {
            return sender.clone();
        }
        let stamp = format!("{number}{:03}", (day(now) + LIFETIME).rem_euclid(1_000));
        let tag = format!("{stamp}{}", signature(key, &stamp, sender));
        with_tag(sender, &tag).unwrap_or_else(|| sender.clone())
    }

    /// Looks at the recipient of a message with the null path. Only for recipients at domains that we accept mail for.
    pub fn check(&self, recipient: &Address, now: Moment) -> Verdict {
        let Some((tag, original)) = split(recipient) else {
            // Mail of such a sender leaves without a tag.
            return if with_tag(recipient, "0000000000").is_none() {
                Verdict::Genuine(recipient.clone())
            } else {
                Verdict::Untagged
            };
        };
        let (stamp, given) = tag.split_at(4);
        let made_here = self.keys.iter().any(|(number, key)| {
            // The signature is 24 bits of a public tag: how long a comparison takes tells nothing that guessing would not.
            stamp.starts_with(&number.to_string()) && signature(key, stamp, &original).eq_ignore_ascii_case(given)
        });
        match (made_here, stamp.get(1..).and_then(|day| day.parse::<i64>().ok())) {
            (true, Some(expires)) if (expires - day(now)).rem_euclid(1_000) <= LIFETIME => Verdict::Genuine(original),
            (true, Some(_)) => Verdict::Expired(original),
            _ => Verdict::Forged(original),
        }
    }

    /// Bounces for the address come back to us.
    pub fn is_ours(&self, address: &Address) -> bool {
        address.domain().name().is_some_and(|name| self.domains.iter().any(|key| key.covers(name)))
    }
}

/// `None` when it would be too long.
fn with_tag(address: &Address, tag: &str) -> Option<Address> {
    let tagged = Address::new(format!("{PREFIX}{tag}={}", address.local()), address.domain().clone()).ok()?;
    let octets = tagged.to_string().len() - tagged.domain().to_string().len() - "@".len();
    (octets <= LOCAL_LIMIT).then_some(tagged)
}

/// The tag and the address behind it.
fn split(address: &Address) -> Option<(&str, Address)> {
    let prefix = address.local().get(..PREFIX.len())?;
    let rest = address.local().get(PREFIX.len()..).filter(|_| prefix.eq_ignore_ascii_case(PREFIX))?;
    let (tag, original) = rest.split_once('=')?;
    let (stamp, signature) = tag.split_at_checked(4)?;
    let is_tag = tag.len() == TAG_LENGTH
        && stamp.bytes().all(|b| b.is_ascii_digit())
        && signature.bytes().all(|b| b.is_ascii_hexdigit());
    let original = Address::new(original.to_owned(), address.domain().clone()).ok()?;
    is_tag.then_some((tag, original))
}

/// Three octets as hexadecimal digits.
fn signature(key: &hmac::Key, stamp: &str, address: &Address) -> String {
    let signed = format!("{stamp}{}", address.to_string().to_lowercase());
    let whole = hmac::sign(key, signed.as_bytes());
    whole.as_ref().iter().take(3).map(|octet| format!("{octet:02x}")).collect()
}

/// 0 to 9.
fn number(key: &[u8]) -> u8 {
    digest::digest(&digest::SHA256, key).as_ref().first().map_or(0, |octet| octet % 10)
}

/// Whole days since 1970.
fn day(moment: Moment) -> i64 {
    moment.unix_timestamp().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-11-21 12:00 UTC);

    fn verifier(keys: &[&str]) -> BounceVerifier {
        let mut configuration = Configuration::parse(
            "[interface.\"Data 1\"]\naddress = \"127.0.0.1\"\nhostname = \"mx1.example.com\"\n\
             [listener.in]\ninterface = \"Data 1\"\nport = 25\ndomains = [\"example.com\", \".example.com\"]\n",
        )
        .unwrap();
        configuration.bounce_verification.keys = keys.iter().map(|key| (*key).to_owned().into()).collect();
        BounceVerifier::new(&configuration).unwrap()
    }

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn a_tag_is_good_for_seven_days() {
        let verifier = verifier(&["secret"]);
        let sender = address("User.Name@example.com");
        let tagged = verifier.tag(&sender, NOW);
        let text = tagged.to_string();
        assert!(text.starts_with("prvs=") && text.ends_with("=User.Name@example.com") && text.len() == 37, "{text}");
        for days in 0..=7 {
            assert_eq!(verifier.check(&tagged, NOW + Duration::days(days)), Verdict::Genuine(sender.clone()), "{days}");
        }
        for days in [8, 30, 500, 991] {
            assert_eq!(verifier.check(&tagged, NOW + Duration::days(days)), Verdict::Expired(sender.clone()), "{days}");
        }
        // The days of a tag begin again at 000.
        let before = datetime!(2027-06-29 12:00 UTC);
        assert_eq!(day(before) % 1_000, 998);
        let tagged = verifier.tag(&sender, before);
        assert_eq!(verifier.check(&tagged, before + Duration::days(6)), Verdict::Genuine(sender));
    }

    #[test]
    fn every_key_of_the_list_is_accepted_and_no_other() {
        let tagged = verifier(&["old"]).tag(&address("user@example.com"), NOW);
        assert!(matches!(verifier(&["new", "older", "old"]).check(&tagged, NOW), Verdict::Genuine(_)));
        assert!(matches!(verifier(&["new", "older"]).check(&tagged, NOW), Verdict::Forged(_)));
        assert_eq!(verifier(&["new"]).check(&address("user@example.com"), NOW), Verdict::Untagged);
        let others = tagged.to_string().replace("=user@", "=boss@");
        assert_eq!(verifier(&["old"]).check(&address(&others), NOW), Verdict::Forged(address("boss@example.com")));
    }

    #[test]
    fn a_change_of_case_on_the_way_does_no_harm() {
        let verifier = verifier(&["secret"]);
        let tagged = verifier.tag(&address("User@example.com"), NOW).to_string();
        for text in [tagged.to_uppercase(), tagged.to_lowercase()] {
            assert!(matches!(verifier.check(&address(&text), NOW), Verdict::Genuine(_)), "{text}");
        }
    }

    #[test]
    fn only_senders_whose_bounces_come_back_are_tagged_and_once() {
        let verifier = verifier(&["secret"]);
        for text in ["user@example.org", "user@[192.0.2.1]", &format!("{}@example.com", "a".repeat(49))] {
            assert_eq!(verifier.tag(&address(text), NOW), address(text));
        }
        let long = address(&format!("{}@example.com", "a".repeat(49)));
        assert_eq!(verifier.check(&long, NOW), Verdict::Genuine(long));
        let once = verifier.tag(&address("user@sub.example.com"), NOW);
        assert_eq!(verifier.tag(&once, NOW), once);
        for text in ["prvs=user@example.com", "prvs=12345=user@example.com", "prvs=1234zzzzzz=user@example.com"] {
            assert_eq!(verifier.check(&address(text), NOW), Verdict::Untagged, "{text}");
        }
    }

    #[test]
    fn a_quoted_local_part_keeps_its_quotes() {
        let verifier = verifier(&["secret"]);
        let sender = address("\"john doe\"@example.com");
        let tagged = verifier.tag(&sender, NOW);
        assert!(tagged.to_string().starts_with("\"prvs=") && tagged.to_string().ends_with("=john doe\"@example.com"));
        assert_eq!(verifier.check(&tagged, NOW), Verdict::Genuine(sender));
    }
}
