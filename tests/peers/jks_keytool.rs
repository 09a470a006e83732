//! Java keystores as keytool writes them: JKS, and JCEKS, which is named.

use sealpost::inspect::bytes::{Form, Kind, UnlockError, read};

use crate::needs;
use crate::support::Bench;

#[track_caller]
fn keytool(bench: &Bench, arguments: &str) {
    bench.shell(&format!("keytool {arguments} 2>&1")).code(0);
}

#[test]
fn a_store_with_keys_chains_and_trusted_certificates() {
    needs!("keytool");
    let bench = Bench::new();
    let store = "-keystore s.jks -storetype jks -storepass changeit";
    keytool(
        &bench,
        &format!("-genkeypair {store} -keypass changeit -alias mx -keyalg RSA -keysize 2048 -dname CN=mx1.example.com"),
    );
    keytool(
        &bench,
        &format!(
            "-genkeypair {store} -keypass otherpass -alias own -keyalg EC -groupname secp256r1 -dname CN=own.example.com"
        ),
    );
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/inspect/bundle.pem");
    keytool(&bench, &format!("-importcert {store} -alias Trusted -noprompt -file {root}"));
    let items = read("s.jks", &bench.read("s.jks"));
    assert_eq!((items.form, items.damages.len()), (Form::Jks, 0), "{:?}", items.damages);
    let Kind::Locked(locked) = &items.items[0].kind else { panic!("{items:?}") };
    assert!(locked.protection().contains("2 keys and 3 certificates"), "{}", locked.protection());
    assert_eq!(locked.unlock("wrong!").unwrap_err(), UnlockError::WrongPassword);
    let opened = locked.unlock("changeit").unwrap();
    let mut found: Vec<_> = opened
        .iter()
        .map(|item| {
            let what = match &item.kind {
                Kind::Key(key) => key.kind().to_string(),
                Kind::Certificate(certificate) => certificate.display_name().to_owned(),
                Kind::Locked(_) => "locked".into(),
                other => format!("{other:?}"),
            };
            format!("{} {what}", item.name.as_deref().unwrap())
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        ["mx RSA 2048", "mx mx1.example.com", "own locked", "own own.example.com", "trusted mx1.example.com"]
    );
    let own = opened.iter().find_map(|item| match &item.kind {
        Kind::Locked(own) => Some(own),
        _ => None,
    });
    assert_eq!(own.unwrap().unlock("changeit").unwrap_err(), UnlockError::WrongPassword);
    let key = own.unwrap().unlock("otherpass").unwrap();
    assert!(matches!(&key[0].kind, Kind::Key(key) if key.kind().to_string() == "ECDSA P-256"), "{key:?}");
}

#[test]
fn a_password_outside_ascii() {
    needs!("keytool");
    let bench = Bench::new();
    bench.write("pass", "pässwörd€");
    bench
        .shell(
            "export LC_ALL=C.UTF-8 JAVA_TOOL_OPTIONS='-Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8'
             keytool -genkeypair -keystore s.jks -storetype jks -storepass:file pass -keypass:file pass -alias mx -keyalg EC \
             -groupname secp256r1 -dname CN=mx1.example.com 2>&1",
        )
        .code(0);
    let items = read("s.jks", &bench.read("s.jks"));
    let Kind::Locked(locked) = &items.items[0].kind else { panic!("{items:?}") };
    let opened = locked.unlock("pässwörd€").unwrap();
    assert!(matches!(&opened[0].kind, Kind::Key(_)), "{opened:?}");
}

#[test]
fn jceks_is_named() {
    needs!("keytool");
    let bench = Bench::new();
    let arguments = "-genkeypair -keystore s.jceks -storetype jceks -storepass changeit -keypass changeit -alias mx -keyalg EC -groupname secp256r1 -dname CN=mx1";
    keytool(&bench, arguments);
    let items = read("s.jceks", &bench.read("s.jceks"));
    assert_eq!(items.form, Form::Jceks);
    let Kind::Locked(locked) = &items.items[0].kind else { panic!("{items:?}") };
    assert!(
        matches!(locked.unlock("changeit"), Err(UnlockError::Unsupported(way)) if way.contains("-deststoretype pkcs12"))
    );
}
