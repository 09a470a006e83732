//! The readers. Each is one process that loads all files, named by their numbers, with `leaf.key`, and prints a line for each:
//! `refused`, or the certificates that it would serve, in hexadecimal with commas between them.

use super::Loaded;
use crate::support::{Bench, Run};

/// `SSL_CTX_use_certificate_chain_file`, by `load_cert_chain`; a handshake in memory shows what is served.
const PYTHON_SSL: &str = r#"
import ssl, sys
def load(name):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(name, 'leaf.key')
    except ssl.SSLError:
        return 'refused'
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [client.wrap_bio(b, a), server.wrap_bio(a, b, server_side=True)]
    for _ in range(4):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
    chain = sides[0]._sslobj.get_unverified_chain()
    return ','.join(ssl.PEM_cert_to_DER_cert(c.public_bytes()).hex() for c in chain)
for number in range(int(sys.argv[1])):
    print(load(str(number)))
"#;

/// What gnutls-serv and every other server with GnuTLS calls.
const GNUTLS: &str = r#"
import ctypes, sys
gnutls = ctypes.CDLL('libgnutls.so.30')
class Datum(ctypes.Structure):
    _fields_ = [('data', ctypes.POINTER(ctypes.c_ubyte)), ('size', ctypes.c_uint)]
def load(name):
    credentials = ctypes.c_void_p()
    gnutls.gnutls_certificate_allocate_credentials(ctypes.byref(credentials))
    if gnutls.gnutls_certificate_set_x509_key_file(credentials, name.encode(), b'leaf.key', 1) < 0:
        return 'refused'
    chain, count = ctypes.POINTER(ctypes.c_void_p)(), ctypes.c_uint()
    gnutls.gnutls_certificate_get_x509_crt(credentials, 0, ctypes.byref(chain), ctypes.byref(count))
    served = []
    for i in range(count.value):
        der = Datum()
        gnutls.gnutls_x509_crt_export2(ctypes.c_void_p(chain[i]), 0, ctypes.byref(der))
        served.append(bytes(der.data[:der.size]).hex())
    return ','.join(served)
for number in range(int(sys.argv[1])):
    print(load(str(number)))
"#;

const GO: &str = r#"package main
import ("crypto/tls"; "fmt"; "os"; "strconv")
func main() {
	count, _ := strconv.Atoi(os.Args[1])
	for number := 0; number < count; number++ {
		pair, err := tls.LoadX509KeyPair(strconv.Itoa(number), "leaf.key")
		if err != nil {
			fmt.Println("refused")
			continue
		}
		for i, der := range pair.Certificate {
			if i > 0 {
				fmt.Print(",")
			}
			fmt.Printf("%x", der)
		}
		fmt.Println()
	}
}
"#;

/// What keytool calls for `-importcert` and `-printcert`. It knows no key.
const JAVA: &str = r#"
import java.io.*;
import java.security.cert.*;
import java.util.*;
public class Reader {
    public static void main(String[] arguments) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (int number = 0; number < Integer.parseInt(arguments[0]); number++) {
            StringBuilder line = new StringBuilder();
            try (InputStream in = new FileInputStream(String.valueOf(number))) {
                for (Certificate certificate : factory.generateCertificates(in)) {
                    line.append(line.length() > 0 ? "," : "").append(HexFormat.of().formatHex(certificate.getEncoded()));
                }
            } catch (CertificateException refused) {
                line = new StringBuilder("refused");
            }
            System.out.println(line);
        }
    }
}
"#;

pub fn python_ssl(bench: &Bench, count: usize) -> Vec<Loaded> {
    bench.write("reader.py", PYTHON_SSL);
    answers(bench.shell(&format!("python3 reader.py {count}")))
}

pub fn gnutls(bench: &Bench, count: usize) -> Vec<Loaded> {
    bench.write("reader.py", GNUTLS);
    answers(bench.shell(&format!("python3 reader.py {count}")))
}

pub fn go(bench: &Bench, count: usize) -> Vec<Loaded> {
    bench.write("reader.go", GO);
    answers(bench.shell(&format!("export GOCACHE=$PWD/cache GOPATH=$PWD/go; go run reader.go {count}")))
}

pub fn java(bench: &Bench, count: usize) -> Vec<Loaded> {
    bench.write("Reader.java", JAVA);
    answers(bench.shell(&format!("java Reader.java {count}")))
}

/// `nginx -t` with a server for each of these files.
pub fn nginx(bench: &Bench, numbers: &[usize]) -> Run {
    let folder = bench.path("");
    let folder = folder.to_str().unwrap().trim_end_matches('/');
    let servers: String = numbers
        .iter()
        .map(|number| {
            format!(
                "server {{ listen unix:{folder}/socket{number} ssl; \
                 ssl_certificate {folder}/{number}; ssl_certificate_key {folder}/leaf.key; }}\n"
            )
        })
        .collect();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
        .concat();
    bench.write(
        "nginx.conf",
        format!(
            "pid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}{servers}}}\n"
        ),
    );
    bench.shell(&format!("nginx -t -p {folder} -c {folder}/nginx.conf"))
}

fn answers(run: Run) -> Vec<Loaded> {
    assert_eq!(run.code, 0, "{}", run.err);
    run.out.lines().map(answer).collect()
}

fn answer(line: &str) -> Loaded {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let certificate = |text: &str| text.as_bytes().chunks(2).map(byte).collect();
    // Java loads an empty file as no certificate.
    (line != "refused" && !line.is_empty()).then(|| line.split(',').map(certificate).collect())
}
