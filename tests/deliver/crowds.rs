//! Many at the same time: mail while the certificate changes under it, and connections that only wait. Short, unless SEALPOST_LONG is set.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustls::ClientConfig;

use crate::support::serve::{ServeProcess, configure, free_port, home_on};
use crate::support::smtp::Client;
use crate::support::tls::{self, TlsStream};

fn is_long() -> bool {
    std::env::var_os("SEALPOST_LONG").is_some()
}

/// The engine of a home that lets one address have as many connections as it likes.
fn roomy() -> ServeProcess {
    let port = free_port();
    let bench = home_on(port);
    configure(&bench, |text| format!("{text}\n[limits]\nconnections-per-address = 20000\n"));
    bench.run(["change", "commit", "room"]).code(0);
    ServeProcess::on(bench, port)
}

#[track_caller]
fn started(address: SocketAddr, config: &Arc<ClientConfig>) -> TlsStream {
    let mut client = Client::greeted(address);
    client.ask("STARTTLS", "220 ");
    tls::handshake(client.stream.try_clone().unwrap(), config, "mx1.example.com").unwrap()
}

/// One message over a connection of its own; the certificate that was shown.
#[track_caller]
fn send(address: SocketAddr, config: &Arc<ClientConfig>) -> String {
    let mut stream = started(address, config);
    for command in ["EHLO client.example", "MAIL FROM:<a@b.example>", "RCPT TO:<u@example.com>", "DATA"] {
        let reply = tls::ask(&mut stream, command);
        assert!(reply.starts_with(['2', '3']), "{command}: {reply:?}");
    }
    let reply = tls::ask(&mut stream, "Subject: x\r\n\r\nhello\r\n.");
    assert!(reply.starts_with("250 "), "{reply:?}");
    assert!(tls::ask(&mut stream, "QUIT").starts_with("221 "));
    tls::shown(&stream)
}

/// Ends the senders when it goes.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn certificates_change_under_load_and_no_connection_fails() {
    let commits = if is_long() { 50 } else { 4 };
    let server = roomy();
    let address = server.address;
    let (ended, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // Each resumes its sessions, as long as that is possible.
                let config = Arc::new(tls::config(None));
                while !ended.load(Ordering::Acquire) {
                    send(address, &config);
                    sent.fetch_add(1, Ordering::AcqRel);
                }
            });
        }
        // The senders end even when a check here fails.
        let _ending = Ending(&ended);
        let own = Arc::new(tls::config(None));
        let before = send(address, &own);
        for number in 0..commits {
            let name = format!("mx-{number}");
            server.run(&["cert", "new", &name, "--for", "listener:IncomingMail"]).code(0);
            let bind = ["role", "bind", "listener:IncomingMail", &name, "--commit", "next", "--with-pending"];
            server.run(&bind).code(0).err_has("engine/serving");
            let certificate = server.run(&["cert", "show", &name, "--format", "json"]).code(0).json();
            let shown = send(address, &own);
            assert_eq!(shown, certificate["certificate"]["sha256"].as_str().unwrap(), "the old certificate was shown");
            assert_ne!(shown, before);
        }
    });
    let log = server.log();
    assert!(sent.load(Ordering::Acquire) > 0);
    assert!(!log.contains("TLS failed") && !log.contains("Receiving Failed") && !log.contains(" lost"), "{log}");
}

#[test]
fn thousands_may_wait_and_the_next_one_is_served() {
    let count = if is_long() { 10_000 } else { 500 };
    let _ = sealpost::sys::runtime::raise_open_files();
    let server = roomy();
    let address = server.address;
    let config = Arc::new(tls::config(None));
    let mut waiting: Vec<TlsStream> = (0..count).map(|_| started(address, &config)).collect();
    send(address, &Arc::new(tls::config(None)));
    // All of them are still there.
    for stream in waiting.iter_mut().step_by(97) {
        assert!(tls::ask(stream, "NOOP").starts_with("250 "));
    }
    assert!(!server.log().contains("Failed"), "{}", server.log());
}
