//! What we write is opened by GnuTLS, and what GnuTLS writes is converted.

use crate::export_openssl::{content, convert, packed};
use crate::needs;

#[test]
fn every_form_is_opened_by_it() {
    needs!("certtool");
    let bench = packed();
    // GnuTLS knows PBMAC1 from 3.8.9 on.
    for recipe in ["modern", "legacy"] {
        convert(&bench, &format!("all.pem --to pkcs12 --recipe {recipe} --new-password-file pw --out {recipe}.p12"));
        bench
            .shell(&format!(
                "certtool --p12-info --inder --infile {recipe}.p12 --password 'correct horse' --outfile {recipe}.txt 2>&1"
            ))
            .code(0);
        assert_eq!(content(&bench, &format!("{recipe}.txt")), bench.read("all.pem"), "{recipe}");
    }
    convert(&bench, "all.pem --to pkcs8 --new-password-file pw --out mx.key");
    bench.shell("certtool --key-info --infile mx.key --password 'correct horse' 2>&1").code(0).out_has("ECDSA");
    convert(&bench, "all.pem --to pkcs7 --out mx.p7b");
    bench.shell("certtool --p7-info --infile mx.p7b").code(0).out_has("Number of certificates: 2");
    convert(&bench, "all.pem --to der --out leaf.der");
    bench.shell("certtool -i --inder --infile leaf.der").code(0).out_has("Subject: CN=mx1.example.com");
    convert(&bench, "all.pem --to der --part key --out key.der");
    bench.shell("certtool --key-info --inder --infile key.der").code(0).out_has("ECDSA");
    convert(&bench, "all.pem --to pem --part fullchain --out fullchain.pem");
    bench
        .shell("certtool --verify --load-ca-certificate root.pem --infile fullchain.pem")
        .code(0)
        .out_has("Verified. The certificate is trusted");
}

#[test]
fn its_files_are_converted() {
    needs!("certtool");
    let bench = packed();
    let whole = bench.read("all.pem");
    let with = "certtool --load-privkey leaf.key --password 'correct horse'";
    bench.shell("cat leaf.pem issuing.pem > chain.pem").code(0);
    let ways = [
        format!("{with} --load-certificate chain.pem --p12-name mx --to-p12 --outder --outfile f"),
        format!("{with} --load-certificate chain.pem --p12-name mx --to-p12 --outfile f"),
        format!(
            "{with} --load-certificate chain.pem --p12-name mx --pkcs-cipher 3des-pkcs12 --to-p12 --outder --outfile f"
        ),
        format!("{with} --to-p8 --outfile k && cat chain.pem k > f"),
        "certtool --p7-generate --load-certificate chain.pem --outfile c && cat leaf.key c > f".to_owned(),
    ];
    for way in ways {
        bench.shell(&format!("rm -f f; {way} 2>&1")).code(0);
        assert_eq!(content(&bench, "f"), whole, "{way}");
    }
}
