//! `sealpost lint` as it is run: exit codes, forms of the answer, and what it does with files that are none.

use crate::support::authority::Authority;
use crate::support::{Bench, run_with};

struct Files {
    bench: Bench,
    issuing: Authority,
    leaf: String,
}

impl Files {
    /// `chain.pem` as it should be, `bad.pem` with the issuer first and twice, `root.pem`.
    fn new() -> Files {
        let bench = Bench::new();
        let root = Authority::root("Example Root");
        let issuing = root.intermediate("Example Issuing");
        let (key, leaf) = issuing.issue("mx1.example.com");
        bench.write("chain.pem", format!("{leaf}{}", issuing.pem()));
        bench.write("bad.pem", format!("{}{leaf}{}", issuing.pem(), issuing.pem()));
        bench.write("root.pem", root.pem());
        bench.write("mail.key", key);
        Files { bench, issuing, leaf }
    }

    fn lint(&self, arguments: &[&str]) -> crate::support::Run {
        let always = ["lint", "--trust", "root.pem", "--ruleset", "private-ca"];
        self.bench.run(always.iter().chain(arguments))
    }
}

#[test]
fn a_good_chain_passes_and_a_bad_one_says_what_and_where() {
    let files = Files::new();
    files
        .lint(&["chain.pem", "--hostname", "mx1.example.com", "--key", "mail.key"])
        .code(0)
        .out_has("chain.pem: PEM, 2 certificates: pass");
    files
        .lint(&["bad.pem"])
        .code(1)
        .out_has("└─ [1] Example Issuing")
        .out_has("error[chain/leaf-not-first]")
        .out_has("warning[chain/duplicate]: Example Issuing stands here again");
    files.lint(&["chain.pem", "--hostname", "mx9.example.com"]).code(1).out_has("error[name/hostname-mismatch]");
}

#[test]
fn the_exit_status_follows_the_severity_asked_about() {
    let files = Files::new();
    files.lint(&["chain.pem", "--severity", "chain/root-included=off", "--fail-on", "error"]).code(0);
    files.bench.write("twice.pem", format!("{}{}{}", files.leaf, files.issuing.pem(), files.issuing.pem()));
    files.lint(&["twice.pem"]).code(0);
    files.lint(&["twice.pem", "--fail-on", "warning"]).code(1);
    files.lint(&["twice.pem", "--severity", "chain/duplicate=error"]).code(1);
    files.lint(&["twice.pem", "--severity", "chain/duplicate=off", "--fail-on", "warning"]).code(0);
}

#[test]
fn a_file_that_cannot_be_read_never_stops_the_others() {
    let files = Files::new();
    std::fs::File::create(files.bench.path("large.pem")).unwrap().set_len(1 << 30).unwrap();
    let run = files.lint(&["gone.pem", "large.pem", "chain.pem", "--max-bytes", "1000000"]).code(2);
    let run = run
        .out_has("chain.pem: PEM, 2 certificates: pass")
        .err_has("error[input/missing]")
        .err_has("error[input/too-large]");
    assert!(run.err.contains("2 files could not be read"), "{}", run.err);
}

#[test]
fn a_directory_is_read_file_by_file_with_a_table_of_rules() {
    let files = Files::new();
    std::fs::create_dir(files.bench.path("dir")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(files.bench.path("dir/socket.pem")).unwrap();
    std::fs::copy(files.bench.path("bad.pem"), files.bench.path("dir/bad.pem")).unwrap();
    std::fs::copy(files.bench.path("chain.pem"), files.bench.path("dir/good.crt")).unwrap();
    files.bench.write("dir/readme.txt", "no certificate");
    let run =
        files.lint(&["dir"]).code(1).out_has("dir/bad.pem").out_has("dir/good.crt").err_has("2 files, 5 certificates");
    assert!(run.out.contains("      1  error    chain/leaf-not-first"), "{}", run.out);
    assert!(!run.out.contains("readme"), "{}", run.out);
}

#[test]
fn damage_inside_a_file_is_a_finding() {
    let files = Files::new();
    let whole = String::from_utf8(files.bench.read("chain.pem")).unwrap();
    files.bench.write("cut.pem", &whole[..whole.len() - 200]);
    files.lint(&["cut.pem"]).code(1).out_has("error[pem/malformed]");
    run_with(files.bench.sealpost().args(["lint", "-", "--trust", "root.pem"]), b"hello")
        .code(1)
        .out_has("[pem/no-certificate]");
}

#[test]
fn a_locked_container_is_opened_with_its_password_and_never_passes_unread() {
    let files = Files::new();
    files.bench.write("pw", "secret\n");
    let convert =
        ["convert", "chain.pem", "mail.key", "--to", "pkcs12", "--new-password-file", "pw", "--out", "mail.p12"];
    files.bench.run(convert).code(0);
    files.lint(&["mail.p12"]).code(1).out_has("error[pem/locked]");
    files.lint(&["mail.p12", "--password-file", "pw"]).code(0).out_has("PKCS#12, 2 certificates: pass");
    files.bench.write("wrong", "other\n");
    files.lint(&["mail.p12", "--password-file", "wrong"]).code(2).err_has("error[password/wrong]");
}

#[test]
fn json_names_rule_place_and_certificate() {
    let files = Files::new();
    let answer = files.lint(&["bad.pem", "--format", "json"]).code(1).json();
    assert_eq!((&answer["schema"], &answer["verdict"]), (&"sealpost.lint/1".into(), &"fail".into()));
    let finding = &answer["files"][0]["findings"][0];
    assert_eq!(finding["rule"], "chain/leaf-not-first");
    assert_eq!(finding["place"]["line"], 1);
    assert_eq!(finding["certificate"]["index"], 1);
    assert_eq!(answer["files"][0]["chain"], serde_json::json!([2, 1]));
}

#[test]
fn sarif_points_to_lines_and_rules_that_exist() {
    let files = Files::new();
    let log = files.lint(&["bad.pem", "gone.pem", "--format", "sarif"]).code(2).json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "bad.pem");
        assert!(location["region"]["startLine"].as_u64().unwrap() >= 1);
        assert!(result["partialFingerprints"]["finding/v1"].is_string());
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 1);
}

#[test]
fn junit_and_github_say_the_same() {
    let files = Files::new();
    let junit = files.lint(&["bad.pem", "--format", "junit"]).code(1).out;
    assert!(junit.contains("name=\"chain/leaf-not-first\"><failure type=\"error\""), "{junit}");
    assert!(junit.contains("name=\"chain/duplicate\"><system-out>warning: "), "{junit}");
    let github = files.lint(&["bad.pem", "--format", "github"]).code(1).out;
    assert!(github.contains("::error file=bad.pem,line=1,title=chain/leaf-not-first::"), "{github}");
    files.bench.run(["show", "bad.pem", "--format", "sarif"]).code(2).err_has("error[format/none]");
}

#[test]
fn a_hostile_name_commands_no_form_of_the_answer() {
    let bench = Bench::new();
    let root = Authority::root("x\u{1b}[31m\n::error::</testcase>");
    bench.write("hostile.pem", root.pem());
    for form in ["text", "junit", "github"] {
        let run = bench.run(["lint", "hostile.pem", "--trust", "none", "--format", form]);
        assert!(!run.out.contains('\u{1b}'), "{form}: {}", run.out);
        assert!(!run.out.lines().any(|line| line.starts_with("::error::<")), "{form}: {}", run.out);
        let commands = run.out.lines().filter(|line| line.starts_with("::"));
        assert!(commands.into_iter().all(|line| line.contains(" file=hostile.pem,line=1,")), "{form}: {}", run.out);
        assert!(!run.out.contains("::error::</testcase>\""), "{form}: {}", run.out);
    }
}

#[test]
fn mistakes_in_what_was_asked_are_told_before_any_file_is_read() {
    let files = Files::new();
    files
        .lint(&["chain.pem", "--severity", "chain/nothing=error", "--severity", "pem/bom=fatal"])
        .code(2)
        .err_has("there is no rule `chain/nothing`")
        .err_has("`fatal` is no severity");
    files.bench.run(["lint", "chain.pem", "--ruleset", "public"]).code(2).err_has("there is no ruleset `public`");
    files.bench.write("own.toml", "base = \"private-ca\"\n[rules]\n\"chain/leaf-not-first\" = \"note\"\n");
    files
        .bench
        .run(["lint", "bad.pem", "--trust", "root.pem", "--ruleset", "./own.toml"])
        .code(0)
        .out_has("bad.pem: PEM, 3 certificates: pass")
        .out_has("note[chain/leaf-not-first]");
    files.bench.run(["lint"]).code(2).err_has("<FILE>");
}

#[test]
fn what_a_rule_means_is_explained() {
    let bench = Bench::new();
    bench.run(["explain", "chain/misordered"]).code(0).out_has("RFC 5246 7.4.2").out_has("smtp-server");
    bench.run(["explain", "chain/misorder"]).code(2).err_has("error[lint/no-rule]");
    let all = bench.run(["explain", "--format", "json"]).code(0).json();
    assert_eq!(all["rules"].as_array().unwrap().len(), sealpost::inspect::rules::all().count());
}

/// The command that a run proposes last.
fn proposed(run: &crate::support::Run) -> String {
    let next = run.err.lines().find_map(|line| line.strip_prefix("next: sealpost ")).expect("a command is proposed");
    format!("'{}' {next}", env!("CARGO_BIN_EXE_sealpost"))
}

#[test]
fn the_command_that_is_proposed_mends() {
    let files = Files::new();
    let run = files.lint(&["bad.pem", "--key", "mail.key"]).code(1).out_has("help: --fix mends this");
    files.bench.shell(&proposed(&run)).code(0);
    files.lint(&["mended.pem", "--fail-on", "warning"]).code(0);
    // Whoever reads one finding alone has the command at it.
    let json = files.lint(&["bad.pem", "--format", "json"]).json();
    let help = "sealpost lint --fix bad.pem --trust root.pem --ruleset private-ca > mended.pem";
    assert_eq!(json["files"][0]["findings"][0]["help"], help);
    // Of a folder, the difference is looked at first.
    std::fs::create_dir(files.bench.path("a folder")).unwrap();
    std::fs::copy(files.bench.path("bad.pem"), files.bench.path("a folder/bad.pem")).unwrap();
    let run = files.lint(&["a folder"]).code(1);
    files.bench.shell(&proposed(&run)).code(0).out_has("+++ a folder/bad.pem (mended)");
}

#[test]
fn what_is_missing_is_mended_from_the_pool_only() {
    let files = Files::new();
    files.bench.write("alone.pem", &files.leaf);
    let run = files.lint(&["alone.pem"]).code(1).out_has("└─ Example Issuing").out_has("missing");
    assert!(!run.err.contains("--fix"), "{}", run.err);
    files.bench.write("pool.pem", files.issuing.pem());
    let run = files.lint(&["alone.pem", "--pool", "pool.pem"]).code(1);
    files.bench.shell(&proposed(&run)).code(0);
    files.lint(&["mended.pem"]).code(0).out_has("└─ Example Root").out_has("trusted (root.pem); not in the file");
}

#[test]
fn a_new_baseline_says_how_it_is_used() {
    let files = Files::new();
    let run =
        files.lint(&["bad.pem", "--write-baseline", "known.json"]).code(0).err_has("known from now on, in known.json");
    files.bench.shell(&proposed(&run)).code(0).err_has("in the baseline");
    files.lint(&["bad.pem", "--write-baseline", "no/known.json"]).code(2).err_has("error[output/unwritable]");
}
