//! Names of a certificate in a sentence.

/// Host names without their kind, everything else with it: `mx1.example.com, IP:192.0.2.1`.
pub fn plain(names: &[String]) -> String {
    let plain: Vec<&str> = names.iter().map(|name| name.strip_prefix("DNS:").unwrap_or(name)).collect();
    plain.join(", ")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn only_host_names_lose_their_kind() {
        let names = ["DNS:mx1.example.com", "IP:192.0.2.1", "email:a@example.com"].map(str::to_owned);
        assert_eq!(plain(&names), "mx1.example.com, IP:192.0.2.1, email:a@example.com");
    }
}
