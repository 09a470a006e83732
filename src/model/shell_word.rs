//! File names in commands that an operator pastes.

/// The name as a word that a shell takes for one argument and a program for a file; `FILE` for standard input.
pub fn shell_word(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/+@%:,=-".contains(c);
    let is_plain = !name.is_empty() && name.chars().all(plain);
    match name {
        "-" => "FILE".into(),
        // It would be taken for an option.
        _ if name.starts_with('-') => shell_word(&format!("./{name}")),
        _ if is_plain => name.into(),
        _ => format!("'{}'", name.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_word_is_one_word_for_the_shell_and_never_an_option() {
        assert_eq!(shell_word("/etc/mail.key"), "/etc/mail.key");
        assert_eq!(shell_word("my key"), "'my key'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word("$(x)"), "'$(x)'");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("-rf"), "./-rf");
        assert_eq!(shell_word("-a b"), "'./-a b'");
        assert_eq!(shell_word("-"), "FILE");
    }
}
