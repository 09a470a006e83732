//! Protocols and cipher suites in OpenSSL's words, which administrators and their greps know (ciphers(1)).

use rustls::{AlertDescription, CipherSuite, ProtocolVersion, SupportedCipherSuite};

/// Every suite that the TLS library has, with OpenSSL's name for it.
const CIPHERS: [(CipherSuite, &str); 9] = [
    (CipherSuite::TLS13_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384"),
    (CipherSuite::TLS13_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256"),
    (CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256"),
    (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384"),
    (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256"),
    (CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305"),
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384"),
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256"),
    (CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305"),
];

/// OpenSSL's name of a cipher suite.
pub fn cipher(suite: SupportedCipherSuite) -> &'static str {
    CIPHERS.iter().find(|(known, _)| *known == suite.suite()).map_or("unknown", |(_, name)| name)
}

/// The IANA name of the same suite, with underscores, as `Received` headers carry it (RFC 8314 section 7.4).
pub fn registered_cipher(suite: SupportedCipherSuite) -> String {
    suite.suite().as_str().map_or_else(|| "unknown".to_owned(), |name| name.replace("TLS13_", "TLS_"))
}

/// The suite that OpenSSL calls `name`; `None` for one that the TLS library does not have.
pub fn suite(name: &str) -> Option<CipherSuite> {
    CIPHERS.iter().find(|(_, known)| known.eq_ignore_ascii_case(name.trim())).map(|(suite, _)| *suite)
}

/// Every name that `suite` knows.
pub fn cipher_names() -> impl Iterator<Item = &'static str> {
    CIPHERS.iter().map(|(_, name)| *name)
}

/// `TLSv1.2`, `TLSv1.3`.
pub fn protocol(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        ProtocolVersion::TLSv1_1 => "TLSv1.1",
        ProtocolVersion::TLSv1_0 => "TLSv1",
        ProtocolVersion::SSLv3 => "SSLv3",
        _ => "unknown",
    }
}

/// As RFC 8446 section 6 writes it: `bad_certificate`.
pub fn alert(alert: AlertDescription) -> String {
    let name = alert.as_str().unwrap_or("unknown");
    let mut word = String::with_capacity(name.len() + 4);
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let starts = letter.is_ascii_uppercase()
            && at > 0
            && (letters.get(at - 1).is_some_and(char::is_ascii_lowercase)
                || letters.get(at + 1).is_some_and(char::is_ascii_lowercase));
        if starts {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_of_the_library_has_its_name() {
        for suite in rustls::crypto::aws_lc_rs::ALL_CIPHER_SUITES {
            let name = cipher(*suite);
            assert_ne!(name, "unknown", "{suite:?}");
            assert_eq!(super::suite(name), Some(suite.suite()));
        }
        assert_eq!(cipher_names().count(), rustls::crypto::aws_lc_rs::ALL_CIPHER_SUITES.len());
        assert_eq!(suite("AES256-SHA"), None);
    }

    #[test]
    fn alerts_are_called_as_the_standard_calls_them() {
        assert_eq!(alert(AlertDescription::BadCertificate), "bad_certificate");
        assert_eq!(alert(AlertDescription::UnknownCA), "unknown_ca");
        assert_eq!(alert(AlertDescription::HandshakeFailure), "handshake_failure");
    }
}
