//! Mended chains before real programs, and in a TLS handshake.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use crate::needs;
use crate::support::Bench;

/// A root, two intermediates and a leaf, and the file that somebody made of them: reversed, a copy, a stranger, CRLF.
const RECIPE: &str = r#"
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }
ca='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid'
leaf='basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=DNS:mx1.example.com'
issue() { # name, issuer, extensions
  key "$1"; openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  printf '%s\n' "$3" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 30 -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}
for n in root stranger; do
  key $n; openssl req -x509 -new -key $n.key -subj "/CN=$n" -days 60 -addext keyUsage=critical,keyCertSign,cRLSign -out $n.pem
done
issue upper root "$ca"
issue lower upper "$ca"
issue mx1.example.com lower "$leaf"
cp mx1.example.com.pem leaf.pem; cp mx1.example.com.key leaf.key
cat root.pem upper.pem stranger.pem lower.pem lower.pem leaf.pem | sed 's/$/\r/' > broken.pem
cat leaf.pem > alone.pem
mkdir pool; cp upper.pem lower.pem stranger.pem pool/
"#;

pub fn mended(bench: &Bench, arguments: &[&str]) {
    bench.shell(RECIPE).code(0);
    let run = bench.run(["lint", "--fix", "--trust", "root.pem"].iter().chain(arguments)).code(0);
    bench.write("mended.pem", run.raw);
}

pub const WAYS: [&[&str]; 2] = [&["broken.pem"], &["alone.pem", "--pool", "pool"]];

#[test]
fn openssl_and_certtool_accept_what_was_mended() {
    needs!("openssl", "certtool");
    for way in WAYS {
        let bench = Bench::new();
        mended(&bench, way);
        let first = bench.shell("openssl x509 -in mended.pem -noout -subject").code(0);
        assert!(first.out.contains("mx1.example.com"), "{}", first.out);
        bench.shell("openssl verify -CAfile root.pem -untrusted mended.pem -x509_strict mended.pem").code(0);
        bench.shell("certtool --verify --load-ca-certificate root.pem --infile mended.pem").code(0);
        bench.shell("cat leaf.pem lower.pem upper.pem | diff - mended.pem").code(0);
        bench.run(["lint", "--fix", "mended.pem", "--trust", "root.pem"]).code(0).err_has("nothing to mend");
    }
}

#[test]
fn a_handshake_with_a_mended_chain_succeeds() {
    needs!("openssl");
    for way in WAYS {
        let bench = Bench::new();
        mended(&bench, way);
        handshake(&bench, "mended.pem").unwrap();
        assert!(handshake(&bench, "alone.pem").is_err(), "a chain without its issuers passed");
    }
}

/// Client and server in memory.
fn handshake(bench: &Bench, chain: &str) -> Result<(), rustls::Error> {
    let certificates = |name: &str| -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(&bench.read(name)).collect::<Result<_, _>>().unwrap()
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::from_pem_slice(&bench.read("leaf.key")).unwrap();
    let server = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates(chain), key)?;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificates("root.pem").remove(0))?;
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut server = rustls::ServerConnection::new(Arc::new(server))?;
    let name = ServerName::try_from("mx1.example.com").unwrap();
    let mut client = rustls::ClientConnection::new(Arc::new(client), name)?;
    client.writer().write_all(b"hello").unwrap();
    while client.is_handshaking() || server.is_handshaking() || server.wants_write() || client.wants_write() {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).unwrap();
        }
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            server.read_tls(&mut rest).unwrap();
            server.process_new_packets()?;
        }
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            client.read_tls(&mut rest).unwrap();
            client.process_new_packets()?;
        }
    }
    let mut heard = [0; 5];
    server.reader().read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"hello");
    Ok(())
}
