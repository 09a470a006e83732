//! PKCS#12 against Java: `keytool` makes and reads key stores.

use sealpost::formats::pkcs12::{Content, Pkcs12Error, Recipe, inspect, open};

use crate::needs;
use crate::pkcs12_sample::{Sample, certificates_of, keys};
use crate::support::Bench;

#[test]
fn its_stores_are_read() {
    needs!("keytool");
    let bench = Bench::new();
    for (option, legacy) in [("", false), ("-J-Dkeystore.pkcs12.legacy", true)] {
        let base = format!("keytool {option} -storetype PKCS12 -storepass secret1 -keystore store.p12");
        bench.shell(&format!(
            "rm -f store.p12; {base} -genkeypair -alias mx-2026 -keyalg EC -groupname secp256r1 -dname CN=mx1.example.com
             {base} -exportcert -alias mx-2026 -file leaf.der
             {base} -importcert -noprompt -alias other -file leaf.der
             {base} -genseckey -alias hidden -keyalg AES -keysize 128"
        ))
        .code(0);
        let bytes = bench.read("store.p12");
        let protection = inspect(&bytes).unwrap();
        assert_eq!(protection.is_legacy(), legacy, "{protection}");
        let archive = open(&bytes, "secret1").unwrap();
        assert_eq!(keys(&archive).len(), 1);
        // Once as the key's own, once as the trusted one: repeats are kept.
        let leaf = bench.read("leaf.der");
        assert_eq!(certificates_of(&archive), [leaf.as_slice(), &leaf]);
        let others = archive.entries.iter().filter(|entry| matches!(entry.content, Content::Other(_)));
        assert_eq!(others.map(|entry| entry.friendly_name.as_deref()).collect::<Vec<_>>(), [Some("hidden")]);
        let key = archive.entries.iter().find(|entry| matches!(entry.content, Content::Key(_))).unwrap();
        assert_eq!(key.friendly_name.as_deref(), Some("mx-2026"));
        assert_eq!(open(&bytes, "secret2").err(), Some(Pkcs12Error::WrongPassword));
    }
}

#[test]
fn a_store_of_java_without_a_password_is_read() {
    needs!("keytool");
    let (bench, sample) = (Bench::new(), Sample::new());
    sample.write(&bench);
    bench
        .shell(
            "keytool -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -J-Dkeystore.pkcs12.macAlgorithm=NONE \
             -storetype PKCS12 -storepass secret1 -keystore store.p12 -importcert -noprompt -alias root -file root.pem",
        )
        .code(0);
    let bytes = bench.read("store.p12");
    assert!(!inspect(&bytes).unwrap().needs_password());
    let archive = open(&bytes, "").unwrap();
    assert_eq!(certificates_of(&archive), [sample.root.as_slice()]);
    assert_eq!(archive.entries[0].friendly_name.as_deref(), Some("root"));
}

#[test]
fn ours_are_read_by_it() {
    needs!("keytool");
    let (bench, sample) = (Bench::new(), Sample::new());
    sample.write(&bench);
    for recipe in [Recipe::Modern, Recipe::Legacy, Recipe::Pbmac1] {
        bench.write("ours.p12", sample.seal(recipe, "Passwort 1"));
        let list = "keytool -list -rfc -storetype PKCS12 -keystore ours.p12 -storepass";
        let read = bench.shell(&format!("{list} 'Passwort 1'"));
        if recipe == Recipe::Pbmac1 && read.code != 0 {
            // Java before 26 knows no PBMAC1, and must at least not say that it is all right.
            eprintln!("skipped: this Java does not know PBMAC1");
            continue;
        }
        let read = read.code(0).out_has("Alias name: mx-2026").out_has("Entry type: PrivateKeyEntry");
        let read = read.out_has("Certificate chain length: 2");
        let found: Vec<Vec<u8>> =
            pem::parse_many(&read.out).unwrap().into_iter().map(pem::Pem::into_contents).collect();
        assert_eq!(found, [sample.leaf.clone(), sample.intermediate.clone()]);
        // It can use the key: a request is signed with it.
        let request = "keytool -certreq -alias mx-2026 -storetype PKCS12 -keystore ours.p12 -storepass 'Passwort 1'";
        bench.shell(request).code(0).out_has("NEW CERTIFICATE REQUEST");
        bench.shell(&format!("{list} another")).code(1).out_has("password was incorrect");
    }
}
