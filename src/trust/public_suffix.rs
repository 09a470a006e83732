//! The public suffix list (publicsuffix.org), as the crate `psl` carries it: under which names anybody can register.

use psl::{Psl, Type};

/// Below this name strangers register theirs: `com`, `co.uk`, and every single label, for that is a top-level domain or nobody's.
///
/// Only the part of the list that registries answer for counts (ICANN): `github.io` is one company's own domain, and it may well
/// hold a certificate for all that lies below.
pub fn is_public_suffix(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if !name.contains('.') {
        return true;
    }
    let suffix = psl::List.suffix(name.as_bytes());
    suffix.is_some_and(|suffix| suffix.typ() == Some(Type::Icann) && suffix.as_bytes().len() == name.len())
}

/// Whether the public DNS has this last label. The list has every top-level domain, delegated or about to be, and `onion`, which
/// public CAs sign though it is none.
pub fn is_top_level(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    !label.contains('.') && psl::List.suffix(label.as_bytes()).is_some_and(|suffix| suffix.typ() == Some(Type::Icann))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_are_told_from_owners() {
        for suffix in ["com", "CO.UK", "com.au", "co.ck", "internal", "xn--p1ai", "xn--55qx5d.cn"] {
            assert!(is_public_suffix(suffix), "{suffix}");
        }
        for owned in ["example.com", "example.co.uk", "github.io", "corp.internal", "www.ck"] {
            assert!(!is_public_suffix(owned), "{owned}");
        }
    }

    #[test]
    fn top_levels_are_known_whatever_their_case() {
        for known in ["com", "DE", "xn--p1ai", "arpa", "onion"] {
            assert!(is_top_level(known), "{known}");
        }
        for unknown in ["", "local", "internal", "co.uk", "example", "#"] {
            assert!(!is_top_level(unknown), "{unknown}");
        }
    }
}
