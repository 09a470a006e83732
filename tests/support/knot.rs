//! Knot DNS with zones of the test's own, on a free port of loopback, ended with the value.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::serve::free_port;
use super::smtp::LONG;

pub struct Knot {
    child: Child,
    folder: tempfile::TempDir,
    pub address: SocketAddr,
}

impl Knot {
    /// Serves `zones`: the name of each with its records, to which SOA and NS are added.
    #[track_caller]
    pub fn start(zones: &[(&str, &str)]) -> Knot {
        let folder = tempfile::tempdir().expect("folder");
        let here = folder.path().display();
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let mut conf = format!(
            "server:\n  rundir: {here}\n  listen: 127.0.0.1@{}\ndatabase:\n  storage: {here}\nlog:\n- target: stderr\n  any: info\nzone:\n",
            address.port()
        );
        for (zone, records) in zones {
            let text = format!(
                "$ORIGIN {zone}.\n$TTL 300\n@ SOA ns.{zone}. admin.{zone}. 1 300 300 300 300\n@ NS ns\nns A 127.0.0.1\n{records}\n"
            );
            fs::write(folder.path().join(format!("{zone}.zone")), text).expect("zone");
            conf += &format!("- domain: {zone}\n  file: {here}/{zone}.zone\n  semantic-checks: off\n");
        }
        fs::write(folder.path().join("knot.conf"), conf).expect("knot.conf");
        let log = fs::File::create(folder.path().join("log")).expect("log");
        let child = Command::new("knotd")
            .arg("-c")
            .arg(folder.path().join("knot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("knotd");
        let mut knot = Knot { child, folder, address };
        let until = Instant::now() + LONG;
        while TcpStream::connect(address).is_err() || !knot.log().contains("server started") {
            let ended = knot.child.try_wait().expect("wait");
            assert!(ended.is_none() && Instant::now() < until, "knotd does not answer:\n{}", knot.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        knot
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Knot {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
