//! One three-certificate bundle, spoilt in every way that administrators and their programs spoil bundles: what is still read,
//! which rule speaks, and at which line. The bundle's blocks begin at lines 1, 12 and 23 and end at 11, 22 and 33 or 34.

use crate::material::{ALL, blocks, der, faults, file, kinds, look, text};

/// Reads `spoilt` and compares certificates and damages; gives messages, facts and help for a closer look.
#[track_caller]
fn row(spoilt: impl AsRef<[u8]>, certificates: &[&str], damages: &[&str]) -> String {
    let items = look(spoilt);
    assert_eq!(kinds(&items), certificates, "{:#?}", items.damages);
    assert_eq!(faults(&items), damages, "{:#?}", items.damages);
    let told = items
        .damages
        .iter()
        .map(|d| format!("{}\n{}\n{}", d.message, d.facts.join("\n"), d.help.clone().unwrap_or_default()));
    told.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn says(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
}

#[test]
fn a_whole_bundle_has_no_damage() {
    row(text("bundle.pem"), &ALL, &[]);
}

#[test]
fn trusted_certificate_on_one() {
    let [_, intermediate, root] = blocks();
    let told = row(text("trusted.pem") + &intermediate + &root, &ALL, &["pem/trusted-label warning 1"]);
    says(&told, &["GnuTLS, Go, rustls and Java refuse the file; OpenSSL reads it", "trust settings"]);
}

#[test]
fn x509_certificate_on_the_leaf() {
    let [leaf, intermediate, root] = blocks();
    let told = row(
        leaf.replace("CERTIFICATE", "X509 CERTIFICATE") + &intermediate + &root,
        &ALL,
        &["pem/legacy-label note 1"],
    );
    says(&told, &["GnuTLS, Go and rustls refuse the file; OpenSSL and Java read it"]);
}

#[test]
fn byte_order_mark() {
    let told = row([b"\xef\xbb\xbf", file("bundle.pem").as_slice()].concat(), &ALL, &["pem/bom warning 1"]);
    says(&told, &["Go, rustls and Java refuse the file; OpenSSL and GnuTLS read it"]);
}

#[test]
fn end_and_begin_glued() {
    let [leaf, intermediate, root] = blocks();
    let told = row(leaf.trim_end().to_owned() + &intermediate + &root, &ALL, &["pem/glued-blocks warning 11"]);
    says(
        &told,
        &[
            "OpenSSL, Go and Java refuse the file; rustls skips the block without a word",
            "sealpost convert x.pem --to pem --out mended.pem",
        ],
    );
}

#[test]
fn text_and_begin_glued() {
    let told = row(
        format!("subject=CN = mx1{}", text("bundle.pem")),
        &ALL,
        &["pem/text-outside note 1", "pem/glued-blocks warning 1"],
    );
    says(&told, &["OpenSSL, Go, rustls and Java refuse the file; GnuTLS reads it"]);
}

#[test]
fn carriage_return_only() {
    let told = row(text("bundle.pem").replace('\n', "\r"), &ALL, &["pem/cr-only warning 1"]);
    says(&told, &["OpenSSL and Go refuse the file; GnuTLS, rustls and Java read it"]);
}

#[test]
fn windows_line_ends_are_a_note() {
    row(text("bundle.pem").replace('\n', "\r\n"), &ALL, &["pem/crlf note 1"]);
}

#[test]
fn indented() {
    let indented: String = text("bundle.pem").lines().map(|line| format!("    {line}\n")).collect();
    let items = look(indented);
    assert_eq!(kinds(&items), ALL);
    assert!(faults(&items).iter().all(|fault| fault.starts_with("pem/indented warning")), "{:?}", faults(&items));
    assert!(!items.damages.is_empty());
}

#[test]
fn blank_line_after_each_line() {
    let told = row(text("bundle.pem").replace('\n', "\n\n"), &ALL, &["pem/blank-lines warning 4"]);
    says(&told, &["OpenSSL refuses the file; GnuTLS, Go, rustls and Java read it", "(3 blocks)"]);
}

#[test]
fn literal_backslash_n() {
    let escaped = text("bundle.pem").replace('\n', "\\n");
    let told = row(&escaped, &ALL, &["pem/escaped-newlines warning 1"]);
    says(&told, &["OpenSSL, GnuTLS, Go, rustls and Java refuse the file"]);
    row(escaped.replace("\\n", "\\r\\n"), &ALL, &["pem/escaped-newlines warning 1"]);
    row(escaped.replace("\\n", "\\\\n"), &ALL, &["pem/escaped-newlines warning 1"]);
    let json = format!("{{\n  \"certificate\": \"{}\"\n}}\n", escaped.replace('/', "\\/").replace('+', "\\u002B"));
    row(json, &ALL, &["pem/escaped-newlines warning 2"]);
}

#[test]
fn last_block_cut_off() {
    let bundle = text("bundle.pem");
    let told = row(&bundle[..bundle.len() - 100], &ALL[..2], &["pem/malformed error 23"]);
    says(&told, &["block 3 (CERTIFICATE) is truncated: the file ends before its END line", " bytes of it are there"]);
}

#[test]
fn four_bytes_after_the_der() {
    let [leaf, intermediate, root] = blocks();
    let longer = sealpost::formats::pem::encode("CERTIFICATE", &[der(&intermediate), vec![0; 4]].concat());
    let told = row(leaf + &longer + &root, &ALL, &["pem/malformed error 12"]);
    says(
        &told,
        &[
            "4 bytes follow the DER of block 2",
            "GnuTLS and Java refuse the file; Go and rustls serve the damaged block",
        ],
    );
}

#[test]
fn request_in_front() {
    let told = row(
        text("leaf.csr") + &text("bundle.pem"),
        &["request", "leaf", "intermediate", "root"],
        &["pem/foreign-block note 1"],
    );
    says(&told, &["GnuTLS and Java refuse the file; OpenSSL, Go and rustls read it"]);
}

#[test]
fn bad_base64_inside_the_leaf() {
    let mut bundle = text("bundle.pem").into_bytes();
    let at = 28 + 65 * 3 + 7;
    bundle[at] = b'*';
    let told = row(&bundle, &ALL[1..], &["pem/malformed error 5"]);
    says(&told, &["block 1 (CERTIFICATE) cannot be read: line 5, column 8: the character `*` is no base64"]);
    assert_eq!(look(&bundle).damages[0].place.offset, Some(at));
    bundle[at] = 0xc3;
    bundle[at + 1] = 0xa9;
    says(&row(&bundle, &ALL[1..], &["pem/malformed error 5"]), &["the character `é`"]);
    bundle[at] = 7;
    says(&row(&bundle, &ALL[1..], &["pem/malformed error 5"]), &["the byte 0x07"]);
}

#[test]
fn truncated_second_certificate() {
    let [leaf, intermediate, root] = blocks();
    let cut: String =
        intermediate.lines().enumerate().filter(|(i, _)| *i != 5).map(|(_, l)| format!("{l}\n")).collect();
    let told = row(leaf.clone() + &cut + &root, &["leaf", "root"], &["pem/malformed error 12"]);
    let whole = der(&intermediate).len();
    says(&told, &[&format!("block 2 (CERTIFICATE) is truncated: {} of {whole} bytes", whole - 48)]);
    let no_end = intermediate.replace("-----END CERTIFICATE-----\n", "");
    let told = row(leaf + &no_end + &root, &ALL, &["pem/malformed error 22"]);
    says(&told, &["a BEGIN line stands inside block 2"]);
}

#[test]
fn one_byte_of_the_der_changed() {
    let [leaf, intermediate, root] = blocks();
    let mut broken = der(&leaf);
    broken[4] = 0x31;
    let told = row(
        sealpost::formats::pem::encode("CERTIFICATE", &broken) + &intermediate + &root,
        &ALL[1..],
        &["pem/malformed error 1"],
    );
    says(&told, &["block 1 (CERTIFICATE)"]);
}

#[test]
fn end_without_begin() {
    let [leaf, intermediate, root] = blocks();
    let beheaded = leaf.replace("-----BEGIN CERTIFICATE-----\n", "");
    let items = look(beheaded + &intermediate + &root);
    assert_eq!(kinds(&items), ALL[1..]);
    assert!(faults(&items).contains(&"pem/malformed error 10".to_owned()), "{:?}", faults(&items));
}

#[test]
fn base64_that_lost_both_markers() {
    let [leaf, intermediate, root] = blocks();
    let bare: String = leaf.lines().filter(|line| !line.starts_with('-')).map(|line| format!("{line}\n")).collect();
    let items = look(intermediate + &bare + &root);
    assert_eq!(kinds(&items), ALL[1..]);
    assert!(faults(&items).contains(&"pem/malformed error 12".to_owned()), "{:?}", faults(&items));
}

#[test]
fn labels_that_differ() {
    let [leaf, intermediate, root] = blocks();
    let told = row(
        leaf.replace("END CERTIFICATE", "END TRUSTED CERTIFICATE") + &intermediate + &root,
        &ALL,
        &["pem/malformed error 11"],
    );
    says(&told, &["closed by an END line with the label TRUSTED CERTIFICATE"]);
}

#[test]
fn single_line_base64_is_read() {
    let [leaf, intermediate, root] = blocks();
    let body: String = leaf.lines().filter(|line| !line.starts_with('-')).collect();
    let single = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    row(single + &intermediate + &root, &ALL, &["pem/odd-wrapping note 2"]);
    let spaces = leaf.trim_end().replace('\n', " ");
    row(spaces + "\n" + &intermediate + &root, &ALL, &["pem/glued-blocks warning 1"]);
}

#[test]
fn quoted_printable_paste() {
    let [leaf, intermediate, root] = blocks();
    let body: String = leaf.lines().filter(|line| !line.starts_with('-')).collect();
    let wide: Vec<String> =
        body.as_bytes().chunks(75).map(|line| String::from_utf8_lossy(line).replace('=', "=3D")).collect();
    let soft = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", wide.join("=\n"));
    let told = row(soft + &intermediate + &root, &ALL, &["pem/quoted-printable warning 2"]);
    says(&told, &["source of a mail"]);
}

#[test]
fn dashes_in_place_of_hyphens() {
    for dashes in ["–––––", "——", "–––-"] {
        let spoilt = text("bundle.pem").replacen("-----", dashes, 2);
        let items = look(spoilt);
        assert_eq!(kinds(&items), ALL, "{dashes}");
        assert_eq!(faults(&items), ["pem/damaged-marker warning 1"], "{dashes}");
    }
    let windows = file("bundle.pem").iter().map(|byte| if *byte == b'-' { 0x96 } else { *byte }).collect::<Vec<u8>>();
    assert_eq!(kinds(&look(windows)), ALL);
}

#[test]
fn a_marker_that_lost_a_hyphen() {
    let told = row(&text("bundle.pem")[1..], &ALL, &["pem/damaged-marker warning 1"]);
    says(&told, &["has 4 hyphens on a side, five belong there"]);
}

#[test]
fn utf_16() {
    for (mark, unit) in [
        (&b"\xff\xfe"[..], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        (b"\xfe\xff", u16::to_be_bytes),
        (b"", u16::to_le_bytes),
    ] {
        let wide: Vec<u8> = text("bundle.pem").encode_utf16().flat_map(unit).collect();
        let items = look([mark, &wide].concat());
        assert_eq!(
            (kinds(&items), faults(&items)),
            (ALL.map(String::from).to_vec(), vec!["pem/utf-16 warning 1".into()])
        );
        let offset = text("bundle.pem").match_indices("-----BEGIN").nth(1).unwrap().0;
        assert_eq!(items.items[1].place.offset, Some(mark.len() + 2 * offset));
    }
}

#[test]
fn keys_and_parameters_between_certificates() {
    let [leaf, intermediate, root] = blocks();
    let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    row(
        leaf + parameters + &text("leaf.key") + &intermediate + &text("root.crl") + &root,
        &["leaf", "EC parameters", "key ECDSA P-256", "intermediate", "certificate revocation list", "root"],
        &["pem/foreign-block note 12", "pem/private-key note 15", "pem/foreign-block note 31"],
    );
}

#[test]
fn a_label_that_lies() {
    let [leaf, ..] = blocks();
    row(leaf.replace("CERTIFICATE", "CERTIFICATE REQUEST"), &["leaf"], &["pem/wrong-label warning 1"]);
}

#[test]
fn bag_attributes_and_comments() {
    let [leaf, intermediate, root] = blocks();
    let bags = "Bag Attributes\n    friendlyName: mx\n    localKeyID: 54 69 6D\nsubject=CN = mx1.example.com\n\n";
    row(format!("{bags}{leaf}# second\n{intermediate}{root}"), &ALL, &["pem/text-outside note 1"]);
}

#[test]
fn several_faults_are_all_told() {
    let [leaf, intermediate, root] = blocks();
    let spoilt = format!("\u{feff}{}{}", leaf.trim_end(), intermediate + &root[..300]).replace('\n', "\r\n");
    let items = look(spoilt);
    assert_eq!(kinds(&items), ALL[..2]);
    let rules: Vec<_> = items.damages.iter().map(|damage| damage.rule).collect();
    for rule in ["pem/bom", "pem/crlf", "pem/glued-blocks", "pem/malformed"] {
        assert!(rules.contains(&rule), "{rule}: {rules:?}");
    }
}
