//! A certificate's whole life: home, key and request, the answer of a real authority with its intermediate, commit,
//! export, and the files opened by the programs they are for.

use crate::support::{Bench, peer};

/// OpenSSL as an authority of two storeys, each with its database: `openssl ca` signs.
const OPENSSL_AUTHORITY: &str = r#"
mkdir ca
for name in root issuing; do
  touch ca/$name.index
  cat > ca/$name.conf <<END
[ca]
default_ca = this
[this]
database = ca/$name.index
new_certs_dir = ca
rand_serial = yes
certificate = $name.pem
private_key = ca/$name.key
default_md = sha256
default_days = 90
policy = any
copy_extensions = copy
unique_subject = no
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = supplied
[intermediate]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = CA:FALSE
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
END
done
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca/root.key -out root.pem -days 3650 -subj "/O=Example CA/CN=Example Root" -addext keyUsage=critical,keyCertSign,cRLSign
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca/issuing.key -out ca/issuing.csr -subj "/O=Example CA/CN=Example Issuing"
openssl ca -batch -config ca/root.conf -extensions intermediate -days 1825 -in ca/issuing.csr -out issuing.pem
"#;

const OPENSSL_SIGNS: &str =
    "openssl ca -batch -config ca/issuing.conf -extensions leaf -in mx.csr -out signed.pem && rm -f mx.csr";

const CERTTOOL_AUTHORITY: &str = r#"
mkdir ca
certtool --generate-privkey --key-type rsa --bits 2048 --outfile ca/root.key
printf 'cn = "Example Root"\nca\ncert_signing_key\nexpiration_days = 3650\n' > ca/root.tmpl
certtool --generate-self-signed --load-privkey ca/root.key --template ca/root.tmpl --outfile root.pem
certtool --generate-privkey --key-type ecdsa --curve secp384r1 --outfile ca/issuing.key
printf 'cn = "Example Issuing"\nca\npath_len = 0\ncert_signing_key\nexpiration_days = 1825\n' > ca/issuing.tmpl
certtool --generate-certificate --load-privkey ca/issuing.key --load-ca-certificate root.pem --load-ca-privkey ca/root.key --template ca/issuing.tmpl --outfile issuing.pem
printf 'expiration_days = 90\nhonor_crq_extensions\n' > ca/leaf.tmpl
"#;

const CERTTOOL_SIGNS: &str = "certtool --generate-certificate --load-request mx.csr --load-ca-certificate issuing.pem \
     --load-ca-privkey ca/issuing.key --template ca/leaf.tmpl --outfile signed.pem && rm -f mx.csr";

#[test]
fn with_openssl_as_the_authority() {
    if peer("openssl") {
        live(OPENSSL_AUTHORITY, OPENSSL_SIGNS);
    }
}

#[test]
fn with_certtool_as_the_authority() {
    if peer("certtool") {
        live(CERTTOOL_AUTHORITY, CERTTOOL_SIGNS);
    }
}

/// From `init` to a file that the others open, and once more for the renewal.
fn live(authority: &str, signs: &str) {
    let bench = Bench::new();
    bench.shell(authority).code(0);
    bench.run(["init", "--hostname", "mx1.example.com"]).code(0);
    let request =
        ["--for", "listener:IncomingMail", "--san", "mail.example.com", "--org", "Example GmbH", "--country", "DE"];
    bench
        .run(
            [&["cert", "request", "mx-2026"], &request[..], &["--out", "mx.csr", "--commit", "request for mx1"]]
                .concat(),
        )
        .code(0)
        .err_has("next: sealpost cert import mx-2026 signed.pem");
    bench.shell(signs).code(0);
    // As a CA's mail comes: the answer, the root nobody asked for, the intermediate.
    bench.shell("cat root.pem issuing.pem > bundle.pem").code(0);
    bench
        .run(["cert", "import", "mx-2026", "bundle.pem", "signed.pem", "--commit", "signed by Example CA"])
        .code(0)
        .err_has("committed revision 3")
        .err_has("2 certificates");
    let row = bench.run(["cert", "list"]).code(0);
    let row = row.out.lines().find(|line| line.starts_with("mx-2026")).unwrap().to_owned();
    assert!(row.contains("Example Issuing") && row.contains("Active"), "{row}");

    bench.write("pw", "correct horse\n");
    bench
        .run(["cert", "export", "mx-2026", "--to", "pkcs12", "--password-file", "pw", "--out", "mx.p12"])
        .code(0)
        .err_has("the key and 2 certificates");
    opens(&bench);
    renews(&bench, signs);
}

/// What stands in `mx.p12` and in the PEM export, as the others see it.
fn opens(bench: &Bench) {
    bench.run(["cert", "export", "mx-2026", "--to", "pem", "--out", "fullchain.pem", "--force"]).code(0);
    if peer("openssl") {
        bench
            .shell("openssl pkcs12 -in mx.p12 -passin file:pw -info -nodes")
            .code(0)
            .out_has("friendlyName: mx-2026")
            .out_has("PRIVATE KEY");
        bench
            .shell("openssl pkcs12 -in mx.p12 -passin file:pw -nokeys -clcerts -out leaf.pem 2>/dev/null; openssl verify -x509_strict -CAfile root.pem -untrusted issuing.pem -verify_hostname mail.example.com -purpose sslserver leaf.pem")
            .code(0)
            .out_has("OK");
        bench.shell("openssl pkcs12 -in mx.p12 -passin pass:wrong -noout 2>&1 && exit 9 || exit 0").code(0);
        // The key inside is the one that the certificate is for.
        bench
            .shell("openssl pkcs12 -in mx.p12 -passin file:pw -nocerts -nodes 2>/dev/null | openssl pkey -pubout > a; openssl x509 -in leaf.pem -noout -pubkey > b; cmp a b")
            .code(0);
    }
    if peer("certtool") {
        bench
            .shell("certtool --p12-info --infile mx.p12 --password 'correct horse' --inder 2>/dev/null")
            .code(0)
            .out_has("BEGIN CERTIFICATE")
            .out_has("PRIVATE KEY");
        bench
            .shell("certtool --verify --load-ca-certificate root.pem --verify-hostname mx1.example.com --infile fullchain.pem")
            .code(0)
            .out_has("Verified. The certificate is trusted");
    }
    if peer("keytool") {
        bench
            .shell("keytool -list -v -storetype PKCS12 -keystore mx.p12 -storepass:file pw")
            .code(0)
            .out_has("Alias name: mx-2026")
            .out_has("Entry type: PrivateKeyEntry")
            .out_has("Certificate chain length: 2")
            .out_has("DNSName: mail.example.com");
    }
}

/// The same key once more, and the authority answers without its intermediate: the one that is known stays.
fn renews(bench: &Bench, signs: &str) {
    let key = bench.read("home/running/certificates/mx-2026/key.pem");
    bench
        .run(["cert", "request", "mx-2026", "--key-from", "mx-2026", "--out", "mx.csr", "--commit", "renewal"])
        .code(0);
    bench.shell(signs).code(0);
    bench.run(["cert", "import", "mx-2026", "signed.pem", "--commit", "renewed"]).code(0).err_has("2 certificates");
    assert_eq!(bench.read("home/running/certificates/mx-2026/key.pem"), key);
    let old = bench.read("fullchain.pem");
    bench
        .run(["cert", "export", "mx-2026", "--to", "pkcs12", "--password-file", "pw", "--out", "mx.p12", "--force"])
        .code(0);
    opens(bench);
    assert_ne!(bench.read("fullchain.pem"), old);
    bench.run(["change", "rollback"]).code(0);
    let back = bench.run(["cert", "export", "mx-2026", "--to", "pem"]).code(0);
    assert_eq!(back.raw, old, "the revision before serves what it served");
}
