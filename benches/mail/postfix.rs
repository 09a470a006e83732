//! A Postfix of its own: private directories, a free port, ended by its process id. Needs root, as Postfix does.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Failure, Server, free_address, quietly, times};

const SERVICES: &str = include_str!("../../tests/support/postfix-services.cf");

pub struct Postfix {
    folder: PathBuf,
    master: u32,
    address: SocketAddr,
}

/// Whether it can be started here.
pub fn is_there() -> bool {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    is_root && Path::new("/usr/sbin/postfix").is_file()
}

impl Postfix {
    /// In the new folder `folder`, with its defaults, and `settings` (lines of main.cf). It takes mail for example.com.
    pub fn start(folder: &Path, settings: &str) -> Result<Postfix, Failure> {
        let address = free_address()?;
        let folder = folder.to_owned();
        for name in ["", "etc", "queue", "data"] {
            fs::create_dir(folder.join(name))?;
        }
        open_to_others(&folder)?;
        certificate(&folder)?;
        let here = folder.display();
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {here}/queue\ndata_directory = {here}/data\n\
             maillog_file = {here}/mail.log\nmaillog_file_prefixes = {here}\n\
             myhostname = mx1.example.com\nmydestination =\nrelay_domains = example.com\nmynetworks = 192.0.2.1\n\
             alias_maps =\nalias_database =\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n\
             smtpd_client_connection_count_limit = 0\nsmtpd_tls_security_level = may\n\
             smtpd_tls_eckey_file = {here}/etc/key.pem\n\
             smtpd_tls_eccert_file = {here}/etc/certificate.pem\n{settings}\n"
        );
        fs::write(folder.join("etc/main.cf"), main)?;
        fs::write(folder.join("etc/master.cf"), format!("{address} inet n - n - - smtpd\n{SERVICES}"))?;
        quietly(Command::new("chown").args(["postfix", &format!("{here}/data")]))?;
        quietly(Command::new("postfix").arg("-c").arg(folder.join("etc")).arg("start"))?;
        let master = fs::read_to_string(folder.join("queue/pid/master.pid"))?.trim().parse()?;
        let postfix = Postfix { folder, master, address };
        postfix.wait()?;
        Ok(postfix)
    }

    /// Messages on hold.
    pub fn held(&self) -> usize {
        files(&self.folder.join("queue/hold"))
    }

    fn wait(&self) -> Result<(), Failure> {
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(self.address).is_err() {
            if Instant::now() > until {
                let log = fs::read_to_string(self.folder.join("mail.log")).unwrap_or_default();
                return Err(format!("Postfix does not listen:\n{log}").into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// Files in a folder and the folders below it.
fn files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}

/// Postfix's own users have to get through to the queue.
fn open_to_others(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    for folder in folder.ancestors().take_while(|folder| folder.starts_with(env!("CARGO_TARGET_TMPDIR"))) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Of the same kind as the engine's: ECDSA P-256, self-signed.
fn certificate(folder: &Path) -> Result<(), Failure> {
    let key = rcgen::KeyPair::generate()?;
    let certificate = rcgen::CertificateParams::new(vec!["mx1.example.com".to_owned()])?.self_signed(&key)?;
    fs::write(folder.join("etc/key.pem"), key.serialize_pem())?;
    fs::write(folder.join("etc/certificate.pem"), certificate.pem())?;
    quietly(Command::new("chmod").arg("600").arg(folder.join("etc/key.pem")))
}

impl Server for Postfix {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn cpu(&self) -> Duration {
        let own = times(self.master).map_or(Duration::ZERO, |times| times.own + times.ended_children);
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let children = processes.filter_map(times).filter(|times| times.parent == self.master);
        own + children.map(|times| times.own).sum::<Duration>()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // The master ends its children.
        let _ = Command::new("kill").arg(self.master.to_string()).status();
        let until = Instant::now() + Duration::from_secs(10);
        while Path::new(&format!("/proc/{}", self.master)).exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
