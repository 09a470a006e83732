//! GnuTLS and Java read what we make, and an authority run with `certtool` answers our requests.

use sealpost::model::certificate::Certificate;

use crate::needs;
use crate::support::Bench;

const KEY_TYPES: [&str; 5] = ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "ed25519"];
const GIVEN: [&str; 8] =
    ["--cn", "mx1.example.com", "--san", "192.0.2.1", "--san", "postmaster@example.com", "--san", "*.example.com"];

/// A root and an intermediate.
const AUTHORITY: &str = r#"
certtool --generate-privkey --key-type rsa --bits 2048 --outfile root.key
printf 'cn = "Example Root"\nca\ncert_signing_key\nexpiration_days = 3650\n' > root.tmpl
certtool --generate-self-signed --load-privkey root.key --template root.tmpl --outfile root.pem
certtool --generate-privkey --key-type rsa --bits 2048 --outfile intermediate.key
printf 'cn = "Example Intermediate"\nca\npath_len = 0\ncert_signing_key\nexpiration_days = 1825\n' > intermediate.tmpl
certtool --generate-certificate --load-privkey intermediate.key --load-ca-certificate root.pem --load-ca-privkey root.key --template intermediate.tmpl --outfile intermediate.pem
printf 'expiration_days = 90\nhonor_crq_extensions\n' > leaf.tmpl
"#;

#[test]
fn a_certtool_authority_answers_our_requests() {
    needs!("certtool");
    let bench = Bench::with_home();
    bench.shell(AUTHORITY).code(0);
    for key_type in KEY_TYPES {
        let out = format!("{key_type}.csr");
        bench
            .run([&["cert", "request", key_type], &GIVEN[..], &["--key-type", key_type, "--out", &out]].concat())
            .code(0);
        bench
            .shell(&format!("certtool --crq-info --infile {out}"))
            .code(0)
            .out_has("Self signature: verified")
            .out_has("DNSname: *.example.com")
            .out_has("IPAddress: 192.0.2.1")
            .out_has("RFC822Name: postmaster@example.com");
        bench
            .shell(&format!(
                "certtool --generate-certificate --load-request {out} --load-ca-certificate intermediate.pem \
                 --load-ca-privkey intermediate.key --template leaf.tmpl --outfile {key_type}.pem \
                 && cat {key_type}.pem intermediate.pem root.pem > chain.pem \
                 && certtool --verify-chain --infile chain.pem"
            ))
            .code(0)
            .out_has("Chain verification output: Verified.");
        let signed =
            Certificate::from_der(pem::parse(bench.read(&format!("{key_type}.pem"))).unwrap().contents()).unwrap();
        let names: Vec<String> = signed.subject_alt_names().iter().map(ToString::to_string).collect();
        assert_eq!(
            names,
            ["DNS:mx1.example.com", "IP:192.0.2.1", "email:postmaster@example.com", "DNS:*.example.com"],
            "{key_type}"
        );
        assert_eq!(signed.extended_key_usage().unwrap(), ["serverAuth"]);
        // GnuTLS reads the key that stayed at home.
        bench.shell(&format!("certtool --key-info --infile home/staged/certificates/{key_type}/key.pem")).code(0);
    }
}

/// GnuTLS trusts authorities only: `certtool --verify` refuses every anchor that is no CA, so it is not asked.
#[test]
fn certtool_reads_what_we_sign_ourselves() {
    needs!("certtool");
    let bench = Bench::with_home();
    for key_type in KEY_TYPES {
        bench.run([&["cert", "new", key_type], &GIVEN[..], &["--key-type", key_type]].concat()).code(0);
        let file = format!("home/staged/certificates/{key_type}/certificate.pem");
        bench
            .shell(&format!("certtool -i --infile {file}"))
            .code(0)
            .out_has("Subject: CN=mx1.example.com")
            .out_has("Certificate Authority (CA): FALSE")
            .out_has("Subject Key Identifier (not critical)")
            .out_has("RFC822Name: postmaster@example.com");
    }
}

#[test]
fn keytool_reads_what_we_make() {
    needs!("keytool");
    let bench = Bench::with_home();
    for key_type in ["ecdsa-p256", "rsa-2048", "ed25519"] {
        bench
            .run([&["cert", "new", key_type], &GIVEN[..], &["--key-type", key_type, "--country", "DE"]].concat())
            .code(0);
        let folder = format!("home/staged/certificates/{key_type}");
        bench
            .shell(&format!("keytool -printcert -file {folder}/certificate.pem"))
            .code(0)
            .out_has("Owner: CN=mx1.example.com, C=DE")
            .out_has("DNSName: *.example.com")
            .out_has("IPAddress: 192.0.2.1")
            .out_has("serverAuth");
        bench.shell(&format!("keytool -printcertreq -file {folder}/request.pem")).code(0).out_has("CN=mx1.example.com");
    }
}
