//! Names at the moment they are asked for: what other tools take without a word is refused here with what was meant.

use crate::support::Bench;

/// Flag, value, code of the error, and what is offered instead.
const BAD: &[(&str, &str, &str, Option<&str>)] = &[
    ("--cn", "https://mx1.example.com/x", "name/url", Some("--cn mx1.example.com")),
    ("--cn", "mx1 .example.com", "name/space", Some("--cn mx1.example.com")),
    ("--cn", "mail server.example.com", "name/space", Some("--cn mail-server.example.com")),
    ("--cn", "postmaster@example.com", "name/email", Some("--san email:postmaster@example.com")),
    ("--cn", "[2001:db8::1]", "name/address", Some("--san IP:2001:db8::1")),
    ("--cn", "mx1.example.com:25", "name/port", Some("--cn mx1.example.com")),
    ("--cn", "mail_1.example.com", "name/underscore", Some("--cn mail-1.example.com")),
    ("--cn", "mx1..example.com", "name/empty-label", Some("--cn mx1.example.com")),
    ("--cn", "-mx1.example.com", "name/hyphen", Some("--cn mx1.example.com")),
    ("--cn", "*.com", "name/wildcard", None),
    ("--cn", "m*x.example.com", "name/wildcard", None),
    ("--cn", "192.0.2.300", "name/numeric", None),
    ("--cn", "mx1,mx2", "name/character", None),
    ("--cn", "", "subject/empty", None),
    ("--san", "DNS:192.0.2.1", "name/address", Some("--san IP:192.0.2.1")),
    ("--san", "IP:mx1.example.com", "name/no-address", Some("--san DNS:mx1.example.com")),
    ("--san", "email:postmaster", "name/no-email", None),
    ("--san", "email:a@mail_1.example.com", "name/underscore", Some("--san email:a@mail-1.example.com")),
    ("--san", "URI:https://mx1.example.com", "name/kind", None),
    ("--san", "", "name/empty", None),
    ("--country", "DEU", "subject/country", Some("--country DE")),
    ("--country", "UK", "subject/country", Some("--country GB")),
    ("--country", "Atlantis", "subject/country", None),
    ("--org", "", "subject/empty", None),
    ("--locality", "Zü\u{1b}[31mrich", "subject/control-character", None),
    ("--days", "0", "days/range", None),
    ("--days", "-1", "days/range", None),
    ("--days", "36501", "days/range", None),
];

#[test]
fn every_bad_value_is_refused_with_what_was_meant_and_nothing_is_staged() {
    let bench = Bench::with_home();
    for (flag, value, code, meant) in BAD {
        let given = format!("{flag}={value}");
        let mut arguments = vec!["cert", "new", "mx", &given, "--format", "json"];
        if *flag != "--cn" {
            arguments.extend(["--cn", "mx1.example.com"]);
        }
        let run = bench.run(&arguments).code(2);
        let errors = run.json()["errors"].as_array().unwrap().clone();
        assert_eq!(errors.len(), 1, "{flag} {value}: {errors:#?}");
        assert_eq!(errors[0]["code"], *code, "{flag} {value}");
        let facts = errors[0]["facts"].as_array().unwrap();
        assert!(facts.iter().any(|fact| fact == "nothing was staged"), "{flag} {value}: {facts:?}");
        let help = errors[0]["help"].as_str().unwrap();
        match meant {
            Some(meant) => assert_eq!(help, format!("write {meant}"), "{flag} {value}"),
            None => assert!(!help.is_empty()),
        }
    }
    assert!(!bench.home().join("staged/certificates/mx").exists());
}

#[test]
fn values_over_their_limit_are_told_with_both_numbers() {
    let bench = Bench::with_home();
    let long = "a".repeat(64);
    let host = format!("{}.example.com", "a".repeat(60));
    for (flag, value, facts) in [
        ("--cn", host.as_str(), "72 characters, and the limit is 64"),
        ("--cn", &format!("{long}.example.com"), "64 characters, and the limit is 63"),
        ("--unit", &format!("{long}a"), "65 characters, and the limit is 64"),
        ("--state", &"s".repeat(129), "129 characters, and the limit is 128"),
    ] {
        let mut arguments = vec!["cert", "request", "mx", flag, value];
        if flag != "--cn" {
            arguments.extend(["--cn", "mx1.example.com"]);
        }
        bench.run(&arguments).code(2).err_has(facts);
    }
    // Among the names alone there is room for it.
    bench.run(["cert", "request", "mx", "--san", &host]).code(0).err_has("note[subject/no-common-name]");
}

#[test]
fn mistakes_are_told_together() {
    let bench = Bench::with_home();
    let run = bench.run([
        "cert",
        "request",
        "a/b",
        "--cn",
        "https://x.example.com",
        "--san",
        "mail_1.example.com",
        "--country",
        "DEU",
        "--key-from",
        "nope",
        "--out",
        "/no/such/folder/x.csr",
        "--for",
        "listener:Nope",
    ]);
    let run = run.code(2);
    for code in [
        "profile/name",
        "name/url",
        "name/underscore",
        "subject/country",
        "profile/unknown",
        "output/unwritable",
        "role/not-configured",
    ] {
        assert!(run.err.contains(&format!("error[{code}]")), "{code} is missing in\n{}", run.err);
    }
    assert!(!run.err.contains("name/missing"), "{}", run.err);
}

#[test]
fn what_was_converted_or_dropped_is_said() {
    let bench = Bench::with_home();
    bench
        .run(["cert", "new", "mx", "--cn", "MÄIL.example.com.", "--san", "b.example.com", "--san", "b.example.com"])
        .code(0)
        .err_has("note[name/converted]: `MÄIL.example.com.` is written as `xn--mil-qla.example.com`")
        .err_has("note[name/repeated]: `DNS:b.example.com`")
        .err_has("self-signed for xn--mil-qla.example.com, b.example.com, ECDSA P-256");
}
