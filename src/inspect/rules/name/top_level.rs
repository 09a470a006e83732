//! Which last labels of a host name the public DNS has.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The labels of the root zone; one follows the other.
static ROOT_ZONE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("top_levels.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_ascii_whitespace).collect()
});

/// Never in the public DNS: special-use names (RFC 6761, RFC 6762, RFC 2606, RFC 9476), what ICANN keeps for private use
/// (`internal`) or will not delegate, and what routers hand out.
const INTERNAL: [&str; 16] = [
    "alt",
    "corp",
    "domain",
    "example",
    "home",
    "intern",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "test",
    "workgroup",
];

/// It cannot be looked up from outside.
pub(super) fn is_internal(label: &str) -> bool {
    INTERNAL.iter().any(|known| known.eq_ignore_ascii_case(label))
}

/// A top-level domain. `onion` is none, but public CAs sign it (Baseline Requirements appendix B).
pub(super) fn is_known(label: &str) -> bool {
    let known = |label: &str| label == "onion" || ROOT_ZONE.contains(label);
    if label.bytes().any(|octet| octet.is_ascii_uppercase()) {
        known(&label.to_ascii_lowercase())
    } else {
        known(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_known_whatever_their_case() {
        assert!(is_known("com") && is_known("COM") && is_known("de") && is_known("onion") && is_known("xn--p1ai"));
        assert!(!is_known("local") && !is_known("") && !is_known("#"));
        assert!(is_internal("Local") && !is_internal("com"));
        assert!(INTERNAL.iter().all(|label| !ROOT_ZONE.contains(label)));
    }
}
