//! A signature is good, bad, or cannot be checked: what each command makes of the three. OpenSSL signs in all the ways it knows.

use rcgen::{CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use sealpost::formats::pem;
use sealpost::model::certificate::Certificate;
use sealpost::model::signature::SignatureStatus;

use super::pki::{Party, authority, server};
use crate::needs;
use crate::support::Bench;

/// Algorithms by a name, options of `openssl req -newkey`, options of its signature, and why it cannot be checked.
#[rustfmt::skip]
const ALGORITHMS: &[(&str, &str, &str, Option<&str>)] = &[
    ("rsa-sha256", "rsa:2048", "-sha256", None),
    ("rsa-sha384", "rsa:2048", "-sha384", None),
    ("rsa-sha224", "rsa:2048", "-sha224", Some("sha224WithRSAEncryption")),
    ("rsa-sha3", "rsa:2048", "-sha3-256", Some("RSA-SHA3-256")),
    ("rsa-1024", "rsa:1024", "-sha256", None),
    ("rsa-768", "rsa:768", "-sha256", Some("sha256WithRSAEncryption with a key of RSA 768")),
    ("pss-digest", "rsa:2048", "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest", None),
    ("pss-0", "rsa:2048", "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:0", None),
    ("pss-20", "rsa:2048", "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20", None),
    ("pss-max", "rsa:2048", "-sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max", None),
    ("pss-sha384", "rsa:3072", "-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:24", None),
    ("pss-sha224", "rsa:2048", "-sha224 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20",
        Some("rsassaPss with SHA-224, salt of 20 octets")),
    ("pss-mgf", "rsa:2048", "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_mgf1_md:sha512",
        Some("rsassaPss with SHA-256, MGF1 with SHA-512")),
    ("pss-key", "rsa-pss -pkeyopt rsa_keygen_bits:2048", "-sha256", None),
    ("p256-sha512", "ec -pkeyopt ec_paramgen_curve:P-256", "-sha512", None),
    ("p521-sha512", "ec -pkeyopt ec_paramgen_curve:P-521", "-sha512", None),
    ("p521-sha256", "ec -pkeyopt ec_paramgen_curve:P-521", "-sha256", None),
    ("p384-sha3", "ec -pkeyopt ec_paramgen_curve:P-384", "-sha3-384", None),
    ("p256-sha224", "ec -pkeyopt ec_paramgen_curve:P-256", "-sha224", Some("ecdsa-with-SHA224 with a key of ECDSA P-256")),
    ("secp256k1", "ec -pkeyopt ec_paramgen_curve:secp256k1", "-sha256", None),
    ("brainpool", "ec -pkeyopt ec_paramgen_curve:brainpoolP256r1", "-sha256",
        Some("ecdsa-with-SHA256 with a key of EC brainpoolP256r1")),
    ("ed25519", "ed25519", "", None),
    ("ed448", "ed448", "", Some("Ed448")),
];

/// `NAME.root.pem`, `NAME.pem` (a leaf, its issuer) and `NAME.csr`, all three signed in one way.
fn make(bench: &Bench, name: &str, key: &str, signature: &str) {
    let script = format!(
        "set -e
        printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n' > root.ext
        printf 'authorityKeyIdentifier=keyid\n' | cat root.ext - > ca.ext
        printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n' > leaf.ext
        printf 'subjectAltName=DNS:{name}.example.com\nauthorityKeyIdentifier=keyid\n' >> leaf.ext
        for who in root ca leaf; do
            openssl req -new -nodes -newkey {key} -keyout {name}.$who.key -subj /CN={name}-$who -out {name}.$who.csr
        done
        openssl req -new -key {name}.leaf.key -subj /CN={name}-leaf -out {name}.csr {signature}
        openssl x509 -req -in {name}.root.csr -signkey {name}.root.key -extfile root.ext -days 400 -out {name}.root.pem {signature}
        openssl x509 -req -in {name}.ca.csr -CA {name}.root.pem -CAkey {name}.root.key -set_serial 2 -extfile ca.ext -days 300 \
            -out {name}.ca.pem {signature}
        openssl x509 -req -in {name}.leaf.csr -CA {name}.ca.pem -CAkey {name}.ca.key -set_serial 3 -extfile leaf.ext -days 90 \
            -out {name}.leaf.pem {signature}
        cat {name}.leaf.pem {name}.ca.pem > {name}.pem"
    );
    bench.shell(&script).code(0);
}

#[test]
fn what_cannot_be_checked_is_linked_by_names_and_believed_by_nobody() {
    needs!("openssl");
    let bench = Bench::new();
    for (name, key, signature, obstacle) in ALGORITHMS {
        make(&bench, name, key, signature);
        let file = format!("{name}.pem");
        let shown = bench.run(["show", &file, &format!("{name}.root.pem")]).code(0);
        let shown = shown.out_has(&format!("{name}-root [3], self-signed")).out_has(&format!("└─ {name}-ca [2]"));
        let shown = shown.out_has(&format!("└─ {name}-leaf [1]"));
        let request = bench.run(["show", &format!("{name}.csr")]).code(0);
        let root = format!("{name}.root.pem");
        let lint = bench.run(["lint", &file, "--trust", &root, "--ruleset", "rfc5280"]);
        let verified = bench.run(["verify", &file, "--trust", &root]);
        match obstacle {
            None => {
                assert!(!shown.out.contains("cannot be checked"), "{name}: {}", shown.out);
                request.out_has("the signature was made with its own key");
                assert!(!lint.out.contains("chain/"), "{name}: {}", lint.out);
                let weak = ["rsa-1024", "secp256k1"].contains(name);
                assert!(weak || verified.code == 0, "{name}: {}", verified.out);
            }
            Some(why) => {
                shown.out_has(&format!("cannot be checked: {why}"));
                request.out_has(&format!("the signature cannot be checked: {why}"));
                let lint = lint.code(1).out_has("error[chain/unchecked-signature]").out_has(why);
                for claim in ["chain/unrelated", "chain/missing", "chain/bad-signature", "chain/no-valid-path"] {
                    assert!(!lint.out.contains(claim), "{name}: {}", lint.out);
                }
                verified.code(1).out_has(&format!("cannot be checked: {why}"));
            }
        }
    }
}

#[test]
fn nothing_is_dropped_because_its_signature_cannot_be_checked() {
    needs!("openssl");
    let bench = Bench::with_home();
    for (name, key, signature, _) in
        ALGORITHMS.iter().filter(|(name, ..)| *name == "rsa-sha224" || *name == "pss-sha224")
    {
        make(&bench, name, key, signature);
        let (file, root) = (format!("{name}.pem"), format!("{name}.root.pem"));
        let fixed = bench.run(["lint", "--fix", &file, "--trust", &root]);
        assert_eq!(fixed.out.as_bytes(), bench.read(&file), "{name}: --fix");
        bench.shell(&format!("cat {name}.ca.pem {name}.leaf.pem > {name}.reversed.pem")).code(0);
        let fixed = bench.run(["lint", "--fix", &format!("{name}.reversed.pem"), "--trust", "none"]);
        assert_eq!(fixed.out.as_bytes(), bench.read(&file), "{name}: --fix of the reversed");
        let converted = bench.run(["convert", &file, "--to", "pem", "--out", "-"]).code(0);
        assert_eq!(pem::blocks(converted.out.as_bytes()).unwrap().len(), 2, "{name}: convert");
        let imported = bench.run(["cert", "import", name, &file, &format!("{name}.leaf.key")]);
        imported.code(0).err_has("2 certificates").err_has("cannot be checked");
    }
}

/// A key that is no key, and one of another kind, are two facts.
#[test]
fn a_key_of_another_kind_did_not_sign_and_a_damaged_one_tells_nothing() {
    let (root, middle, leaf) = (Party::new("Root"), Party::new("CA"), Party::new("mx.example.com"));
    let (middle_certificate, leaf) = (authority().issue(&middle, &root), server().issue(&leaf, &middle));
    let point = middle_certificate.public_key().subject_public_key().to_vec();
    let mut damaged = middle_certificate.der().to_vec();
    let at = damaged.windows(point.len()).position(|part| part == point).unwrap();
    damaged[at + 40] ^= 1;
    let damaged = Certificate::from_der(&damaged).unwrap();
    assert!(matches!(leaf.signature_status(&damaged), SignatureStatus::Unchecked(_)));
    assert_eq!(leaf.signature_status(&middle_certificate), SignatureStatus::Good);
    assert_eq!(middle_certificate.signature_status(&middle_certificate), SignatureStatus::Bad);
    let other_kind = rcgen_certificate(&rcgen::PKCS_ED25519).0;
    assert_eq!(leaf.signature_status(&other_kind), SignatureStatus::Bad, "an Ed25519 key makes no ECDSA signature");
}

fn rcgen_certificate(algorithm: &'static rcgen::SignatureAlgorithm) -> (Certificate, Certificate) {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "Post-quantum CA");
    let own = KeyPair::generate_for(algorithm).unwrap();
    let issuer = Issuer::new(authority.clone(), &own);
    let mut leaf = CertificateParams::new(vec!["mx1.example.com".into()]).unwrap();
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    leaf.distinguished_name.push(DnType::CommonName, "mx1.example.com");
    leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let leaf_key = KeyPair::generate_for(algorithm).unwrap();
    let read = |one: rcgen::Certificate| Certificate::from_der(one.der()).unwrap();
    (read(authority.self_signed(&own).unwrap()), read(leaf.signed_by(&leaf_key, &issuer).unwrap()))
}

#[test]
fn ml_dsa_is_checked() {
    let bench = Bench::new();
    for (name, algorithm) in [
        ("ML-DSA-44", &rcgen::PKCS_ML_DSA_44),
        ("ML-DSA-65", &rcgen::PKCS_ML_DSA_65),
        ("ML-DSA-87", &rcgen::PKCS_ML_DSA_87),
    ] {
        let (root, leaf) = rcgen_certificate(algorithm);
        assert_eq!(root.key_kind().to_string(), name);
        assert_eq!(leaf.signature_status(&root), SignatureStatus::Good);
        let mut changed = leaf.der().to_vec();
        let last = changed.len() - 1;
        changed[last] ^= 1;
        let changed = Certificate::from_der(&changed).unwrap();
        assert_eq!(changed.signature_status(&root), SignatureStatus::Bad);
        bench.write("root.pem", pem::encode("CERTIFICATE", root.der()));
        bench.write("leaf.pem", pem::encode("CERTIFICATE", leaf.der()));
        bench.write("changed.pem", pem::encode("CERTIFICATE", changed.der()));
        bench.run(["verify", "leaf.pem", "--trust", "root.pem", "--hostname", "mx1.example.com"]).code(0);
        bench.run(["verify", "changed.pem", "--trust", "root.pem"]).code(1);
        bench.run(["show", "leaf.pem", "root.pem"]).code(0).out_has(name).out_has("└─ mx1.example.com [1]");
        let linted = bench.run(["lint", "leaf.pem", "--trust", "root.pem", "--ruleset", "private-ca"]).code(0);
        assert!(!linted.out.contains("error["), "{}", linted.out);
    }
}
