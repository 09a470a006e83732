//! `sealpost serve` under a service manager, and as whom it runs.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::needs;
use crate::support::serve::{free_port, home_on};
use crate::support::smtp::{Client, LONG};
use crate::support::{Bench, run};

/// Ended with the test.
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Process {
        Process(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn port_of(address: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], address))
}

/// Connects as soon as somebody listens.
fn connected(port: u16) -> Client {
    let until = Instant::now() + LONG;
    while std::net::TcpStream::connect(port_of(port)).is_err() {
        assert!(Instant::now() < until, "nobody listens on {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
    Client::greeted(port_of(port))
}

/// sd_notify(3): what a manager is told when the engine is ready, reloads and stops.
#[test]
fn the_manager_is_told_what_the_engine_is_about() {
    let port = free_port();
    let bench = home_on(port);
    let path = bench.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let told = || {
        let mut buffer = [0; 4_096];
        let octets = socket.recv(&mut buffer).expect("the manager is told nothing");
        String::from_utf8_lossy(&buffer[..octets]).into_owned()
    };
    let mut serve = Process::start(bench.sealpost().env("NOTIFY_SOCKET", &path).args(["serve", "--grace", "1"]));
    assert_eq!(told().trim(), "READY=1");
    Client::greeted(port_of(port));
    serve.signal(Signal::HUP);
    let reloading = told();
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{reloading}");
    assert_eq!(told().trim(), "READY=1");
    serve.signal(Signal::TERM);
    assert_eq!(told().trim(), "STOPPING=1");
    assert_eq!(serve.0.wait().unwrap().code(), Some(0));
}

#[test]
fn the_sockets_that_systemd_holds_are_used() {
    needs!("systemd-socket-activate");
    let port = free_port();
    let bench = home_on(port);
    let mut command = Command::new("systemd-socket-activate");
    command.args(["-l", &format!("127.0.0.1:{port}"), env!("CARGO_BIN_EXE_sealpost")]);
    command.arg("--home").arg(bench.home()).args(["serve", "--grace", "1"]);
    let _serve = Process::start(&mut command);
    let reply = connected(port).message("u@example.com", "Subject: x\r\n\r\nx");
    assert!(reply.starts_with("250 "), "{reply}");
}

#[test]
fn systemd_understands_the_units() {
    needs!("systemd-analyze");
    let bench = Bench::new();
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let service = std::fs::read_to_string(format!("{templates}/sealpost.service")).unwrap();
    let here = service
        .replace("/usr/local/bin/sealpost", env!("CARGO_BIN_EXE_sealpost"))
        .replace("User=sealpost", "User=daemon")
        .replace("Group=sealpost", "Group=daemon");
    let units = [
        bench.write("sealpost.service", here),
        bench.write("sealpost.socket", std::fs::read(format!("{templates}/sealpost.socket")).unwrap()),
    ];
    let verified = run(Command::new("systemd-analyze").args(["verify", "--man=no"]).args(units)).code(0);
    // What it ignores, it only tells.
    assert!(!verified.err.contains("sealpost."), "{}", verified.err);
}

#[test]
fn as_root_it_opens_its_ports_and_becomes_the_user_who_owns_the_home() {
    let port = free_port();
    let bench = home_on(port);
    if std::fs::metadata(bench.home()).unwrap().uid() != 0 {
        eprintln!("skipped: not root");
        return;
    }
    let refused = bench.run(["serve", "--user", "nobody"]).code(2);
    refused
        .err_has("error[engine/user]: the engine shall run as `nobody`, who does not own the home")
        .err_has("(belongs to root)");
    bench.run(["serve", "--user", "no such user"]).code(2).err_has("there is no user `no such user`");
    // The scratch folder is root's alone.
    bench.shell("chmod 711 .; chown -R nobody: home").code(0);
    let serve = Process::start(bench.sealpost().args(["serve", "--user", "nobody", "--grace", "1"]));
    let reply = connected(port).message("u@example.com", "Subject: x\r\n\r\nx");
    assert!(reply.starts_with("250 "), "{reply}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", serve.id())).unwrap();
    let ids = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).unwrap().trim().to_owned();
    let nobody = std::fs::metadata(bench.home()).unwrap().uid().to_string();
    assert!(ids("Uid:").split_whitespace().all(|id| id == nobody), "{}", ids("Uid:"));
    assert_eq!(ids("Groups:"), "", "no group of root is left");
    let foreign = bench.shell(&format!("find home ! -uid {nobody}")).code(0).out;
    assert_eq!(foreign, "", "written as root");
}
