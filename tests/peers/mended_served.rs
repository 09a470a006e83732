//! Mended chains on the wire: served by `openssl s_server`, met by `openssl s_client` and `gnutls-cli`, which know the root only.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::mended_chains::{WAYS, mended};
use crate::needs;
use crate::support::{Bench, Run};

/// `s_server` with a chain, on a port of its own choice.
struct Server {
    process: Child,
    port: String,
}

impl Server {
    fn start(bench: &Bench, chain: &str) -> Server {
        let arguments = ["s_server", "-accept", "127.0.0.1:0", "-key", "leaf.key", "-cert", "leaf.pem", "-cert_chain"];
        let mut command = Command::new("openssl");
        command.current_dir(bench.path("")).args(arguments).arg(chain);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.find_map(|line| line.unwrap().strip_prefix("ACCEPT ").map(str::to_owned));
        let port = ready.and_then(|address| address.rsplit(':').next().map(str::to_owned));
        // Whoever wants to write finds somebody who reads.
        std::thread::spawn(move || lines.for_each(drop));
        Server { process, port: port.expect("s_server names its port") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn openssl(bench: &Bench, server: &Server) -> Run {
    bench.shell(&format!(
        "openssl s_client -connect 127.0.0.1:{} -CAfile root.pem -no-CApath -verify_return_error \
         -verify_hostname mx1.example.com -servername mx1.example.com -brief </dev/null",
        server.port
    ))
}

fn gnutls(bench: &Bench, server: &Server) -> Run {
    bench.shell(&format!(
        "gnutls-cli 127.0.0.1 --port {} --x509cafile root.pem --sni-hostname mx1.example.com \
         --verify-hostname mx1.example.com </dev/null",
        server.port
    ))
}

#[test]
fn clients_that_know_the_root_accept_a_mended_chain_and_refuse_the_leaf_alone() {
    needs!("openssl", "gnutls-cli");
    for way in WAYS {
        let bench = Bench::new();
        mended(&bench, way);
        // s_server sends its leaf, and then what stands in the other file.
        bench.shell("sed '1,/END/d' mended.pem > issuers.pem").code(0);
        let server = Server::start(&bench, "issuers.pem");
        openssl(&bench, &server).code(0).err_has("Verification: OK");
        gnutls(&bench, &server).code(0).out_has("The certificate is trusted");
        let server = Server::start(&bench, "leaf.pem");
        assert_ne!(openssl(&bench, &server).code, 0, "{way:?}: without its issuers");
        assert_ne!(gnutls(&bench, &server).code, 0, "{way:?}: without its issuers");
    }
}
