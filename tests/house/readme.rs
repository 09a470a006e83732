//! What the README tells people to type works as it stands there.

use std::path::Path;

use crate::needs;
use crate::support::{Bench, run};

/// The fenced blocks of `text` with exactly this info string.
fn blocks<'a>(text: &'a str, info: &str) -> Vec<&'a str> {
    let opening = format!("```{info}\n");
    text.split(&opening).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect()
}

#[test]
fn the_blocks_marked_as_tests_run_in_order() {
    needs!("openssl");
    let Ok(readme) = std::fs::read_to_string("README.md") else {
        eprintln!("skipped: README.md not written yet");
        return;
    };
    let script = blocks(&readme, "sh test").join("\n");
    if script.is_empty() {
        assert!(!readme.contains("sh test"), "a block that is marked and was not found");
        return;
    }
    let bench = Bench::new();
    let program = Path::new(env!("CARGO_BIN_EXE_sealpost")).parent().unwrap();
    let path = std::env::join_paths(
        [program.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )
    .unwrap();
    let mut shell = std::process::Command::new("sh");
    shell.current_dir(bench.path("")).env("PATH", path).env("HOME", bench.path("")).env_remove("SEALPOST_HOME");
    run(shell.arg("-euc").arg(&script)).code(0);
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
