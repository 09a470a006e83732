//! The numbers for monitoring agree with what happened, and follow the configuration.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::support::Bench;
use crate::support::serve::{ServeProcess, configure, free_port, home_on};
use crate::support::smtp::{Client, LONG, SinkProcess};

fn on_loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The whole response to a request.
#[track_caller]
fn http(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream.write_all(format!("{request} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

fn home_with_metrics(port: u16, metrics: u16) -> Bench {
    let bench = home_on(port);
    configure(&bench, |text| format!("{text}\n[metrics]\naddress = \"127.0.0.1:{metrics}\"\n"));
    bench.run(["change", "commit", "metrics"]).code(0);
    bench
}

#[test]
fn what_happened_is_counted_and_what_runs_is_told() {
    let (port, metrics) = (free_port(), free_port());
    let server = ServeProcess::on(home_with_metrics(port, metrics), port);
    let mut client = Client::greeted(server.address);
    assert!(client.message("u@example.com", "x").starts_with("250 "));
    client.ask("FOO", "500 ");
    let page = http(on_loopback(metrics), "GET /metrics");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    for line in [
        "sealpost_connections_total{direction=\"incoming\"} 1",
        "sealpost_messages_accepted_total 1",
        "sealpost_incoming_connections 1",
        "sealpost_revision 3",
        "sealpost_queue_messages 1",
        "sealpost_log_lines_lost_total 0",
        "sealpost_certificate_not_after_seconds{role=\"listener:IncomingMail\",profile=\"Demo\"} ",
    ] {
        assert!(page.lines().any(|found| found.starts_with(line)), "{line} is missing in\n{page}");
    }
    assert!(page.trim_end().ends_with("# EOF"), "{page}");
    assert!(http(on_loopback(metrics), "POST /metrics").starts_with("HTTP/1.1 405 "));
    assert!(http(on_loopback(metrics), "GET /../etc/passwd").starts_with("HTTP/1.1 404 "));
}

/// Where mail goes and where it does not, told by the labels that people ask for.
#[test]
fn deliveries_are_counted_by_outcome_tls_and_reason() {
    let (port, metrics) = (free_port(), free_port());
    let bench = home_with_metrics(port, metrics);
    let good = SinkProcess::start(&["--name", "example.com"]);
    let bare = SinkProcess::start(&["--fail", "no-starttls"]);
    let (good_address, bare_address) = (good.address, bare.address);
    configure(&bench, |text| {
        text.replace("domains = [\"example.com\"]", "domains = [\"example.com\", \"example.net\"]")
            + &format!(
                "\n[route.\"example.com\"]\nhosts = [\"{good_address}\"]\n\
                 [route.\"example.net\"]\nhosts = [\"{bare_address}\"]\n\
                 [destination.\"example.com\"]\ntls = \"preferred\"\n\
                 [destination.\"example.net\"]\ntls = \"required\"\n"
            )
    });
    bench.run(["change", "commit", "routes"]).code(0);
    let server = ServeProcess::on(bench, port);
    let mut client = Client::greeted(server.address);
    assert!(client.message("u@example.com", "x").starts_with("250 "));
    assert!(client.message("u@example.net", "x").starts_with("250 "));
    let wanted = [
        "sealpost_connections_total{direction=\"outgoing\"} 2",
        "sealpost_recipients_delivered_total{tls=\"TLSv1.3\",verify=\"none\"} 1",
        "sealpost_recipients_delayed_total{reason=\"tls/starttls-not-offered\"} 1",
        "sealpost_tls_failures_total{direction=\"outgoing\",reason=\"tls/starttls-not-offered\"} 1",
        "sealpost_tls_required_failures_total 1",
        "sealpost_queue_messages 1",
        "sealpost_queue_oldest_age_seconds ",
    ];
    let until = Instant::now() + LONG;
    loop {
        let page = http(on_loopback(metrics), "GET /metrics");
        let missing = wanted.iter().find(|line| !page.lines().any(|found| found.starts_with(**line)));
        let Some(missing) = missing else { break };
        assert!(Instant::now() < until, "{missing} is missing in\n{page}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_page_moves_with_the_configuration_and_never_to_the_network() {
    let (port, before, after) = (free_port(), free_port(), free_port());
    let server = ServeProcess::on(home_with_metrics(port, before), port);
    assert!(http(on_loopback(before), "GET /metrics").contains("sealpost_revision 3"));
    configure(&server.bench, |text| text.replace(&before.to_string(), &after.to_string()));
    server.run(&["change", "commit", "moved"]).code(0);
    assert!(http(on_loopback(after), "GET /metrics").contains("sealpost_revision 4"));
    configure(&server.bench, |text| text.replace(&format!("127.0.0.1:{after}"), &format!("0.0.0.0:{after}")));
    server.run(&["change", "commit", "open"]).code(2).err_has("from the network");
    // Somebody who holds the connection open keeps the next one waiting, but not for ever.
    let _idle = TcpStream::connect(on_loopback(after)).unwrap();
    assert!(http(on_loopback(after), "GET /metrics").starts_with("HTTP/1.1 200 "));
}
