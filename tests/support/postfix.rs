//! A Postfix of its own: private directories, a free port of loopback, ended by its process id. It needs root, as Postfix does.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;
use std::time::{Duration, Instant};

use super::serve::free_port;
use super::smtp::LONG;
use super::{peer, run};

/// Services by the names that Postfix's programs look for.
const SERVICES: &str = include_str!("postfix-services.cf");

pub struct Postfix {
    folder: tempfile::TempDir,
    master: u32,
    /// Where it takes mail from loopback.
    pub address: SocketAddr,
}

impl Postfix {
    /// With lines for `main.cf` and `master.cf` besides; `None`, said aloud, where it cannot be started.
    #[track_caller]
    pub fn start(main: &str, services: &str) -> Option<Postfix> {
        if !peer("postfix") {
            return None;
        }
        if !fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            eprintln!("skipped: Postfix needs root");
            return None;
        }
        let folder = tempfile::tempdir().expect("folder");
        let here = folder.path().display().to_string();
        // Postfix's own users have to get through.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("mode");
        for name in ["etc", "queue", "data"] {
            fs::create_dir(folder.path().join(name)).expect("folder");
        }
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {here}/queue\ndata_directory = {here}/data\n\
             maillog_file = {here}/mail.log\nmaillog_file_prefixes = {here}\nmyhostname = postfix.example\n\
             mydestination =\nmynetworks = 127.0.0.0/8\nalias_maps =\nalias_database =\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nsmtp_tls_loglevel = 1\n{main}\n"
        );
        let master = format!("{address} inet n - n - - smtpd\n{SERVICES}{services}\n");
        fs::write(folder.path().join("etc/main.cf"), main).expect("main.cf");
        fs::write(folder.path().join("etc/master.cf"), master).expect("master.cf");
        run(Command::new("chown").args(["postfix", &format!("{here}/data")])).code(0);
        let started = run(Command::new("postfix").arg("-c").arg(folder.path().join("etc")).arg("start"));
        let log = fs::read_to_string(folder.path().join("mail.log")).unwrap_or_default();
        assert_eq!(started.code, 0, "{}\n{log}", started.err);
        let master = fs::read_to_string(folder.path().join("queue/pid/master.pid")).expect("master.pid");
        let postfix = Postfix { folder, master: master.trim().parse().expect("a process id"), address };
        postfix.log_has("daemon started");
        Some(postfix)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("mail.log")).unwrap_or_default()
    }

    /// Waits until its log has `part`.
    #[track_caller]
    pub fn log_has(&self, part: &str) {
        let until = Instant::now() + LONG;
        while !self.log().contains(part) {
            assert!(Instant::now() < until, "{part:?} does not come to stand in Postfix's log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // The master ends its children.
        let _ = Command::new("kill").arg(self.master.to_string()).status();
        let until = Instant::now() + LONG;
        while std::path::Path::new(&format!("/proc/{}", self.master)).exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
