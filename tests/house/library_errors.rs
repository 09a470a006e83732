//! No error of a library is shown with its own text: `sys::library_error` says the fact.

use std::path::Path;

use crate::layers::sources;

/// Error types whose text nobody but a programmer understands.
const FOREIGN: &[&str] = &[
    "io::Error",
    "rusqlite::Error",
    "rustls::Error",
    "rcgen::Error",
    "webpki::Error",
    "serde_json::Error",
    "toml_edit::de::Error",
    "hyper::Error",
    "DecodeError",
    "Utf8Error",
    "X509Error",
];

/// Calls whose error is a library's, up to the end of their statement.
const CALLS: &[&str] = &[
    "toml_edit::de::from_str",
    "serde_json::from_str",
    "serde_json::from_slice",
    "String::from_utf8(",
    "str::from_utf8(",
    "X509Certificate::from_der",
    "X509CertificationRequest::from_der",
    "STANDARD.decode(",
    "rustls::sign::CertifiedKey::from_der",
    "TcpStream::connect",
];

/// What repeats the text of the error at hand.
const TEXTS: &[&str] = &["error.to_string()", "{error}", "{error:?}", "other.to_string()", "{other:?}"];

/// Every place in `source` that shows the text of a foreign error, as far as can be told without types.
fn shown(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    // A variant that holds one and displays it.
    for (at, _) in code.match_indices("#[error(\"") {
        let rest = &code[at..];
        let Some((attribute, variant)) = rest.split_once(")]\n") else { continue };
        let variant = variant.lines().next().unwrap_or_default();
        let holds_one = FOREIGN.iter().any(|kind| variant.contains(kind) && variant.contains('('));
        if holds_one && attribute.contains("{0}") {
            found.push(variant.trim().to_owned());
        }
    }
    // A statement that reads something and shows why it could not.
    for (at, call) in CALLS.iter().flat_map(|call| code.match_indices(call)) {
        let statement = code[at..].split(';').next().unwrap_or_default();
        if TEXTS.iter().any(|text| statement.contains(text)) {
            found.push(format!("{call}: {}", statement.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }
    // A function or closure that is given one.
    for kind in FOREIGN {
        for (at, _) in
            code.match_indices(&format!("error: &{kind}")).chain(code.match_indices(&format!("error: {kind}")))
        {
            let body = code[at..].split("\n}\n").next().unwrap_or_default();
            if TEXTS.iter().any(|text| body.contains(text)) {
                found.push(body.lines().next().unwrap_or_default().trim().to_owned());
            }
        }
    }
    found
}

#[test]
fn no_text_of_a_library_is_shown() {
    let mut wrong = Vec::new();
    for path in sources(Path::new("src")).iter().filter(|path| !path.ends_with("sys/library_error.rs")) {
        let source = std::fs::read_to_string(path).unwrap();
        wrong.extend(shown(&source).into_iter().map(|what| format!("{}: {what}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_text_that_is_shown_is_seen() {
    for source in [
        "#[error(\"the database cannot be used: {0}\")]\n    Sqlite(#[from] rusqlite::Error),\n",
        "let x = toml_edit::de::from_str(text).map_err(|error| damaged(error.to_string()))?;",
        "fn no_log(error: &io::Error) -> D {\n    fact(error.to_string())\n}\n",
    ] {
        assert_eq!(shown(source).len(), 1, "{source}");
    }
}
