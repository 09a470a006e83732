//! What OpenSSL, GnuTLS and Java say to a chain in a file, its root trusted, and what `sealpost lint` says to the same file.

use crate::needs;
use crate::support::Bench;

/// A root R, a stranger S, an upper authority B, an issuing one A, the same expired (X), and a leaf L; then the files.
const RECIPE: &str = r#"
cat > ca.cnf <<'EOF'
[ca]
default_ca = d
[d]
dir = .
database = $ENV::NAME.index
serial = $ENV::NAME.serial
new_certs_dir = .
default_md = sha256
default_days = 30
policy = p
unique_subject = no
[p]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:mx1.example.com
EOF
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }
export NAME
for NAME in R A B; do : > $NAME.index; echo 01 > $NAME.serial; done
for n in R S; do
  key $n; openssl req -x509 -new -key $n.key -subj "/CN=Root $n" -days 60 -addext keyUsage=critical,keyCertSign,cRLSign -out $n.pem
done
issue() { # file, common name, issuer, section, more
  f=$1 cn=$2 NAME=$3 section=$4; shift 4
  [ -e $f.key ] || key $f
  openssl req -new -key $f.key -subj "/CN=$cn" -out $f.csr
  openssl ca -batch -notext -config ca.cnf -cert $NAME.pem -keyfile $NAME.key -extensions $section -in $f.csr -out $f.pem "$@" 2>/dev/null
}
issue B "Upper CA" R authority
issue A "Issuing CA" B authority
cp A.key X.key
issue X "Issuing CA" B authority -startdate 20200101000000Z -enddate 20210101000000Z
issue L mx1.example.com A server
cat L.pem A.pem B.pem > good.pem
cat B.pem A.pem L.pem > reversed.pem
cat L.pem B.pem A.pem > misordered.pem
cat L.pem A.pem A.pem B.pem > twice.pem
cat L.pem A.pem S.pem B.pem > stranger.pem
cat L.pem A.pem B.pem R.pem > root.pem
cat L.pem A.pem > no-upper.pem
cat L.pem B.pem > no-issuer.pem
cat L.pem X.pem B.pem > expired.pem
cat L.pem A.pem B.pem | head -n -4 > cut.pem
openssl pkcs12 -export -inkey L.key -in L.pem -name mx -passout pass:changeit -out leaf.p12
"#;

/// A file, what each program says to it, and what we say.
struct Row {
    file: &'static str,
    /// `openssl verify`, `certtool --verify`, `certtool --verify-chain`, `keytool -importcert`.
    peers: [bool; 4],
    /// What a peer says where it says no, or what it keeps; in the same order.
    words: [&'static str; 4],
    /// Our findings about the chain and the file, and the block at whose first line the first one stands.
    ours: &'static [&'static str],
    block: Option<usize>,
    /// What a person is told that no peer tells.
    told: &'static str,
}

const YES: bool = true;
const NO: bool = false;

/// Of several certificates in a file, `openssl verify` and `certtool --verify` look at the first as the one in question and at the
/// others as a heap to choose from; Java sorts for itself and says nothing. None of them names a missing issuer.
const ROWS: [Row; 10] = [
    Row { file: "good", peers: [YES, YES, YES, YES], words: ["OK", "", "", "4"], ours: &[], block: None, told: "" },
    Row {
        file: "reversed",
        peers: [YES, YES, NO, YES],
        words: ["OK", "", "issuer is unknown", "4"],
        ours: &["error chain/leaf-not-first", "error chain/misordered"],
        block: Some(1),
        told: "the certificate of an authority stands first, not that of mx1.example.com",
    },
    Row {
        file: "misordered",
        peers: [YES, YES, NO, YES],
        words: ["OK", "", "issuer is unknown", "4"],
        ours: &["error chain/misordered"],
        block: Some(2),
        told: "Upper CA stands before Issuing CA",
    },
    Row {
        file: "twice",
        peers: [YES, YES, YES, YES],
        words: ["OK", "", "", "4"],
        ours: &["warning chain/duplicate"],
        block: Some(3),
        told: "Issuing CA stands here again",
    },
    Row {
        file: "stranger",
        peers: [YES, YES, YES, NO],
        words: ["OK", "", "", "Certificate chain is not valid"],
        ours: &["warning chain/unrelated"],
        block: Some(3),
        told: "Root S is on no path from the leaf",
    },
    Row {
        file: "root",
        peers: [YES, YES, YES, YES],
        words: ["OK", "", "", "4"],
        ours: &["note chain/root-included"],
        block: Some(4),
        told: "",
    },
    Row {
        file: "no-upper",
        // GnuTLS trusts whatever stands at the end; Java keeps half a chain.
        peers: [NO, NO, YES, YES],
        words: ["unable to get local issuer certificate", "issuer is unknown", "", "2"],
        ours: &["error chain/unknown-root"],
        block: Some(2),
        told: "the chain leads to Upper CA, which is not trusted",
    },
    Row {
        file: "no-issuer",
        peers: [NO, NO, NO, NO],
        words: [
            "unable to get local issuer certificate",
            "issuer is unknown",
            "issuer is unknown",
            "chain is not valid",
        ],
        ours: &["error chain/missing-intermediate"],
        block: Some(1),
        told: "the issuer of mx1.example.com is missing: Issuing CA",
    },
    Row {
        file: "expired",
        peers: [NO, NO, NO, YES],
        words: ["CN = Issuing CA", "expired certificate", "expired certificate", "4"],
        ours: &["error cert/expired-ca"],
        block: Some(2),
        told: "the CA certificate Issuing CA expired on 2021-01-01",
    },
    Row {
        file: "cut",
        peers: [NO, NO, NO, NO],
        words: [
            "unable to get local issuer",
            "Base64 unexpected header",
            "Base64 unexpected header",
            "Incomplete data",
        ],
        ours: &["error chain/missing-intermediate", "error pem/malformed"],
        block: Some(2),
        told: "block 3 (CERTIFICATE) is truncated",
    },
];

#[test]
fn each_says_its_own_to_the_same_chain_and_only_we_say_what_is_wrong_and_where() {
    needs!("openssl", "certtool", "keytool");
    let bench = Bench::new();
    bench.shell(RECIPE).code(0);
    for row in ROWS {
        peers(&bench, &row);
        ours(&bench, &row);
    }
}

fn peers(bench: &Bench, Row { file, peers, words, .. }: &Row) {
    let java = "keytool -J-Duser.language=en -keystore ks.p12 -storepass changeit";
    let commands = [
        format!("openssl verify -CAfile R.pem -untrusted {file}.pem {file}.pem"),
        format!("certtool --verify --load-ca-certificate R.pem --infile {file}.pem"),
        format!("certtool --verify-chain --infile {file}.pem"),
        format!(
            "cp leaf.p12 ks.p12; {java} -importcert -alias root -file R.pem -noprompt
            {java} -importcert -alias mx -file {file}.pem -noprompt && {java} -list -v -alias mx | grep 'chain length'"
        ),
    ];
    for ((command, says_yes), words) in commands.iter().zip(peers).zip(words) {
        let run = bench.shell(command);
        let said = format!("{}{}", run.out, run.err);
        assert_eq!(run.code == 0, *says_yes, "{file}: {command}\n{said}");
        assert!(said.contains(words), "{file}: {command}: no {words:?} in\n{said}");
    }
}

fn ours(bench: &Bench, row: &Row) {
    let file = format!("{}.pem", row.file);
    let run = bench.run(["lint", &file, "--trust", "R.pem", "--format", "json"]);
    let answer = run.json();
    // Those about what a private authority leaves out of its certificates are not about the chain.
    let about_the_chain =
        |rule: &str| !["cert/ca-eku", "cert/no-aia-issuer", "cert/no-revocation-info"].contains(&rule);
    let findings = answer["files"][0]["findings"].as_array().unwrap().iter();
    let findings: Vec<_> = findings.filter(|finding| about_the_chain(finding["rule"].as_str().unwrap())).collect();
    let said: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} {}", finding["severity"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
        .collect();
    assert_eq!(said, row.ours, "{file}");
    let text = String::from_utf8(bench.read(&file)).unwrap();
    let begins: Vec<u64> =
        (1..).zip(text.lines()).filter(|(_, line)| line.contains("BEGIN")).map(|(at, _)| at).collect();
    let line = findings.first().and_then(|finding| finding["place"]["line"].as_u64());
    assert_eq!(line, row.block.map(|block| begins[block - 1]), "{file}");
    let told = findings.iter().any(|finding| finding["message"].as_str().unwrap().contains(row.told));
    assert!(row.told.is_empty() || told, "{file}: no {:?} in {findings:#?}", row.told);
    assert_eq!(run.code, i32::from(said.iter().any(|said| said.starts_with("error"))), "{file}");
}
