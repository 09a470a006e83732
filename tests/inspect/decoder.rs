//! What a file is: every form that is read, and every other that people hand in by mistake.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sealpost::inspect::bytes::{Form, Items, Kind, UnlockError, read};

use crate::material::{ALL, blocks, der, faults, file, kinds, look, text};

#[track_caller]
fn is(items: &Items, form: Form, found: &[&str]) {
    assert_eq!(
        (items.form, kinds(items)),
        (form, found.iter().map(|s| (*s).to_owned()).collect()),
        "{:#?}",
        items.damages
    );
}

#[track_caller]
fn unlock(items: &Items, password: &str) -> Result<Vec<String>, UnlockError> {
    let Kind::Locked(locked) = &items.items[0].kind else { panic!("{items:?}") };
    let unlocked = locked.unlock(password)?;
    let names = unlocked.iter().filter_map(|item| item.name.clone()).collect::<Vec<_>>();
    assert!(names.iter().all(|name| name == "mx"), "{names:?}");
    let places: Vec<_> = unlocked.iter().map(|item| item.place.to_string()).collect();
    assert!(places.iter().all(|place| place.starts_with("x.pem entry ")), "{places:?}");
    Ok(kinds(&Items { file: String::new(), form: Form::Der, items: unlocked, damages: Vec::new() }))
}

#[test]
fn single_objects_in_der() {
    let [leaf, ..] = blocks();
    for (bytes, kind) in [
        (der(&leaf), "leaf"),
        (der(&text("leaf.csr")), "request"),
        (der(&text("leaf.key")), "key ECDSA P-256"),
        (der(&text("root.crl")), "certificate revocation list"),
    ] {
        let items = look(bytes);
        is(&items, Form::Der, &[kind]);
        assert!(items.damages.is_empty());
        assert_eq!((items.items[0].place.offset, items.items[0].place.to_string()), (Some(0), "x.pem".into()));
    }
}

#[test]
fn public_keys_in_both_forms() {
    let key =
        sealpost::model::private_key::PrivateKey::generate(sealpost::model::private_key::KeyType::Rsa2048).unwrap();
    let spki = key.public().spki();
    let pkcs1 = &spki[24..];
    for bytes in [spki, pkcs1] {
        let items = look(bytes);
        let Kind::PublicKey(public) = &items.items[0].kind else { panic!("{items:?}") };
        assert_eq!(public, key.public());
    }
}

#[test]
fn several_objects_in_a_row() {
    let [leaf, intermediate, root] = blocks().map(|block| der(&block));
    let items = look([leaf.clone(), intermediate.clone(), root].concat());
    is(&items, Form::Der, &ALL);
    let offsets: Vec<_> = items.items.iter().map(|item| item.place.offset.unwrap()).collect();
    assert_eq!(offsets, [0, leaf.len(), leaf.len() + intermediate.len()]);
    assert_eq!(items.items[1].place.to_string(), "x.pem entry 2");
}

#[test]
fn truncated_der_says_how_much_is_there() {
    let [leaf, intermediate, _] = blocks().map(|block| der(&block));
    let items = look(&leaf[..100]);
    assert_eq!(items.damages[0].message, format!("the object is truncated: 100 of {} bytes", leaf.len()));
    assert_eq!(items.damages[0].place.offset, Some(0));
    let items = look([&leaf[..], &intermediate[..200]].concat());
    is(&items, Form::Der, &["leaf"]);
    assert_eq!(items.damages[0].message, format!("the object is truncated: 200 of {} bytes", intermediate.len()));
    assert_eq!(items.damages[0].place.offset, Some(leaf.len()));
}

#[test]
fn bytes_after_the_der() {
    let [leaf, ..] = blocks().map(|block| der(&block));
    let items = look([&leaf[..], b"\n"].concat());
    is(&items, Form::Der, &["leaf"]);
    assert_eq!(faults(&items), ["pem/trailing-bytes warning -"]);
    let items = look([&leaf[..], b"junk"].concat());
    is(&items, Form::Der, &["leaf"]);
    assert_eq!(faults(&items), ["pem/malformed error -"]);
    assert_eq!(items.damages[0].place.offset, Some(leaf.len()));
}

#[test]
fn pkcs7_in_der_and_under_three_labels() {
    let bag = file("bundle.p7b");
    is(&look(&bag), Form::Pkcs7, &ALL);
    for (label, damages) in [("PKCS7", &[][..]), ("CMS", &[]), ("CERTIFICATE", &["pem/wrong-label warning 1"])] {
        let items = look(sealpost::formats::pem::encode(label, &bag));
        is(&items, Form::Pkcs7, &ALL);
        assert_eq!(faults(&items), damages, "{label}");
    }
}

#[test]
fn java_keystore() {
    let items = look(file("leaf.jks"));
    is(&items, Form::Jks, &["locked"]);
    let Kind::Locked(locked) = &items.items[0].kind else { panic!() };
    assert!(
        locked.protection().starts_with("Java keystore (JKS) with 1 key and 3 certificates"),
        "{}",
        locked.protection()
    );
    assert_eq!(unlock(&items, "changeit").unwrap(), ["key ECDSA P-256", "leaf", "intermediate", "root"]);
    assert_eq!(unlock(&items, "changeme").unwrap_err(), UnlockError::WrongPassword);
    assert_eq!(unlock(&items, "").unwrap_err(), UnlockError::WrongPassword);
}

#[test]
fn pkcs12_in_der_and_as_certtool_wraps_it() {
    let der = file("leaf.p12");
    let items = look(&der);
    is(&items, Form::Pkcs12, &["locked"]);
    assert!(items.damages.is_empty(), "{:?}", items.damages);
    let Kind::Locked(locked) = &items.items[0].kind else { panic!() };
    assert!(locked.protection().starts_with("PKCS#12, PBES2") && locked.is_authenticated(), "{}", locked.protection());
    assert_eq!(unlock(&items, "changeme").unwrap_err(), UnlockError::WrongPassword);
    assert_eq!(unlock(&items, "").unwrap_err(), UnlockError::WrongPassword);
    let mut found = unlock(&items, "changeit").unwrap();
    found.sort();
    assert_eq!(found, ["intermediate", "key ECDSA P-256", "leaf", "root"]);
    let items = look(sealpost::formats::pem::encode("PKCS12", &der));
    is(&items, Form::Pkcs12, &["locked"]);
    assert!(items.damages.is_empty(), "{:?}", items.damages);
}

#[test]
fn jceks_is_named_with_the_way_out() {
    let items = look(b"\xce\xce\xce\xce\0\0\0\x02\0\0\0\0");
    is(&items, Form::Jceks, &["locked"]);
    assert!(unlock(&items, "x").unwrap_err().to_string().contains("keytool -importkeystore"));
}

#[test]
fn encrypted_pkcs8_in_pem_and_der() {
    let key = der(&text("leaf.key"));
    let sealed = sealpost::formats::pkcs8::encrypt(&key, "secret").unwrap();
    for bytes in [sealed.clone(), sealpost::formats::pem::encode("ENCRYPTED PRIVATE KEY", &sealed).into_bytes()] {
        let items = look(bytes);
        assert_eq!(kinds(&items), ["locked"]);
        assert!(items.damages.is_empty(), "{:?}", items.damages);
        let Kind::Locked(locked) = &items.items[0].kind else { panic!() };
        assert!(locked.protection().contains("AES-256-CBC"), "{}", locked.protection());
        assert_eq!(locked.unlock("wrong").unwrap_err(), UnlockError::WrongPassword);
        let opened = locked.unlock("secret").unwrap();
        assert!(matches!(&opened[0].kind, Kind::Key(found) if found.pkcs8() == key.as_slice()));
    }
}

#[test]
fn base64_without_markers() {
    let [leaf, ..] = blocks();
    for (bytes, found, help) in [
        (der(&leaf), "leaf", "base64 -d x.pem > x.pem.der"),
        (file("leaf.jks"), "locked", "base64 -d x.pem > x.pem.jks"),
        (file("leaf.p12"), "locked", "base64 -d x.pem > x.pem.p12"),
        (file("bundle.p7b"), "leaf", "base64 -d x.pem > x.pem.p7b"),
    ] {
        for wrap in [64, 100_000] {
            let text = BASE64_STANDARD.encode(&bytes);
            let lines: Vec<_> = text.as_bytes().chunks(wrap).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let items = look(lines.join("\n") + "\n");
            assert_eq!((items.form, kinds(&items)[0].as_str()), (Form::Base64, found));
            assert_eq!(faults(&items), ["pem/no-markers warning -"]);
            assert_eq!(items.damages[0].help.as_deref(), Some(help));
        }
    }
}

#[test]
fn what_is_no_certificate_is_named() {
    for (bytes, form, says, help) in [
        (&b""[..], Form::Empty, "the file is empty", "fetch the file again"),
        (b" \r\n", Form::Empty, "nothing but white space", "fetch the file again"),
        (b"<!DOCTYPE html>\n<html><title>Log in</title>", Form::Html, "HTML page", "grep -i '<title' x.pem"),
        (b"\xef\xbb\xbf <HTML>", Form::Html, "HTML page", "browser"),
        (b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@here", Form::SshPublicKey, "SSH public key", "ssh-keygen -e"),
        (b"PK\x03\x04\x14\0\0\0", Form::Archive, "archive", "unzip x.pem"),
        (b"\x1f\x8b\x08\0\0", Form::Archive, "archive", "gunzip"),
        (b"hello, here is the certificate you asked for", Form::Text, "no BEGIN line", "-----BEGIN"),
        (b"\0\x01\x02\x03rubbish\xff\xfe", Form::Binary, "binary data (13 bytes)", "file x.pem"),
        (b"0 of 3 files copied", Form::Text, "no BEGIN line", "-----BEGIN"),
    ] {
        let items = look(bytes);
        is(&items, form, &[]);
        assert_eq!(faults(&items), ["pem/no-certificate error -"], "{form}");
        assert!(items.damages[0].message.contains(says), "{:?}", items.damages);
        assert!(items.damages[0].help.as_deref().unwrap_or_default().contains(help), "{:?}", items.damages);
    }
}

#[test]
fn pem_inside_a_web_page_is_read() {
    let page = format!("<html><pre>\n{}</pre></html>\n", text("bundle.pem"));
    is(&look(page), Form::Html, &ALL);
}

#[test]
fn blocks_of_other_programs_are_named() {
    for (label, found, help) in [
        ("OPENSSH PRIVATE KEY", "OpenSSH private key", "ssh-keygen -p -m PKCS8"),
        ("PGP PUBLIC KEY BLOCK", "PGP public key", "name the file that holds the TLS"),
    ] {
        let items = look(format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n"));
        is(&items, Form::Pem, &[found]);
        assert_eq!(faults(&items), ["pem/foreign-block warning 1"]);
        assert!(items.damages[0].help.as_deref().unwrap().contains(help));
    }
}

#[test]
fn an_armoured_pgp_key_with_its_checksum_is_no_damage_of_base64() {
    let armour = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 1\n\nmQENBF0AAAABCAC=\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n";
    let items = look(armour);
    assert_eq!(
        (kinds(&items), faults(&items)),
        (vec!["PGP public key".to_owned()], vec!["pem/foreign-block warning 1".to_owned()])
    );
}

#[test]
fn keys_that_are_not_used_here_are_named() {
    let small = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIHcHbQpzGKV9PBbBclGyZkXfTC+H68CZKrF3+6UduSwq\n-----END PRIVATE KEY-----\n";
    let items = look(small);
    let Kind::UnusableKey(error) = &items.items[0].kind else { panic!("{items:?}") };
    assert!(error.to_string().contains("not supported"), "{error}");
}

#[test]
fn file_names_in_help_are_safe_to_paste() {
    let [leaf, ..] = blocks();
    let text = BASE64_STANDARD.encode(der(&leaf));
    for (name, word) in [("a b.txt", "'a b.txt'"), ("it's", r"'it'\''s'"), ("-x", "./-x"), ("-", "FILE")] {
        let help = read(name, text.as_bytes()).damages[0].help.clone().unwrap();
        assert!(help.starts_with(&format!("base64 -d {word} >")), "{help}");
    }
}
