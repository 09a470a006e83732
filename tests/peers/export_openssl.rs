//! What `cert export` and `convert` write is opened by OpenSSL, and what OpenSSL writes is converted.

use crate::needs;
use crate::support::authority::Authority;
use crate::support::{Bench, Run};

/// `all.pem` with key, leaf and intermediate; `root.pem`; the password in `pw`.
pub fn packed() -> Bench {
    let bench = Bench::new();
    let root = Authority::root("Example Root");
    let issuing = root.intermediate("Example Issuing");
    let (key, leaf) = issuing.issue("mx1.example.com");
    bench.write("root.pem", root.pem());
    bench.write("issuing.pem", issuing.pem());
    bench.write("leaf.pem", &leaf);
    bench.write("leaf.key", &key);
    bench.write("all.pem", format!("{key}{leaf}{}", issuing.pem()));
    bench.shell("chmod 600 all.pem leaf.key").code(0);
    bench.write("pw", "correct horse\n");
    bench
}

pub fn convert(bench: &Bench, words: &str) -> Run {
    bench.run(std::iter::once("convert").chain(words.split_whitespace())).code(0)
}

/// Key, leaf and intermediate of `file`, as one PEM text that can be compared.
pub fn content(bench: &Bench, file: &str) -> Vec<u8> {
    let run = bench.run(["convert", file, "--password-file", "pw", "--to", "pem", "--part", "all", "--out", "-"]);
    run.code(0).raw
}

#[test]
fn every_form_is_opened_by_it() {
    needs!("openssl");
    let bench = packed();
    for recipe in ["modern", "legacy", "pbmac1"] {
        convert(&bench, &format!("all.pem --to pkcs12 --recipe {recipe} --new-password-file pw --out {recipe}.p12"));
        if recipe == "pbmac1" && bench.shell("openssl version").out.starts_with("OpenSSL 3.0") {
            // PBMAC1 came with OpenSSL 3.4.
            continue;
        }
        bench.shell(&format!("openssl pkcs12 -in {recipe}.p12 -passin file:pw -nodes -out {recipe}.pem 2>&1")).code(0);
        assert_eq!(content(&bench, &format!("{recipe}.pem")), bench.read("all.pem").as_slice(), "{recipe}");
    }
    convert(&bench, "all.pem --to pkcs8 --new-password-file pw --out mx.key");
    bench
        .shell("openssl pkcs8 -in mx.key -passin file:pw -out plain.key && openssl pkey -in plain.key -check -noout")
        .code(0);
    bench.shell("openssl pkey -in mx.key -passin pass:wrong -noout 2>&1 && exit 9 || exit 0").code(0);
    convert(&bench, "all.pem --to pkcs7 --out mx.p7b");
    bench
        .shell("openssl pkcs7 -in mx.p7b -print_certs -noout")
        .code(0)
        .out_has("mx1.example.com")
        .out_has("Example Issuing");
    convert(&bench, "all.pem --to der --out leaf.der");
    bench
        .shell("openssl x509 -inform DER -in leaf.der -noout -checkhost mx1.example.com")
        .code(0)
        .out_has("does match");
    convert(&bench, "all.pem --to der --part key --out key.der");
    bench.shell("openssl pkey -inform DER -in key.der -noout -check").code(0).out_has("Key is valid");
    convert(&bench, "all.pem --to der --part key --new-password-file pw --out sealed.der");
    bench.shell("openssl pkcs8 -inform DER -in sealed.der -passin file:pw -out plain.key").code(0);
    convert(&bench, "all.pem --to pem --part fullchain --out fullchain.pem");
    bench
        .shell("openssl verify -CAfile root.pem -untrusted fullchain.pem fullchain.pem")
        .code(0)
        .out_has("fullchain.pem: OK");
}

#[test]
fn its_files_are_converted() {
    needs!("openssl");
    let bench = packed();
    let whole = bench.read("all.pem");
    let ways = [
        "openssl pkcs12 -export -in all.pem -passout file:pw -out f",
        "openssl pkcs12 -export -in all.pem -passout file:pw -legacy -out f",
        "openssl pkcs12 -export -in all.pem -passout file:pw -keypbe AES-128-CBC -certpbe NONE -macalg SHA512 -out f",
        "openssl pkcs12 -export -in all.pem -passout file:pw -nomac -out f",
        "openssl pkcs8 -topk8 -in leaf.key -passout file:pw -out k && cat k issuing.pem leaf.pem > f",
        "openssl pkcs8 -topk8 -in leaf.key -passout file:pw -v1 PBE-SHA1-3DES -out k && cat leaf.pem issuing.pem k > f",
        "openssl ec -in leaf.key -aes256 -passout file:pw -out k && cat k leaf.pem issuing.pem > f",
        "openssl crl2pkcs7 -nocrl -certfile all.pem -out c && cat c leaf.key > f",
        "openssl pkcs12 -in all.p12 -passin file:pw -nodes -out f",
    ];
    bench.shell("openssl pkcs12 -export -in all.pem -passout file:pw -out all.p12").code(0);
    for way in ways {
        bench.shell(&format!("rm -f f; {way} 2>&1")).code(0);
        assert_eq!(content(&bench, "f"), whole, "{way}");
    }
}
