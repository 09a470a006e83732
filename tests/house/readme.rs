//! What the README tells people to type works as it stands there.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::needs;
use crate::support::serve::free_port;
use crate::support::smtp::LONG;
use crate::support::{Bench, run};

/// The fenced blocks of `text` with exactly this info string.
fn blocks<'a>(text: &'a str, info: &str) -> Vec<&'a str> {
    let opening = format!("```{info}\n");
    text.split(&opening).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect()
}

/// A shell in the folder of `bench` that finds the program under test.
fn shell(bench: &Bench, script: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_sealpost")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([program.to_owned()].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let mut shell = Command::new("sh");
    shell.current_dir(bench.path("")).env("PATH", path).env("HOME", bench.path("")).env_remove("SEALPOST_HOME");
    shell.arg("-euc").arg(script);
    shell
}

/// A program that runs in the background as long as the test.
struct Background(Child);

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_blocks_marked_as_tests_run_in_order_and_then_the_gateway_carries_mail() {
    needs!("openssl");
    let readme = std::fs::read_to_string("README.md").unwrap();
    // Its ports may be in use on this machine.
    let ports = [("2525", free_port().to_string()), ("2626", free_port().to_string())];
    let readme = ports.iter().fold(readme, |text, (told, free)| text.replace(told, free));
    let bench = Bench::new();
    run(&mut shell(&bench, &blocks(&readme, "sh test").join("\n"))).code(0);

    let block = blocks(&readme, "sh serve").concat();
    let (in_background, then): (Vec<&str>, Vec<&str>) = block.lines().partition(|line| line.contains(" &"));
    let started = in_background.iter().zip(ports.iter().rev()).map(|(line, (_, port))| {
        let (command, _) = line.split_once(" &").unwrap();
        let mut command = shell(&bench, &format!("exec {command}"));
        let child = command.env("SEALPOST_HOME", bench.path("gateway")).stdout(Stdio::null()).spawn().unwrap();
        let started = Background(child);
        until(|| TcpStream::connect(("127.0.0.1", port.parse().unwrap())).is_ok());
        started
    });
    let started: Vec<Background> = started.collect();
    assert_eq!(started.len(), 2);
    let typed =
        |lines: &[&str]| run(shell(&bench, &lines.join("\n")).env("SEALPOST_HOME", bench.path("gateway"))).code(0);
    let (send, look) = then.split_at(1);
    typed(send).err_has("over TLSv1.3, verified as mx1.example.com");
    // A person needs longer than this to type the next line.
    let log = bench.path("gateway/log/mail.log");
    until(|| std::fs::read_to_string(&log).is_ok_and(|text| text.contains("Message finished MID 1 done")));
    typed(look).out_has("DCID 1 TLS success protocol TLSv1.3").out_has("out to example.com over TLS 1.3");
}

#[track_caller]
fn until(holds: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < end, "it never came to that");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_example_of_the_readme_lives_a_whole_life_and_never_twice_in_one_folder() {
    needs!("openssl");
    let bench = Bench::new();
    let script = std::fs::canonicalize("examples/first-profile.sh").unwrap();
    let example = || {
        let mut shell = std::process::Command::new("sh");
        run(shell.current_dir(bench.path("")).env("SEALPOST", env!("CARGO_BIN_EXE_sealpost")).arg(&script))
    };
    example()
        .code(0)
        .out_has("\n$ sealpost cert import mx-2026 signed.pem intermediate.pem --commit \"signed by Example CA\"\n");
    bench
        .shell("openssl pkcs12 -in first-profile/mx.p12 -passin file:first-profile/password -nokeys -clcerts")
        .code(0)
        .out_has("mx1.example.com");
    example().code(2).err_has("first-profile exists already; remove it first");
}

#[test]
fn a_block_is_found_by_its_whole_info_string() {
    let text = "a\n```sh\nno\n```\n```sh test\none\ntwo\n```\ntext\n```sh test\nthree\n```\n";
    assert_eq!(blocks(text, "sh test"), ["one\ntwo", "three"]);
}
