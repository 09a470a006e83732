//! `sealpost verify` and `openssl verify` on the same files: chains, names, dates and CRLs that OpenSSL itself made.

use crate::needs;
use crate::support::{Bench, Run};

/// A root, an intermediate of path length 0, a leaf for mx1.example.com, a second leaf that is revoked, and CRLs of both CAs.
const RECIPE: &str = r#"
cat > ca.cnf <<'EOF'
[ca]
default_ca = d
[d]
dir = .
database = $ENV::NAME.index
serial = $ENV::NAME.serial
crlnumber = $ENV::NAME.crlnumber
new_certs_dir = .
default_md = sha256
default_days = 30
default_crl_days = 30
policy = p
unique_subject = no
crl_extensions = crl
[p]
commonName = supplied
[crl]
authorityKeyIdentifier = keyid
[inter]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
nameConstraints = critical,permitted;DNS:example.com
[leaf]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $ENV::SAN
EOF
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }
for n in root inter; do : > $n.index; echo 01 > $n.serial; echo 01 > $n.crlnumber; done
export NAME=root SAN=DNS:none.example.com
key root; openssl req -x509 -new -key root.key -subj '/CN=Root' -days 60 -addext keyUsage=critical,keyCertSign,cRLSign -out root.pem
issue() { # name, issuer, section, san
  key "$1"; openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  NAME=$2 SAN=$4 openssl ca -batch -notext -config ca.cnf -cert "$2.pem" -keyfile "$2.key" -extensions "$3" -in "$1.csr" -out "$1.pem" 2>/dev/null
}
issue inter root inter DNS:none.example.com
issue good inter leaf DNS:mx1.example.com,IP:192.0.2.1,email:post@example.com
issue revoked inter leaf DNS:mx1.example.com
issue outside inter leaf DNS:mx1.example.net
NAME=inter openssl ca -config ca.cnf -cert inter.pem -keyfile inter.key -revoke revoked.pem -crl_reason keyCompromise 2>/dev/null
for n in root inter; do NAME=$n openssl ca -config ca.cnf -cert $n.pem -keyfile $n.key -gencrl -out $n.crl 2>/dev/null; done
cat root.crl inter.crl > all.crl
"#;

fn made() -> Bench {
    let bench = Bench::new();
    bench.shell(RECIPE).code(0);
    bench
}

/// Both answers for a leaf; the arguments are ours and theirs.
fn both(bench: &Bench, leaf: &str, ours: &[&str], theirs: &[&str]) -> (Run, Run) {
    let leaf = format!("{leaf}.pem");
    let sealpost = ["verify", &leaf, "--trust", "root.pem", "--pool", "inter.pem"];
    let openssl = format!("openssl verify -CAfile root.pem -untrusted inter.pem {} {leaf}", theirs.join(" "));
    (bench.run(sealpost.into_iter().chain(ours.iter().copied())), bench.shell(&openssl))
}

#[test]
fn verdicts_are_those_of_openssl() {
    needs!("openssl");
    let bench = made();
    let rows: &[(&str, &[&str], &[&str], bool)] = &[
        ("good", &[], &["-purpose sslserver"], true),
        ("good", &["--hostname", "mx1.example.com"], &["-verify_hostname mx1.example.com"], true),
        ("good", &["--hostname", "mx2.example.com"], &["-verify_hostname mx2.example.com"], false),
        ("good", &["--hostname", "192.0.2.1"], &["-verify_ip 192.0.2.1"], true),
        ("good", &["--hostname", "192.0.2.2"], &["-verify_ip 192.0.2.2"], false),
        ("good", &["--eku", "clientAuth"], &["-purpose sslclient"], false),
        ("good", &["--crl", "all.crl"], &["-CRLfile all.crl -crl_check_all"], true),
        ("revoked", &["--crl", "all.crl"], &["-CRLfile all.crl -crl_check_all"], false),
        ("revoked", &[], &[], true),
        ("good", &["--crl", "root.crl"], &["-CRLfile root.crl -crl_check_all"], false),
        ("outside", &[], &[], false),
        ("good", &["--at", "2001-01-01T00:00:00Z"], &["-attime 978307200"], false),
        ("good", &["--max-depth", "0"], &["-verify_depth 0"], false),
        ("good", &["--max-depth", "1"], &["-verify_depth 1"], true),
    ];
    for (leaf, ours, theirs, good) in rows {
        let (sealpost, openssl) = both(&bench, leaf, ours, theirs);
        assert_eq!(openssl.code == 0, *good, "openssl {leaf} {theirs:?}: {}{}", openssl.out, openssl.err);
        assert_eq!(sealpost.code, i32::from(!good), "sealpost {leaf} {ours:?}: {}{}", sealpost.out, sealpost.err);
    }
}

#[test]
fn a_revocation_is_told_with_date_and_reason() {
    needs!("openssl");
    let bench = made();
    let (run, _) = both(&bench, "revoked", &["--crl", "all.crl"], &[]);
    run.code(1).out_has("error[chain/revoked]: was revoked on").out_has("reason given: keyCompromise");
    bench.shell("openssl crl -in inter.crl -outform DER -out inter.der; openssl crl -in root.crl -outform DER -out root.der").code(0);
    let (run, _) = both(&bench, "revoked", &["--crl", "inter.der", "--crl", "root.der"], &[]);
    run.code(1).out_has("error[chain/revoked]");
}
