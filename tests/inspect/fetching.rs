//! `--fetch-issuers`: what a chain lacks comes from where its certificates say, and from nowhere else.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sealpost::sys::fetch::{FetchError, Fetcher, LARGEST_ANSWER};

use crate::fake_dns::FakeDns;
use crate::needs;
use crate::support::authority::Authority;
use crate::support::{Bench, Run};
use crate::web::{self, Web};

/// A leaf whose issuer is published at `/issuing` of `web`, and that one's issuer, no anchor, at `/upper`.
struct Files {
    bench: Bench,
    web: Web,
    upper: Authority,
    issuing: Authority,
    leaf: String,
}

impl Files {
    fn new() -> Files {
        let (bench, web) = (Bench::new(), Web::start());
        let root = Authority::root("Example Root");
        let upper = root.intermediate("Example Upper").published_at(&[&web.url("/upper")]);
        let issuing = upper.intermediate("Example Issuing").published_at(&[&web.url("/issuing")]);
        let leaf = issuing.issue("mx1.example.com").1;
        bench.write("root.pem", root.pem());
        bench.write("leaf.pem", &leaf);
        Files { bench, web, upper, issuing, leaf }
    }

    /// Everything as it should be.
    fn published() -> Files {
        let files = Files::new();
        files.web.serve("/upper", der(files.upper.pem()));
        files.web.serve("/issuing", files.issuing.pem());
        files
    }

    fn lint(&self, arguments: &[&str]) -> Run {
        let always = ["lint", "--trust", "root.pem", "--ruleset", "private-ca", "--fetch-issuers"];
        self.bench.run(always.iter().chain(arguments))
    }
}

fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}

#[test]
fn a_chain_is_completed_issuer_by_issuer_and_told_from_where() {
    let files = Files::published();
    let mended = format!("{}{}{}", files.leaf, files.issuing.pem(), files.upper.pem());
    let run = files.lint(&["--fetch-private", "--fix", "leaf.pem"]).code(0);
    assert_eq!(run.out, mended);
    run.err_has(&format!("added Example Issuing: the path needs it; fetched from {}", files.web.url("/issuing")))
        .err_has(&format!("added Example Upper: the path needs it; fetched from {}", files.web.url("/upper")));
    let run = files.lint(&["--fetch-private", "leaf.pem"]).code(1);
    let run = run.out_has(&format!("fetched from {}: Example Issuing", files.web.url("/issuing")));
    let run = run.out_has("error[chain/missing-intermediate]: the issuer of mx1.example.com is missing");
    run.out_has(&format!("{} has it: CN=Example Issuing", files.web.url("/issuing"))).err_has("--fix mends 1");
    let answer = files.lint(&["--fetch-private", "leaf.pem", "--format", "json"]).code(1).json();
    let fetched = &answer["files"][0]["fetched"];
    assert_eq!(fetched[1]["url"], files.web.url("/upper"));
    assert_eq!(fetched[1]["wanted_by"], "Example Issuing");
    assert_eq!(fetched[1]["certificates"], serde_json::json!(["Example Upper"]));
}

#[test]
fn verify_takes_what_was_fetched_and_trusts_none_of_it() {
    let files = Files::published();
    let verify = |arguments: &[&str]| {
        let always = ["verify", "leaf.pem", "--fetch-issuers", "--fetch-private"];
        files.bench.run(always.iter().chain(arguments))
    };
    verify(&["--trust", "root.pem"]).code(0).out_has(&files.web.url("/upper"));
    // A root that somebody publishes is nobody's anchor.
    let stranger = Authority::root("Stranger").published_at(&[&files.web.url("/stranger")]);
    files.web.serve("/stranger", stranger.pem());
    files.bench.write("leaf.pem", stranger.issue("mx1.example.com").1);
    verify(&["--trust", "root.pem"])
        .code(1)
        .out_has(&format!("fetched from {}: Stranger", files.web.url("/stranger")))
        .out_has("error[chain/untrusted-root]");
}

#[test]
fn nothing_is_fetched_unless_asked_for_or_when_nothing_is_missing() {
    let files = Files::published();
    files.bench.run(["lint", "leaf.pem", "--trust", "root.pem"]).code(1);
    files.bench.run(["verify", "leaf.pem", "--trust", "root.pem"]).code(1);
    files.bench.write("whole.pem", format!("{}{}{}", files.leaf, files.issuing.pem(), files.upper.pem()));
    files.lint(&["--fetch-private", "whole.pem"]).code(0);
    assert_eq!(files.web.asked(), 0);
}

#[test]
fn without_anchors_the_chain_is_followed_as_far_as_it_goes() {
    let files = Files::published();
    let run = files.bench.run(["lint", "--trust", "none", "--fetch-issuers", "--fetch-private", "--fix", "leaf.pem"]);
    assert_eq!(run.out, format!("{}{}{}", files.leaf, files.issuing.pem(), files.upper.pem()));
}

#[test]
fn addresses_that_are_not_public_are_refused_by_whatever_name() {
    let files = Files::published();
    let refused = "which is not of the public internet; --fetch-private lets it be fetched";
    files.lint(&["leaf.pem"]).code(1).out_has("127.0.0.1 is not of the public internet; --fetch-private");
    let (dns, _) = FakeDns::zone(
        "ca.example.com A 127.0.0.1\nmeta.example.com A 169.254.169.254\nhouse.example.com AAAA fd00::1\n\
         link.example.com AAAA fe80::1\nloop.example.com CNAME ca.example.com\nmapped.example.com AAAA ::ffff:10.0.0.1",
    );
    let server = dns.address.to_string();
    for (host, address) in [
        ("ca.example.com", "127.0.0.1"),
        ("loop.example.com", "127.0.0.1"),
        ("meta.example.com", "169.254.169.254"),
        ("house.example.com", "fd00::1"),
        ("link.example.com", "fe80::1"),
        ("mapped.example.com", "::ffff:10.0.0.1"),
        ("localhost", "127.0.0.1"),
    ] {
        let port = files.web.address.port();
        let ca = Authority::root("Example CA").published_at(&[&format!("http://{host}:{port}/issuing")]);
        files.bench.write("other.pem", ca.issue("mx1.example.com").1);
        files.lint(&["other.pem", "--dns", &server]).code(1).out_has(&format!("is {address}, {refused}"));
    }
    assert_eq!(files.web.asked(), 0);
}

/// A second look-up could lead elsewhere (DNS rebinding).
#[test]
fn a_name_is_looked_up_once_and_what_was_found_is_connected_to() {
    let files = Files::new();
    let (dns, _) = FakeDns::zone("ca.example.com A 127.0.0.1");
    let url = format!("http://ca.example.com:{}/issuing", files.web.address.port());
    let ca = Authority::root("Example CA").published_at(&[&url]);
    files.web.serve("/issuing", ca.pem());
    files.bench.write("other.pem", ca.issue("mx1.example.com").1);
    files
        .lint(&["other.pem", "--fetch-private", "--dns", &dns.address.to_string()])
        .out_has(&format!("fetched from {url}: Example CA"));
    // One question for each family of addresses.
    assert_eq!((dns.questions(), files.web.asked()), (2, 1));
}

#[test]
fn what_cannot_be_used_is_told_and_the_rest_goes_on() {
    let files = Files::new();
    let other = Authority::root("Other Root");
    files.web.say("/issuing", "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n");
    let told = |text: &str| files.lint(&["--fetch-private", "leaf.pem"]).code(1).out_has(text).out;
    told("not fetched: issuer of mx1.example.com from http://127.0.0.1");
    told("the server sends on to http://10.0.0.1/, which is not followed");
    files.web.say("/issuing", "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n");
    told("the answer is larger than 65536 bytes");
    files.web.serve("/issuing", "<html>not here</html>");
    told("there is no certificate in what the server sent");
    files.web.serve("/issuing", other.pem());
    told("the server sent Other Root, which did not issue mx1.example.com");
    files.web.say("/issuing", "SSH-2.0-OpenSSH_9.6\r\n");
    told("the server does not speak HTTP as it should");
    files.web.say("/issuing", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    told("the server answered 503 Service Unavailable");
    // A namesake with another key is no issuer, and mends nothing.
    files.web.serve("/issuing", Authority::root("Example Issuing").pem());
    let run = files.lint(&["--fetch-private", "--fix", "leaf.pem"]).code(1);
    assert_eq!(run.out, files.leaf);
}

#[test]
fn the_second_url_is_asked_when_the_first_has_nothing() {
    let files = Files::published();
    let url = files.web.url("/issuing");
    let urls = ["ldap://ca.example.com/cn=CA?cACertificate", &files.web.url("/gone"), &url];
    let ca = Authority::root("Example CA").published_at(&urls);
    files.web.serve("/issuing", ca.pem());
    files.bench.write("other.pem", ca.issue("mx1.example.com").1);
    files
        .lint(&["--fetch-private", "other.pem"])
        .out_has("from ldap://ca.example.com/cn=CA?cACertificate: only http and https are fetched")
        .out_has("/gone: the server answered 404 Not Found")
        .out_has(&format!("fetched from {url}: Example CA"));
}

#[test]
fn a_circle_of_issuers_ends() {
    let files = Files::new();
    let [first, second] = ["/a", "/b"].map(|path| files.web.url(path));
    let a = Authority::root("A");
    let b = Authority::root("B").published_at(&[&second]);
    // Each certifies the other, and each says that the other is published where it is.
    let a_by_b = b.cross_sign(&a);
    let a = a.published_at(&[&first]);
    files.web.serve("/a", a_by_b);
    files.web.serve("/b", a.cross_sign(&b));
    files.bench.write("circle.pem", a.issue("mx1.example.com").1);
    files.lint(&["--fetch-private", "circle.pem"]).code(1).out_has("[chain/");
    assert_eq!(files.web.asked(), 2);
}

#[test]
fn an_endless_ladder_of_issuers_is_left_after_four() {
    let files = Files::new();
    let mut authority = Authority::root("Level 9").published_at(&[&files.web.url("/9")]);
    for level in (0..9).rev() {
        let name = format!("Level {level}");
        let next = authority.intermediate(&name).published_at(&[&files.web.url(&format!("/{level}"))]);
        files.web.serve(&format!("/{level}"), next.pem());
        authority = next;
    }
    files.bench.write("ladder.pem", authority.issue("mx1.example.com").1);
    files.lint(&["--fetch-private", "ladder.pem"]).code(1).out_has(": Level 3\n");
    assert_eq!(files.web.asked(), 4);
}

#[test]
fn many_files_of_one_issuer_ask_once() {
    let files = Files::published();
    std::fs::create_dir(files.bench.path("many")).unwrap();
    for index in 0..40 {
        files.bench.write(&format!("many/{index}.pem"), files.issuing.issue(&format!("mx{index}.example.com")).1);
    }
    let answer = files.lint(&["--fetch-private", "many", "--format", "json"]).code(1).json();
    assert_eq!(answer["files"].as_array().unwrap().len(), 40);
    assert!(answer["files"].as_array().unwrap().iter().all(|file| file["fetched"].as_array().unwrap().len() == 2));
    assert_eq!(files.web.asked(), 2);
}

#[test]
fn a_hostile_url_commands_no_terminal() {
    let files = Files::new();
    let ca = Authority::root("Example CA").published_at(&["http://\u{1b}[31m\nerror[x]: \u{7}/", "http://a b/"]);
    files.bench.write("hostile.pem", ca.issue("mx1.example.com").1);
    for form in ["text", "json", "github", "junit"] {
        let run = files.lint(&["--fetch-private", "hostile.pem", "--format", form]);
        assert!(!run.out.contains('\u{1b}') && !run.out.contains('\u{7}'), "{form}: {}", run.out);
        assert!(!run.out.lines().any(|line| line.starts_with("error[x]")), "{form}: {}", run.out);
    }
    files.lint(&["--fetch-private", "hostile.pem"]).out_has("it is no URL of a web server");
}

#[test]
fn der_pem_and_pkcs7_come_from_a_real_server() {
    needs!("python3", "openssl");
    let files = Files::new();
    files.bench.write("www-issuing.pem", files.issuing.pem());
    files.bench.write("www-upper.pem", files.upper.pem());
    let recipe = "mkdir www; cat www-issuing.pem www-upper.pem > both.pem
        openssl crl2pkcs7 -nocrl -certfile both.pem -outform DER -out www/both.p7c
        openssl crl2pkcs7 -nocrl -certfile both.pem -out www/both.pem
        openssl x509 -in www-issuing.pem -outform DER -out www/one.cer";
    files.bench.shell(recipe).code(0);
    let server = Python::serve(&files.bench);
    let upper = &files.upper;
    for (name, count) in [("both.p7c", 2), ("both.pem", 2), ("one.cer", 1)] {
        let url = format!("http://127.0.0.1:{}/{name}", server.port);
        // The same key and name: only where it is published differs.
        let issuing = files.issuing.again(upper).published_at(&[&url]);
        files.bench.write("other.pem", issuing.issue("mx1.example.com").1);
        let answer = files.lint(&["--fetch-private", "other.pem", "--format", "json"]).json();
        let fetched = &answer["files"][0]["fetched"][0];
        assert_eq!(fetched["url"], url);
        assert_eq!(fetched["certificates"].as_array().map(Vec::len), Some(count), "{fetched}");
    }
}

/// `python3 -m http.server` over the folder `www`, until the test is done.
struct Python {
    child: std::process::Child,
    port: u16,
}

impl Python {
    fn serve(bench: &Bench) -> Python {
        use std::io::{BufRead, BufReader};
        let mut command = std::process::Command::new("python3");
        command.current_dir(bench.path("www")).args(["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"]);
        let mut child =
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.split("port ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().parse().unwrap();
        Python { child, port }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_with_tls_must_be_vouched_for() {
    let files = Files::new();
    let house = Authority::root("House Root");
    let (key, certificate) = house.issue("localhost");
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/ca.crt", listener.local_addr().unwrap().port());
    let ca = Authority::root("Example CA").published_at(&[&url]);
    let body = ca.pem().to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
            if web::path(&mut stream) == "/ca.crt" {
                let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    files.bench.write("other.pem", ca.issue("mx1.example.com").1);
    files.bench.write("house.pem", house.pem());
    files.lint(&["--fetch-private", "other.pem"]).code(1).out_has("the TLS connection failed: ");
    let run = files.lint(&["--fetch-private", "other.pem", "--trust", "house=house.pem"]);
    run.out_has(&format!("fetched from {url}: Example CA"));
}

/// Below the commands, where the deadline can be chosen.
#[test]
fn time_and_size_are_limited_whatever_the_server_does() {
    let web = Web::start();
    let fetcher = Fetcher::new(&[], [], true).unwrap();
    let within = |path: &str, patience: Duration| fetcher.get(&web.url(path), Instant::now() + patience);
    let soon = Duration::from_millis(300);
    let long = Duration::from_secs(60);
    web.act("/silent", |_| std::thread::sleep(Duration::from_secs(5)));
    assert_eq!(within("/silent", soon), Err(FetchError::TooSlow));
    web.act("/trickle", |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(within("/trickle", soon), Err(FetchError::TooSlow));
    web.act("/endless", |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(b"400\r\n").and_then(|()| stream.write_all(&[b'x'; 1024])).is_ok() {
            let _ = stream.write_all(b"\r\n");
        }
    });
    assert_eq!(within("/endless", long), Err(FetchError::TooLarge));
    web.act("/headers", |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").is_ok() {}
    });
    assert!(matches!(within("/headers", long), Err(FetchError::Broken(_))));
    web.serve("/whole", vec![b'x'; LARGEST_ANSWER]);
    assert_eq!(within("/whole", long).unwrap().len(), LARGEST_ANSWER);
}
