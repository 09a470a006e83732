//! OpenSSL reads what we ask for and what we sign ourselves, and a CA run with `openssl ca` answers our requests.

use crate::needs;
use crate::support::{Bench, Run};

const KEY_TYPES: [&str; 7] = ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "rsa-3072", "rsa-4096", "ed25519"];

/// Names of every kind, as given to us and as OpenSSL prints them.
const GIVEN: [&str; 10] = [
    "--cn",
    "mx1.example.com",
    "--san",
    "*.bücher.example",
    "--san",
    "192.0.2.1",
    "--san",
    "2001:db8::1",
    "--san",
    "postmaster@example.com",
];
const PRINTED: &str = "DNS:mx1.example.com, DNS:*.xn--bcher-kva.example, IP Address:192.0.2.1, \
                       IP Address:2001:DB8:0:0:0:0:0:1, email:postmaster@example.com";

/// A root, an intermediate, and the configuration of `openssl ca`, which copies what a request asks for.
const AUTHORITY: &str = r#"
mkdir ca && cd ca && touch index.txt && echo 1000 > serial
cat > ca.cnf <<'END'
[ca]
default_ca = intermediate
[intermediate]
dir = .
database = ./index.txt
new_certs_dir = .
serial = ./serial
certificate = intermediate.pem
private_key = intermediate.key
default_md = sha256
default_days = 90
policy = anything
copy_extensions = copy
unique_subject = no
x509_extensions = leaf
[anything]
countryName = optional
stateOrProvinceName = optional
localityName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
[leaf]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root_ext]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[intermediate_ext]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
[name]
END
openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650 -subj "/CN=Example Root" -config ca.cnf -extensions root_ext
openssl req -new -newkey rsa:2048 -nodes -keyout intermediate.key -out intermediate.csr -subj "/CN=Example Intermediate" -config ca.cnf
openssl x509 -req -in intermediate.csr -CA root.pem -CAkey root.key -CAcreateserial -days 1825 -extfile ca.cnf -extensions intermediate_ext -out intermediate.pem
"#;

fn openssl(bench: &Bench, arguments: &str) -> Run {
    bench.shell(&format!("openssl {arguments} 2>&1")).code(0)
}

#[test]
fn openssl_reads_exactly_what_we_ask_for() {
    needs!("openssl");
    let bench = Bench::with_home();
    for key_type in KEY_TYPES {
        let out = format!("{key_type}.csr");
        let more =
            ["--org", "Müller, Söhne & Co", "--country", "de", "--key-type", key_type, "--client", "--out", &out];
        bench.run([&["cert", "request", key_type], &GIVEN[..], &more].concat()).code(0);
        let text = openssl(&bench, &format!("req -in {out} -verify -noout -text -nameopt utf8,sep_comma_plus")).out;
        assert!(text.contains("verify OK"), "{text}");
        assert!(text.contains("Subject: C=DE,O=Müller, Söhne & Co,CN=mx1.example.com"), "{text}");
        assert_eq!(after(&text, "X509v3 Subject Alternative Name:"), PRINTED);
        assert_eq!(
            after(&text, "X509v3 Extended Key Usage:"),
            "TLS Web Server Authentication, TLS Web Client Authentication"
        );
        let usage =
            if key_type.starts_with("rsa") { "Digital Signature, Key Encipherment" } else { "Digital Signature" };
        assert_eq!(after(&text, "X509v3 Key Usage: critical"), usage, "{key_type}");
        assert_eq!(after(&text, "X509v3 Basic Constraints: critical"), "CA:FALSE");
    }
}

#[test]
fn an_openssl_authority_answers_our_requests() {
    needs!("openssl");
    let bench = Bench::with_home();
    bench.shell(AUTHORITY).code(0);
    for key_type in KEY_TYPES {
        let out = format!("{key_type}.csr");
        bench
            .run([&["cert", "request", key_type], &GIVEN[..], &["--key-type", key_type, "--out", &out]].concat())
            .code(0);
        bench
            .shell(&format!("cd ca && openssl ca -batch -config ca.cnf -notext -in ../{out} -out ../{key_type}.pem"))
            .code(0);
        openssl(
            &bench,
            &format!(
                "verify -x509_strict -purpose sslserver -verify_hostname mx1.example.com -CAfile ca/root.pem \
                 -untrusted ca/intermediate.pem {key_type}.pem"
            ),
        );
        let text = openssl(&bench, &format!("x509 -in {key_type}.pem -noout -text")).out;
        assert_eq!(after(&text, "X509v3 Subject Alternative Name:"), PRINTED);
        assert_eq!(after(&text, "X509v3 Extended Key Usage:"), "TLS Web Server Authentication");
        // The key that stayed at home is the one that was certified, and OpenSSL reads it.
        let key = format!("home/staged/certificates/{key_type}/key.pem");
        let ours = openssl(&bench, &format!("pkey -in {key} -pubout")).out;
        let certified = openssl(&bench, &format!("x509 -in {key_type}.pem -noout -pubkey")).out;
        assert_eq!(ours, certified, "{key_type}");
    }
}

#[test]
fn openssl_believes_a_self_signed_certificate_that_it_is_told_to_trust() {
    needs!("openssl");
    let bench = Bench::with_home();
    for key_type in KEY_TYPES {
        bench.run([&["cert", "new", key_type], &GIVEN[..], &["--key-type", key_type]].concat()).code(0);
        let file = format!("home/staged/certificates/{key_type}/certificate.pem");
        openssl(
            &bench,
            &format!("verify -x509_strict -purpose sslserver -verify_hostname mx1.example.com -CAfile {file} {file}"),
        );
        let text = openssl(&bench, &format!("x509 -in {file} -noout -text")).out;
        assert_eq!(after(&text, "X509v3 Subject Alternative Name:"), PRINTED);
        assert!(text.contains("X509v3 Subject Key Identifier"), "{text}");
        assert_eq!(after(&text, "X509v3 Basic Constraints: critical"), "CA:FALSE");
    }
}

/// The line below the one that ends with `title`.
#[track_caller]
fn after(text: &str, title: &str) -> String {
    let mut lines = text.lines().skip_while(|line| line.trim() != title);
    lines.nth(1).unwrap_or_else(|| panic!("no {title:?} in\n{text}")).trim().to_owned()
}
