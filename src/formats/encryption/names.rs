//! Object identifiers of encryption, digests and derivations, and the names people know them by.

use der::asn1::ObjectIdentifier;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub const PBES2: ObjectIdentifier = oid("1.2.840.113549.1.5.13");
pub const PBKDF2: ObjectIdentifier = oid("1.2.840.113549.1.5.12");
pub const PBMAC1: ObjectIdentifier = oid("1.2.840.113549.1.5.14");
pub const SCRYPT: ObjectIdentifier = oid("1.3.6.1.4.1.11591.4.11");

pub const HMAC_SHA1: ObjectIdentifier = oid("1.2.840.113549.2.7");
pub const HMAC_SHA224: ObjectIdentifier = oid("1.2.840.113549.2.8");
pub const HMAC_SHA256: ObjectIdentifier = oid("1.2.840.113549.2.9");
pub const HMAC_SHA384: ObjectIdentifier = oid("1.2.840.113549.2.10");
pub const HMAC_SHA512: ObjectIdentifier = oid("1.2.840.113549.2.11");

pub const MD5: ObjectIdentifier = oid("1.2.840.113549.2.5");
pub const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
pub const SHA224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.4");
pub const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
pub const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
pub const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");

pub const AES_128_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.2");
pub const AES_192_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.22");
pub const AES_256_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.42");
pub const DES_EDE3_CBC: ObjectIdentifier = oid("1.2.840.113549.3.7");
pub const DES_CBC: ObjectIdentifier = oid("1.3.14.3.2.7");

pub const RC2_CBC: ObjectIdentifier = oid("1.2.840.113549.3.2");

pub const PBE_MD5_DES: ObjectIdentifier = oid("1.2.840.113549.1.5.3");
pub const PBE_MD5_RC2: ObjectIdentifier = oid("1.2.840.113549.1.5.6");
pub const PBE_SHA1_DES: ObjectIdentifier = oid("1.2.840.113549.1.5.10");
pub const PBE_SHA1_RC2: ObjectIdentifier = oid("1.2.840.113549.1.5.11");

pub const P12_RC4_128: ObjectIdentifier = oid("1.2.840.113549.1.12.1.1");
pub const P12_RC4_40: ObjectIdentifier = oid("1.2.840.113549.1.12.1.2");
pub const P12_3DES_3: ObjectIdentifier = oid("1.2.840.113549.1.12.1.3");
pub const P12_3DES_2: ObjectIdentifier = oid("1.2.840.113549.1.12.1.4");
pub const P12_RC2_128: ObjectIdentifier = oid("1.2.840.113549.1.12.1.5");
pub const P12_RC2_40: ObjectIdentifier = oid("1.2.840.113549.1.12.1.6");

const NAMES: &[(ObjectIdentifier, &str)] = &[
    (PBES2, "PBES2"),
    (PBKDF2, "PBKDF2"),
    (PBMAC1, "PBMAC1"),
    (SCRYPT, "scrypt"),
    (HMAC_SHA1, "HMAC-SHA-1"),
    (HMAC_SHA224, "HMAC-SHA-224"),
    (HMAC_SHA256, "HMAC-SHA-256"),
    (HMAC_SHA384, "HMAC-SHA-384"),
    (HMAC_SHA512, "HMAC-SHA-512"),
    (oid("1.2.840.113549.2.12"), "HMAC-SHA-512/224"),
    (oid("1.2.840.113549.2.13"), "HMAC-SHA-512/256"),
    (oid("2.16.840.1.101.3.4.2.14"), "HMAC-SHA3-256"),
    (oid("2.16.840.1.101.3.4.2.15"), "HMAC-SHA3-384"),
    (oid("2.16.840.1.101.3.4.2.16"), "HMAC-SHA3-512"),
    (MD5, "MD5"),
    (SHA1, "SHA-1"),
    (SHA224, "SHA-224"),
    (SHA256, "SHA-256"),
    (SHA384, "SHA-384"),
    (SHA512, "SHA-512"),
    (oid("2.16.840.1.101.3.4.2.5"), "SHA-512/224"),
    (oid("2.16.840.1.101.3.4.2.6"), "SHA-512/256"),
    (oid("2.16.840.1.101.3.4.2.8"), "SHA3-256"),
    (oid("2.16.840.1.101.3.4.2.9"), "SHA3-384"),
    (oid("2.16.840.1.101.3.4.2.10"), "SHA3-512"),
    (AES_128_CBC, "AES-128-CBC"),
    (AES_192_CBC, "AES-192-CBC"),
    (AES_256_CBC, "AES-256-CBC"),
    (oid("2.16.840.1.101.3.4.1.6"), "AES-128-GCM"),
    (oid("2.16.840.1.101.3.4.1.46"), "AES-256-GCM"),
    (DES_EDE3_CBC, "3DES-CBC"),
    (DES_CBC, "DES-CBC"),
    (RC2_CBC, "RC2-CBC"),
    (oid("1.2.392.200011.61.1.1.1.2"), "Camellia-128-CBC"),
    (oid("1.2.392.200011.61.1.1.1.3"), "Camellia-192-CBC"),
    (oid("1.2.392.200011.61.1.1.1.4"), "Camellia-256-CBC"),
    (oid("1.2.410.200046.1.1.2"), "ARIA-128-CBC"),
    (oid("1.2.410.200046.1.1.7"), "ARIA-192-CBC"),
    (oid("1.2.410.200046.1.1.12"), "ARIA-256-CBC"),
    (oid("1.2.643.2.2.21"), "GOST 28147-89"),
    (oid("1.2.840.113549.1.5.1"), "PBES1: MD2, DES"),
    (oid("1.2.840.113549.1.5.4"), "PBES1: MD2, RC2-64"),
    (PBE_MD5_DES, "PBES1: MD5, DES"),
    (PBE_MD5_RC2, "PBES1: MD5, RC2-64"),
    (PBE_SHA1_DES, "PBES1: SHA-1, DES"),
    (PBE_SHA1_RC2, "PBES1: SHA-1, RC2-64"),
    (P12_RC4_128, "PKCS#12: SHA-1, RC4-128"),
    (P12_RC4_40, "PKCS#12: SHA-1, RC4-40"),
    (P12_3DES_3, "PKCS#12: SHA-1, 3DES"),
    (P12_3DES_2, "PKCS#12: SHA-1, 3DES with two keys"),
    (P12_RC2_128, "PKCS#12: SHA-1, RC2-128"),
    (P12_RC2_40, "PKCS#12: SHA-1, RC2-40"),
];

/// The name people know it by; of an unknown one the dotted numbers.
pub fn name(oid: ObjectIdentifier) -> String {
    match NAMES.iter().find(|(known, _)| *known == oid) {
        Some((_, name)) => (*name).to_owned(),
        None => oid.to_string(),
    }
}

/// `600000` as `600,000`.
pub fn count(number: i128) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digit.is_ascii_digit() && (digits.len() - index).is_multiple_of(3) && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (2048, "2,048"), (600_000, "600,000"), (-100, "-100")] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn an_unknown_algorithm_is_dotted() {
        assert_eq!(name(oid("1.2.3.4")), "1.2.3.4");
        assert_eq!(name(AES_256_CBC), "AES-256-CBC");
    }
}
