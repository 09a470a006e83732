//! `sealpost serve`: what runs is what was committed, at once, and what cannot run is not committed.

use std::net::TcpListener;
use std::process::Command;

use rustix::process::Signal;

use crate::needs;
use crate::support::Bench;
use crate::support::serve::{ServeProcess, configure, home_on};
use crate::support::smtp::Client;

#[test]
fn a_commit_changes_the_certificate_of_the_next_connection_and_not_of_the_one_before() {
    let server = ServeProcess::start();
    let mut before = Client::greeted(server.address);
    server.run(&["cert", "new", "mine", "--for", "listener:IncomingMail"]).code(0);
    server.run(&["role", "bind", "listener:IncomingMail", "mine"]).code(0);
    let committed = server.run(&["change", "commit", "mine", "--format", "json"]).code(0).json();
    let serving = server.next();
    let sha256 = server.run(&["cert", "show", "mine", "--format", "json"]).code(0).json()["certificate"]["sha256"]
        .as_str()
        .expect("fingerprint")
        .to_owned();
    assert_eq!((&serving["event"], &serving["revision"]), (&"serving".into(), &3.into()));
    assert_eq!(serving["served"][0]["sha256"], *sha256);
    let told = committed["remarks"].to_string();
    assert!(told.contains("engine/serving") && told.contains(&sha256[..16]), "{told}");
    before.ask("NOOP", "250 ");

    needs!("openssl");
    let presented = Command::new("sh")
        .arg("-c")
        .arg(format!(
            "echo QUIT | openssl s_client -starttls smtp -connect {} 2>/dev/null | openssl x509 -outform DER | sha256sum",
            server.address
        ))
        .output()
        .expect("openssl");
    assert!(String::from_utf8_lossy(&presented.stdout).starts_with(&sha256), "{presented:?}");
}

#[test]
fn a_rollback_is_served_at_once_too() {
    let server = ServeProcess::start();
    server.run(&["cert", "new", "mine", "--for", "listener:IncomingMail"]).code(0);
    server.run(&["role", "bind", "listener:IncomingMail", "mine", "--commit", "mine", "--with-pending"]).code(0);
    assert_eq!(server.next()["served"][0]["profile"], "mine");
    server.run(&["change", "rollback"]).code(0).err_has("note[engine/serving]");
    let serving = server.next();
    assert_eq!((&serving["revision"], &serving["served"][0]["demo"]), (&4.into(), &true.into()));
}

#[test]
fn a_revision_that_the_engine_cannot_open_ports_for_is_not_committed() {
    let mut server = ServeProcess::start();
    let taken = TcpListener::bind("127.0.0.1:0").expect("bind");
    let port = taken.local_addr().expect("address").port();
    configure(&server.bench, |text| {
        text.replace(&format!("port = {}\n", server.address.port()), &format!("port = {port}\n"))
    });
    let refused = server.run(&["change", "commit", "elsewhere"]).code(2);
    refused.err_has("error[engine/refused]").err_has(&format!("127.0.0.1:{port}")).err_has("nothing was committed");
    Client::greeted(server.address).ask("NOOP", "250 ");
    // The port is free again: the same edits are committed, the old port is closed.
    drop(taken);
    server.run(&["change", "commit", "elsewhere"]).code(0).err_has("serves revision 3");
    Client::greeted(std::net::SocketAddr::from(([127, 0, 0, 1], port))).ask("QUIT", "221 ");
    assert!(std::net::TcpStream::connect(server.address).is_err(), "the old port still takes connections");
    assert_eq!(server.stop(), 0);
}

#[test]
fn the_end_is_in_order_and_leaves_nothing_behind() {
    let mut server = ServeProcess::start();
    let mut client = Client::greeted(server.address);
    server.signal(Signal::HUP);
    assert_eq!(server.next()["event"], "serving");
    client.message("a@example.com", "Subject: kept\r\n\r\nhello");
    client.ask("QUIT", "221 ");
    assert_eq!(server.stop(), 0);
    assert_eq!(server.next()["event"], "stopping");
    assert!(!server.bench.home().join("control.sock").exists());
    assert!(server.log().trim_end().ends_with("stopped"), "{}", server.log());
    // Without an engine, a commit says nothing of one.
    server.run(&["cert", "new", "other", "--cn", "mx1.example.com", "--commit", "other"]).code(0);
}

#[test]
fn what_keeps_an_engine_from_starting_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("bind");
    let bench = home_on(taken.local_addr().expect("address").port());
    bench
        .run(["serve"])
        .code(2)
        .err_has("error[engine/port]")
        .err_has("listener IncomingMail cannot wait on 127.0.0.1:");
    Bench::new().run(["serve"]).code(2).err_has("error[home/missing]");

    let server = ServeProcess::start();
    // The ports are taken as well, but two engines on one home are refused before anything of the first is touched.
    let running = format!("error[engine/running]: an engine runs for this home already: process {}", server.process());
    server.run(&["serve"]).code(2).err_has(&running).err_has("it serves revision 2: IncomingMail on 127.0.0.1:");
    Client::greeted(server.address).ask("QUIT", "221 ");
}
