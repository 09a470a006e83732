//! What we write is opened by Java's keytool, and its keystores are converted.

use crate::export_openssl::{content, convert, packed};
use crate::needs;

#[test]
fn every_recipe_is_opened_by_it() {
    needs!("keytool");
    let bench = packed();
    // Java knows PBMAC1 from 26 on.
    for recipe in ["modern", "legacy"] {
        convert(
            &bench,
            &format!(
                "all.pem --to pkcs12 --recipe {recipe} --friendly-name mx --new-password-file pw --out {recipe}.p12"
            ),
        );
        bench
            .shell(&format!("keytool -list -v -storetype PKCS12 -keystore {recipe}.p12 -storepass:file pw"))
            .code(0)
            .out_has("Alias name: mx")
            .out_has("Entry type: PrivateKeyEntry")
            .out_has("Certificate chain length: 2");
    }
    convert(&bench, "all.pem --to pkcs7 --out mx.p7b");
    bench.shell("keytool -printcert -file mx.p7b").code(0).out_has("CN=mx1.example.com").out_has("CN=Example Issuing");
}

#[test]
fn its_keystores_are_converted() {
    needs!("keytool");
    let bench = packed();
    let whole = bench.read("all.pem");
    convert(&bench, "all.pem --to pkcs12 --friendly-name mx --new-password-file pw --out ours.p12");
    for store in ["PKCS12", "JKS"] {
        bench
            .shell(&format!(
                "rm -f theirs; keytool -importkeystore -noprompt -srckeystore ours.p12 -srcstoretype PKCS12 -srcstorepass:file pw \
                 -destkeystore theirs -deststoretype {store} -deststorepass:file pw 2>&1"
            ))
            .code(0);
        assert_eq!(content(&bench, "theirs"), whole, "{store}");
    }
}
