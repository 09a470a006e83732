//! Certificates that nobody should have and somebody has, on a mail host of OpenSSL: settings that do not check a certificate connect to
//! every one of them, settings that do say what is wrong with it.

use sealpost::deliver::outcome::Outcome;

use crate::fake_dns::FakeDns;
use crate::needs;
use crate::outcomes::SETTINGS;
use crate::support::Bench;
use crate::support::mail_host::{MailHost, Server};
use crate::world::{World, gateway_trusting, parcel, run};

/// `ISSUER NAME KEY EXTENSIONS OPTIONS`: a key and a certificate in NAME.key and NAME.pem; NAME.anchor is what to believe.
const MAKING: &str = r#"
root() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 90 \
    -subj "/CN=odd root" -addext keyUsage=critical,keyCertSign; }
leaf() {
  openssl req -new -newkey $3 -nodes -keyout $2.key -out $2.csr -subj "/CN=${SUBJECT:-example.net}"
  printf "%b" "$4" > $2.ext
  openssl x509 -req -in $2.csr -CA $1.pem -CAkey $1.key -days 60 -out $2.pem $(test -s $2.ext && echo -extfile $2.ext) $5
  cp root.pem $2.anchor
}
own() {
  openssl req -x509 -newkey $EC -nodes -keyout $1.key -out $1.pem -subj "/CN=mail" -addext subjectAltName=DNS:$2 -days $3 $4
  cp $1.pem $1.anchor
}
EC="ec -pkeyopt ec_paramgen_curve:P-256"
SAN="subjectAltName=DNS:example.net\n"
root
leaf root rsa-1024 rsa:1024 "$SAN"
leaf root v1 rsa:2048 ""
leaf root unknown-critical "$EC" "${SAN}1.2.3.4=critical,ASN1:UTF8String:odd\n"
openssl genrsa -out rsa.key 2048
openssl req -x509 -key rsa.key -out rsa.pem -days 90 -subj "/CN=odd RSA root" -addext keyUsage=critical,keyCertSign
leaf rsa md5 "$EC" "$SAN" -md5; cp rsa.pem md5.anchor
leaf rsa sha1 "$EC" "$SAN" -sha1; cp rsa.pem sha1.anchor
leaf root common-name "$EC" "basicConstraints=CA:FALSE\n"
SUBJECT=example.net leaf root cn-beside-san "$EC" "subjectAltName=DNS:other.example\n"
leaf root any-usage "$EC" "$SAN"
leaf root for-signing-certificates "$EC" "${SAN}keyUsage=critical,keyCertSign\n"
leaf root for-encipherment rsa:2048 "${SAN}keyUsage=critical,keyEncipherment\n"
leaf root for-clients "$EC" "${SAN}extendedKeyUsage=clientAuth\n"
SUBJECT="odd intermediate" leaf root between "$EC" \
  "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nnameConstraints=critical,permitted;DNS:other.example\n"
leaf between constrained "$EC" "$SAN"; cat between.pem >> constrained.pem
leaf between constrained-common-name "$EC" "basicConstraints=CA:FALSE\n"; cat between.pem >> constrained-common-name.pem
own anchored-leaf example.net 60 "-addext basicConstraints=critical,CA:FALSE"
own anchored-leaf-as-ca example.net 60
own anchored-leaf-of-another other.example 60
"#;

/// Letters as in the table of outcomes: `P` clear text, `E` encrypted, `R` encrypted with the reason, `A` verified, `-` not sent.
const CASES: &[(&str, &str, &str)] = &[
    ("rsa-1024", "PEER--", "cert/weak-key"),
    ("v1", "PEER--", "cert/version"),
    ("unknown-critical", "PEER--", "cert/unknown-critical-ext"),
    ("md5", "PEER--", "cert/weak-signature"),
    ("sha1", "PEER--", "cert/weak-signature"),
    ("common-name", "PEEAAA", ""),
    ("cn-beside-san", "PEER--", "name/hostname-mismatch"),
    ("any-usage", "PEEAAA", ""),
    ("for-signing-certificates", "PEER--", "cert/ku-leaf"),
    ("for-encipherment", "PEEAAA", ""),
    ("for-clients", "PEER--", "cert/eku"),
    ("constrained", "PEER--", "chain/name-constraints"),
    ("constrained-common-name", "PEER--", "chain/name-constraints"),
    ("anchored-leaf", "PEEAAA", ""),
    ("anchored-leaf-as-ca", "PEEAAA", ""),
    ("anchored-leaf-of-another", "PEER--", "name/hostname-mismatch"),
    ("anchored-leaf-expired", "PEER--", "cert/expired-leaf"),
];

#[test]
fn odd_certificates_connect_where_nobody_checks_and_are_told_where_somebody_does() {
    needs!("openssl");
    let bench = Bench::new();
    bench.shell(MAKING).code(0);
    expired_anchor(&bench);
    let mut wrong = Vec::new();
    for (name, cells, code) in CASES {
        let options = format!("-cert {name}.pem -key {name}.key -cert_chain {name}.pem -cipher DEFAULT:@SECLEVEL=0");
        let host = MailHost::start(Server::OpenSsl(options), &bench.path(""));
        let anchor = String::from_utf8(bench.read(&format!("{name}.anchor"))).unwrap();
        for (setting, cell) in SETTINGS.iter().zip(cells.chars()) {
            let (seen, said) = cell_of(&host, &anchor, setting, code);
            if seen != cell {
                wrong.push(format!("{name} under {setting}: {seen} instead of {cell}\n{said}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// OpenSSL's commands make nothing that has expired.
fn expired_anchor(bench: &Bench) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(["example.net".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::ExplicitNoCa;
    params.not_after = time::OffsetDateTime::now_utc() - time::Duration::days(9);
    let pem = params.self_signed(&key).unwrap().pem();
    bench.write("anchored-leaf-expired.key", key.serialize_pem());
    bench.write("anchored-leaf-expired.pem", &pem);
    bench.write("anchored-leaf-expired.anchor", &pem);
}

/// The letter of what happened, `?` where the reason is another one than `code`, and what was logged.
fn cell_of(host: &MailHost, anchor: &str, setting: &str, code: &str) -> (char, String) {
    let (dns, _) = FakeDns::zone("example.net MX 10 mx1.example.net\nmx1.example.net A 127.0.0.1\n");
    let toml = format!("[destination]\ntls = \"{setting}\"\n");
    let world = World::of(gateway_trusting(&toml, dns.address, &[anchor]), host.address.port());
    run(async {
        let planned = world.plan("example.net").await.unwrap();
        let attempted = world.send(&planned, &parcel(&["you@example.net"], "Subject: x\n\nsecret\n").await).await;
        let lines = world.lines().join("\n");
        let has_code = lines.contains(&format!("code={code}"));
        let letter = match &attempted.ended[0].1.outcome {
            Outcome::Delivered { .. } if lines.contains("tls=none") => 'P',
            Outcome::Delivered { .. } if lines.contains("verify=ok") || lines.contains("verify=hosted-ok") => 'A',
            Outcome::Delivered { .. } if lines.contains("verify=failed") && has_code => 'R',
            Outcome::Delivered { .. } if !lines.contains("verify=") => 'E',
            Outcome::Deferred(reason) if has_code && reason.code() == code => '-',
            _ => '?',
        };
        (letter, format!("{lines}\n{:?}", attempted.ended))
    })
}
