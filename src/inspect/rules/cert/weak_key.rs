//! `cert/weak-key`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::asn1::{self, INTEGER, Reader, SEQUENCE};

pub const RULE: Rule = Rule {
    id: "cert/weak-key",
    severity: Severity::Error,
    decides: true,
    summary: "a key that can be broken: RSA or DSA of less than 2048 bits",
    why: "An RSA key of 1024 bits can be broken by whoever spends enough on it. OpenSSL at its default security \
          level, GnuTLS and every browser refuse it.",
    mend: "Make a new key and let the CA sign it: `sealpost cert request PROFILE --cn NAME`.",
    source: "Baseline Requirements 6.1.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let (kind, bits) = match (sheet.rsa(), dsa_bits(sheet)) {
        (Some(numbers), _) => ("RSA", bit_length(numbers.modulus)),
        (None, Some(bits)) => ("DSA", bits),
        (None, None) => return Outcome::NotApplicable,
    };
    Outcome::unless(bits >= 2048, || {
        Said::new(format!("the key of {} is too weak: {kind} {bits}", sheet.name()))
            .fact("RSA keys have at least 2048 bits")
    })
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
