//! Chains as people copy them out of mails, web pages and secrets: no server loads them, lint fails them by name, and every command
//! that reads certificates reads them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::material::{ALL, blocks, der, file, kinds, look, text};
use crate::support::Bench;

/// A name, the rule that must fire, and the chain of `bundle.pem` in that form.
fn forms() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let bundle = text("bundle.pem");
    let lines = |change: fn(usize, &str) -> String| -> Vec<u8> {
        bundle.lines().enumerate().map(|(at, line)| change(at % 11, line) + "\n").collect::<String>().into()
    };
    let bare = |block: &String| block.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n");
    let blobs: Vec<String> = blocks().iter().map(bare).collect();
    let encoded = BASE64_STANDARD.encode(&bundle);
    let folded: Vec<&str> = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let headers = bundle.replace("BEGIN CERTIFICATE-----\n", "BEGIN CERTIFICATE-----\nComment: mx\n\n");
    let pkcs7 = sealpost::formats::pem::encode("CERTIFICATE", &file("bundle.p7b"));
    vec![
        ("headers", "pem/headers", headers.into()),
        ("PKCS#7 as CERTIFICATE", "pem/wrong-label", pkcs7.into()),
        ("no-break spaces", "pem/invisible-characters", lines(|_, line| format!("{line}\u{a0}"))),
        ("no-break spaces first", "pem/invisible-characters", lines(|_, line| format!("\u{a0}{line}"))),
        (
            "zero-width space",
            "pem/invisible-characters",
            lines(|at, line| if at == 4 { format!("{}\u{200b}{}", &line[..7], &line[7..]) } else { line.into() }),
        ),
        ("no-break space in the label", "pem/damaged-marker", bundle.replace("BEGIN ", "BEGIN\u{a0}").into()),
        ("quoted", "pem/quoted", lines(|_, line| format!("> {line}"))),
        ("quoted twice", "pem/quoted", lines(|_, line| format!(">> {line}"))),
        ("base64 of PEM", "pem/encoded-twice", encoded.clone().into()),
        ("base64 of PEM, folded", "pem/encoded-twice", (folded.join("\n") + "\n").into()),
        ("base64 of PEM, in quotation marks", "pem/encoded-twice", format!("\"{encoded}\"\n").into()),
        ("blobs", "pem/no-markers", (blobs.join("\n\n") + "\n").into()),
        ("blobs with no-break spaces", "pem/no-markers", blobs.join("\n").replace('\n', "\u{a0}\n").into()),
        ("quoted blob", "pem/no-markers", blobs.join("\n").replace('\n', "\n> ").into()),
        ("PKCS#7 blob", "pem/no-markers", BASE64_STANDARD.encode(file("bundle.p7b")).into()),
        ("UTF-16", "pem/utf-16", bundle.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16 with no-break spaces", "pem/invisible-characters", {
            let spaced = bundle.replace('\n', "\u{a0}\n");
            spaced.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }),
    ]
}

#[test]
fn every_form_is_read_and_fails_by_name() {
    for (name, rule, bytes) in forms() {
        let items = look(&bytes);
        assert_eq!(kinds(&items), ALL, "{name}: {:?}", items.damages);
        assert!(items.damages.iter().any(|damage| damage.rule == rule), "{name}: {:?}", items.damages);
        let bench = Bench::new();
        bench.write("x.pem", &bytes);
        let arguments = ["lint", "x.pem", "--trust", "none", "--at", "2030-06-01T00:00:00Z", "--format", "json"];
        let run = bench.run(arguments);
        let answer = run.json();
        let findings = answer["files"][0]["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["rule"] == rule).unwrap();
        assert_eq!((finding["severity"].as_str(), run.code), (Some("error"), 1), "{name}");
    }
}

#[test]
fn convert_show_fix_and_import_read_every_form() {
    for (name, _, bytes) in forms() {
        let bench = Bench::with_home();
        bench.write("x.pem", &bytes);
        bench.write("leaf.key", file("leaf.key"));
        bench.write("root.pem", &blocks()[2]);
        let converted = bench.run(["convert", "x.pem", "--to", "pem"]);
        assert_eq!((converted.code, &converted.out), (0, &text("bundle.pem")), "{name}: {}", converted.err);
        let shown = bench.run(["show", "x.pem"]);
        assert!(shown.code == 0 && shown.out.contains("Test Intermediate"), "{name}: {}{}", shown.out, shown.err);
        let fix = ["lint", "--fix", "x.pem", "--trust", "root.pem", "--at", "2030-06-01T00:00:00Z"];
        let fixed = bench.run(fix);
        assert_eq!(fixed.out, blocks()[..2].concat(), "{name}: {}", fixed.err);
        let imported = bench.run(["cert", "import", "mx", "x.pem", "leaf.key"]);
        assert_eq!(imported.code, 0, "{name}: {}", imported.err);
    }
}

#[test]
fn a_blob_of_a_key_is_named_and_read() {
    let [leaf, ..] = blocks();
    let key = der(&text("leaf.key"));
    for (bytes, kind) in
        [(BASE64_STANDARD.encode(&key), "key ECDSA P-256"), (BASE64_STANDARD.encode(der(&leaf)), "leaf")]
    {
        let items = look(&bytes);
        assert_eq!(kinds(&items), [kind]);
        assert_eq!(items.damages[0].rule, "pem/no-markers");
    }
    let encoded = look(BASE64_STANDARD.encode(text("leaf.key") + &leaf));
    assert_eq!(kinds(&encoded), ["key ECDSA P-256", "leaf"]);
    // Words of the base64 alphabet are text.
    assert_eq!(look("MX records").damages[0].rule, "pem/no-certificate");
}
