//! `cert/weak-key`

use crate::inspect::bundle::{Bundle, Sheet, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::chain::path;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::public_key::KeyKind;
use crate::trust::asn1::{self, INTEGER, Reader, SEQUENCE};
use crate::trust::reason::Reason;
use crate::trust::ruleset::Check as Profile;

pub const RULE: Rule = Rule {
    id: "cert/weak-key",
    severity: Severity::Error,
    decides: true,
    summary: "a key that can be broken: RSA or DSA of less than 2048 bits",
    why: "An RSA key of 1024 bits can be broken by whoever spends enough on it. OpenSSL refuses it at security level 2, which Debian \
          and OpenSSL 3.2 set, in the server's certificate, its issuers and the root; webpki refuses it in issuers and roots, and \
          browsers everywhere. Of a root that is not in the file it is a warning where the ruleset does not judge roots.",
    mend: "Make a new key and let the CA sign it: `sealpost cert request PROFILE --cn NAME`.",
    source: "Baseline Requirements 6.1.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let mut said = match sheet.member.standing {
        Standing::Leaf => outside(sheet.bundle),
        _ => Vec::new(),
    };
    let (kind, bits) = match (sheet.rsa(), dsa_bits(sheet)) {
        (Some(numbers), _) => ("RSA", bit_length(numbers.modulus)),
        (None, Some(bits)) => ("DSA", bits),
        (None, None) if said.is_empty() => return Outcome::NotApplicable,
        (None, None) => return Outcome::Found(said),
    };
    if bits < LEAST {
        said.push(weak(sheet.name(), kind, bits));
    }
    Outcome::of(said)
}

/// Bits of RSA and DSA keys.
const LEAST: usize = 2048;

fn weak(name: &str, kind: &str, bits: usize) -> Said {
    Said::new(format!("the key of {name} is too weak: {kind} {bits}")).fact("RSA keys have at least 2048 bits")
}

/// Authorities that the best path needs and that are not in the file: the anchor, or one of the pool.
fn outside(bundle: &Bundle<'_>) -> Vec<Said> {
    let Some(path) = path::best(bundle) else { return Vec::new() };
    let outside = path.links.iter().enumerate().filter(|(_, link)| path::member(bundle, link).is_none());
    let said = outside.filter_map(|(depth, link)| {
        let bits = match link.public_key().kind() {
            KeyKind::Rsa(bits) if *bits < LEAST => *bits,
            _ => return None,
        };
        let is_key = |reason: &Reason| matches!(reason, Reason::Profile(Profile::SmallKey | Profile::KeySize));
        let is_judged = path.faults.iter().any(|(at, reason)| *at == depth && is_key(reason));
        let said = weak(&path::name(link), "RSA", bits).fact("it is not in the file, and the path needs it");
        Some(if is_judged { said } else { said.at_most(Severity::Warning) })
    });
    said.collect()
}

/// Bits of the prime p in the parameters (RFC 3279 section 2.3.2).
fn dsa_bits(sheet: &Sheet<'_>) -> Option<usize> {
    let algorithm = &sheet.x509.public_key().algorithm;
    // 1.2.840.10040.4.1
    if algorithm.algorithm.as_bytes() != [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1] {
        return None;
    }
    let mut key = Reader::new(asn1::only(sheet.x509.public_key().raw, SEQUENCE, "").ok()?);
    let mut algorithm = Reader::new(key.element()?.content);
    algorithm.element()?;
    let mut numbers = Reader::new(algorithm.expect(SEQUENCE, "").ok()?.content);
    Some(bit_length(numbers.expect(INTEGER, "").ok()?.content))
}

fn bit_length(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let first = number.get(zeros).map_or(8, |first| first.leading_zeros() as usize);
    ((number.len() - zeros) * 8).saturating_sub(first)
}
