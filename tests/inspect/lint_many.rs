//! `sealpost lint` over many files: settings found upwards, waivers, baselines, directories, sizes, order.

use std::os::unix::fs::PermissionsExt;

use crate::support::Bench;
use crate::support::authority::Authority;

/// `good.pem`, and `bad.pem` with the issuer first; both under `root.pem`.
fn bench() -> Bench {
    let bench = Bench::new();
    let root = Authority::root("Example Root");
    let issuing = root.intermediate("Example Issuing");
    let (_, leaf) = issuing.issue("mx1.example.com");
    bench.write("root.pem", root.pem());
    for folder in ["certs", "certs/inner", "other"] {
        std::fs::create_dir(bench.path(folder)).unwrap();
    }
    bench.write("certs/good.pem", format!("{leaf}{}", issuing.pem()));
    bench.write("certs/inner/bad.pem", format!("{}{leaf}", issuing.pem()));
    bench.write("other/bad.pem", format!("{}{leaf}", issuing.pem()));
    bench
}

const ASKED: [&str; 5] = ["lint", "--trust", "root.pem", "--ruleset", "private-ca"];

fn lint(bench: &Bench, arguments: &[&str]) -> crate::support::Run {
    bench.run(ASKED.iter().chain(arguments))
}

#[test]
fn directories_are_searched_through_and_the_answer_is_in_order() {
    let bench = bench();
    for index in 0..40 {
        std::fs::copy(bench.path("certs/good.pem"), bench.path(format!("other/{index:02}.pem"))).unwrap();
    }
    let run = lint(&bench, &["certs", "other", "--format", "json"]).code(1).json();
    let files: Vec<&str> = run["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    let mut sorted = files.clone();
    sorted.sort();
    assert_eq!(files.len(), 43);
    assert_eq!(files, sorted, "certs/good, certs/inner/bad, other/00 …");
    lint(&bench, &["certs", "other"])
        .code(1)
        .out_has("worst files")
        .out_has("other/bad.pem:1: error[chain/leaf-not-first]");
}

#[test]
fn sockets_and_unreadable_files_and_giants_stop_nobody() {
    let bench = bench();
    let _socket = std::os::unix::net::UnixListener::bind(bench.path("certs/socket.pem")).unwrap();
    let giant = std::fs::File::create(bench.path("certs/giant.pem")).unwrap();
    giant.set_len(1 << 30).unwrap();
    let run = lint(&bench, &["certs"]).code(2).err_has("error[input/too-large]").out_has("good.pem");
    assert!(!run.out.contains("socket.pem") && !run.err.contains("socket.pem"));
    std::fs::remove_file(bench.path("certs/giant.pem")).unwrap();
    lint(&bench, &["certs"]).code(1);
    std::fs::create_dir(bench.path("empty")).unwrap();
    lint(&bench, &["empty"]).code(2).err_has("error[lint/no-files]");
}

/// Root reads everything, so it becomes somebody else first.
#[test]
fn what_nobody_may_read_is_told_and_the_others_are_read() {
    let bench = bench();
    let mode = |name: &str, mode| {
        std::fs::set_permissions(bench.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    bench.write("certs/dark.pem", "x");
    std::fs::create_dir(bench.path("certs/closed")).unwrap();
    bench.write("certs/closed/hidden.pem", "x");
    for (name, bits) in [("certs/dark.pem", 0), ("certs/closed", 0), ("", 0o755), ("certs", 0o755)] {
        mode(name, bits);
    }
    let program = env!("CARGO_BIN_EXE_sealpost");
    let become_somebody = match std::fs::read(bench.path("certs/dark.pem")) {
        Err(_) => "",
        Ok(_) => "setpriv --reuid 65534 --regid 65534 --clear-groups",
    };
    if bench.shell(&format!("{become_somebody} '{program}' --version")).code != 0 {
        let said = b"skipped: nobody else can run the program here\n";
        return drop(std::io::Write::write_all(&mut std::io::stderr().lock(), said));
    }
    let lint = format!("{become_somebody} '{program}' lint certs --trust root.pem --ruleset private-ca");
    bench
        .shell(&lint)
        .code(2)
        .out_has("certs/good.pem: PEM, 2 certificates: pass")
        .out_has("error[chain/leaf-not-first]")
        .err_has("error[input/unreadable]: cannot read `certs/dark.pem`")
        .err_has("error[input/unreadable]: cannot read `certs/closed`")
        .err_has("2 files could not be read");
    mode("certs/closed", 0o755);
}

#[test]
fn settings_are_found_upwards_and_the_command_line_goes_first() {
    let bench = bench();
    let settings = "ruleset = \"private-ca\"\ntrust = [\"../root.pem\"]\nhostname = [\"mx2.example.com\"]\n[severity]\n\"chain/leaf-not-first\" = \"note\"\n";
    bench.write("certs/.sealpost-lint.toml", settings);
    bench.run(["lint", "certs/inner/bad.pem"]).code(1).out_has("note[chain/leaf-not-first]").out_has("mx2.example.com");
    bench
        .run(["lint", "certs/inner/bad.pem", "--hostname", "mx1.example.com"])
        .code(0)
        .out_has("note[chain/leaf-not-first]");
    bench
        .run([
            "lint",
            "certs/inner/bad.pem",
            "--hostname",
            "mx1.example.com",
            "--severity",
            "chain/leaf-not-first=error",
        ])
        .code(1);
    bench.run(["lint", "other/bad.pem", "--trust", "root.pem"]).code(1).out_has("error[chain/leaf-not-first]");
    bench.write("certs/.sealpost-lint.toml", "rulesett = \"private-ca\"\n");
    bench.run(["lint", "certs/good.pem"]).code(2).err_has("error[lint/bad-settings]").err_has("rulesett");
}

#[test]
fn a_mistake_in_a_settings_file_is_told_with_the_file_and_its_line() {
    let bench = bench();
    let told = |settings: &str, texts: &[&str]| {
        let path = bench.write("certs/.sealpost-lint.toml", settings).to_string_lossy().into_owned();
        let run = bench.run(["lint", "certs/good.pem"]).code(2).err_has(&path);
        texts.iter().fold(run, |run, text| run.err_has(text));
    };
    told("ruleset = \"https\"\ntrust = 3\n", &["sealpost-lint.toml line 2"]);
    told("ruleset = \"smtp-sever\"\n", &["there is no ruleset `smtp-sever`", "said in "]);
    told(
        "[severity]\n\"chain/nope\" = \"error\"\n",
        &["there is no rule `chain/nope`", "given: chain/nope=error", "said in "],
    );
    told("trust = [\"gone.pem\"]\n", &["there is no file", "named in "]);
}

#[test]
fn the_ruleset_of_a_settings_file_is_named_in_the_summary() {
    let bench = bench();
    bench.write("certs/.sealpost-lint.toml", "ruleset = \"private-ca\"\ntrust = [\"../root.pem\"]\n");
    bench.run(["lint", "certs/good.pem"]).code(0).err_has("(private-ca)");
    let run = bench.run(["lint", "certs/good.pem", "other/bad.pem", "--trust", "root.pem", "--format", "json"]);
    assert_eq!(run.json()["ruleset"], "private-ca, public-tls");
}

#[test]
fn a_file_without_tlsa_records_is_no_file_of_tlsa_records() {
    let bench = bench();
    for text in ["", "hello\n", "; TLSA 3 1 1 00\n", "mx1.example.com. IN A 192.0.2.1\n", "x TLSA 3 1 1 zz\n"] {
        bench.write("records.zone", text);
        let run = lint(&bench, &["certs/good.pem", "--tlsa", "records.zone"]).code(1);
        run.out_has("error[input/unusable]: --tlsa cannot be used as given: there is no TLSA record in");
    }
}

#[test]
fn a_waiver_lets_pass_with_a_reason_until_its_day() {
    let bench = bench();
    let waiver =
        |rest: &str| format!("[[waiver]]\nrule = \"chain/leaf-not-first\"\nreason = \"old appliance\"\n{rest}\n");
    let run = |text: &str| {
        bench.write("waivers.toml", text);
        lint(
            &bench,
            &[
                "certs/inner/bad.pem",
                "--severity",
                "chain/misordered=off",
                "--waivers",
                "waivers.toml",
                "--format",
                "json",
            ],
        )
    };
    let waived = run(&waiver("file = \"certs/*/bad.pem\"\nuntil = 2999-01-01")).code(0).json();
    assert_eq!(waived["waived"][0]["reason"], "old appliance");
    run(&waiver("until = 2001-01-01")).code(1).out_has("lint/waiver-expired");
    run(&waiver("file = \"good.pem\"")).code(1).out_has("lint/waiver-unused");
    run("[[waiver]]\nrule = \"chain/leaf-not-first\"\n").code(2).err_has("reason");
    run("[[waiver]]\nrule = \"chain/leaf-first\"\nreason = \"x\"\n").code(2).err_has("error[lint/no-rule]");
}

#[test]
fn a_baseline_hides_what_was_known_and_nothing_else() {
    let bench = bench();
    lint(&bench, &["certs", "--write-baseline", "known.json"]).code(0);
    let known = lint(&bench, &["certs", "--baseline", "known.json", "--format", "json"]).code(0).json();
    assert!(known["counts"]["known"].as_u64().unwrap() > 0);
    // The file's lines move, and the finding is still the same.
    let moved = [b"a comment\n".to_vec(), bench.read("certs/inner/bad.pem")].concat();
    bench.write("certs/inner/bad.pem", moved);
    lint(&bench, &["certs", "--baseline", "known.json"]).code(0);
    lint(&bench, &["certs", "other", "--baseline", "known.json"]).code(1).out_has("other/bad.pem");
    bench.write("known.json", "{}");
    lint(&bench, &["certs", "--baseline", "known.json"]).code(2).err_has("error[lint/bad-settings]");
}

#[test]
fn an_mta_sts_policy_names_hosts_to_cover() {
    let bench = bench();
    bench.write("policy.txt", "version: STSv1\r\nmode: enforce\r\nmx: mx9.example.com\r\nmax_age: 86400\r\n");
    lint(&bench, &["certs/good.pem", "--mta-sts", "policy.txt", "--severity", "mail/mx-not-covered=error"])
        .code(1)
        .out_has("error[mail/mx-not-covered]")
        .out_has("mx9.example.com");
    bench.write("policy.txt", "hello\n");
    lint(&bench, &["certs/good.pem", "--mta-sts", "policy.txt"]).code(1).out_has("is no MTA-STS policy");
}

#[test]
fn a_slip_of_the_finger_is_understood() {
    let bench = bench();
    bench.run(["lint", "root.pem", "--ruleset", "smtp-sever"]).code(2).err_has("did you mean `smtp-server`?");
    bench.run(["explain", "chain/misorderd"]).code(2).err_has("did you mean `chain/misordered`?");
}

#[test]
fn the_damaged_line_is_shown_with_its_point_and_never_beside_a_key() {
    let bench = bench();
    let good = String::from_utf8(bench.read("certs/good.pem")).unwrap();
    let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
    lines[3].replace_range(10..11, "?");
    let damaged = lines.join("\n") + "\n";
    bench.write("damaged.pem", &damaged);
    let run = lint(&bench, &["damaged.pem"]).code(1).out_has("error[pem/malformed]");
    let (line, caret) = (format!("   4 | {}", lines[3]), format!("{}^", " ".repeat(7 + 10)));
    assert!(run.out.contains(&format!("{line}\n{caret}\n")), "{}", run.out);
    let key = "-----BEGIN PRIVATE KEY-----\nMC4C?QAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n";
    bench.write("damaged.pem", format!("{damaged}{key}"));
    let run = lint(&bench, &["damaged.pem"]).code(1);
    assert!(!run.out.contains("MC4C") && !run.out.contains(&lines[3]), "{}", run.out);
}

#[test]
fn quiet_tells_only_what_makes_the_answer_no() {
    let bench = bench();
    let run = lint(&bench, &["certs", "gone.pem", "--quiet"]).code(2);
    assert!(run.out.starts_with("certs/inner/bad.pem:1: error[chain/leaf-not-first]: "), "{}", run.out);
    assert!(run.out.contains("error[input/missing]") && !run.out.contains("note["), "{}", run.out);
    let quiet = lint(&bench, &["certs/good.pem", "--quiet"]).code(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
}

#[test]
fn without_anchors_what_may_stand_above_a_gap_is_not_called_a_stranger() {
    let bench = Bench::new();
    let root = Authority::root("Example Root");
    let upper = root.intermediate("Example Upper");
    let leaf = upper.intermediate("Example Issuing").issue("mx1.example.com").1;
    bench.write("gap.pem", format!("{leaf}{}", upper.pem()));
    let run = bench.run(["lint", "gap.pem", "--trust", "none", "--ruleset", "private-ca"]).code(0);
    let run = run.out_has("note[chain/unrelated]: Example Upper is on no path from the leaf as far as the file goes");
    assert!(!run.err.contains("--fix mends"), "{}", run.err);
    // A whole chain has no gap, so that what is left over is a stranger.
    let stranger = Authority::root("Other Root");
    let (_, leaf) = root.issue("mx1.example.com");
    bench.write("whole.pem", format!("{leaf}{}{}", root.pem(), stranger.pem()));
    bench.run(["lint", "whole.pem", "--trust", "none", "--ruleset", "private-ca"]).out_has("warning[chain/unrelated]");
}
