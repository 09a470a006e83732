//! `config check`: every mistake at once with its line, and what reads well and cannot work.

use crate::support::{Bench, run_with};

const GOOD: &str = "[interface.a]\naddress = \"192.0.2.1\"\nhostname = \"a.example\"\n";

/// Checks a file that is good but for these lines.
#[track_caller]
fn check(lines: &str, code: i32) -> crate::support::Run {
    let bench = Bench::new();
    bench.write("sealpost.toml", format!("{GOOD}{lines}"));
    bench.run(["config", "check", "sealpost.toml", "--no-dns"]).code(code)
}

#[test]
fn a_new_home_has_nothing_to_complain_about() {
    let bench = Bench::with_home();
    let run = bench.run(["config", "check"]).code(0).out_has("note[listener/no-domains]");
    run.out_has("sealpost.toml: no mistakes, 1 note\n");
    bench.run(["config", "check", "--running"]).code(0);
}

#[test]
fn every_mistake_is_shown_with_its_line_and_a_mark_below_it() {
    let bench = Bench::new();
    bench.write(
        "x.toml",
        "[interface.\"Data 1\"]\naddress = \"1.2.3\"\nhostnme = \"mx1\"\n\n[listener.In]\ninterface = \"Data1\" # wrong\n\tport = 0\n",
    );
    let run = bench.run(["config", "check", "x.toml"]).code(1);
    assert_eq!(
        run.out,
        "\
error[config/mistake]: `hostname` is missing in [interface.\"Data 1\"]: name that certificates and the MX record must carry
  --> x.toml line 1 (column 1)
   |
 1 | [interface.\"Data 1\"]
   | ^^^^^^^^^^^^^^^^^^^^
error[config/mistake]: `1.2.3` is no IP address
  --> x.toml line 2 (column 11)
   |
 2 | address = \"1.2.3\"
   |           ^^^^^^^
error[config/mistake]: unknown key `hostnme` in [interface.\"Data 1\"]; known are address, hostname, https
  --> x.toml line 3 (column 1)
   |
 3 | hostnme = \"mx1\"
   | ^^^^^^^
  help: did you mean `hostname`?
error[config/mistake]: there is no interface `Data1`; there is Data 1
  --> x.toml line 6 (column 13)
   |
 6 | interface = \"Data1\" # wrong
   |             ^^^^^^^
  help: did you mean `Data 1`?
error[config/mistake]: `port` must be a number from 1 to 65,535, not `0`
  --> x.toml line 7 (column 9)
   |
 7 |  port = 0
   |         ^
x.toml: 5 errors
"
    );
    let json = bench.run(["config", "check", "x.toml", "--format", "json"]).code(1).json();
    assert_eq!((json["readable"].as_bool(), json["findings"].as_array().unwrap().len()), (Some(false), 5));
    assert_eq!(json["findings"][1]["places"][0]["source"]["text"], "address = \"1.2.3\"");
    let piped = run_with(bench.sealpost().args(["config", "check", "-"]), b"[[").code(1);
    piped.out_has("standard input line 1");
    bench.run(["config", "check", "gone.toml"]).code(2).err_has("error[input/missing]");
}

#[test]
fn a_line_with_a_secret_is_not_shown() {
    let run = check("[bounce-verification]\nkeys = [\"topsecret\", \"short\"]\n", 1);
    assert!(!run.out.contains("topsecret") && !run.out.contains("\"short\""), "{}", run.out);
    run.out_has("line 5 (column 22)");
    let run = check("[bounce-verification]\nkeys = [\"topsecret\"\n", 1);
    assert!(!run.out.contains("topsecret"), "{}", run.out);
}

#[test]
fn what_is_bound_to_fail_is_told() {
    let listener = "[listener.In]\ninterface = \"a\"\nport = 25\n";
    let cases = [
        (
            format!("{listener}[listener.In.policy.ACCEPTED]\ntls = \"required\"\n"),
            "listener/required-of-everyone",
            "tls = \"required\"",
        ),
        (
            format!("{listener}[[listener.In.group]]\nname = \"ALL\"\npolicy = \"RELAYED\"\nsenders = [\"ALL\"]\n"),
            "listener/open-relay",
            "[[listener.In.group]]",
        ),
        (
            format!(
                "[interface.all]\naddress = \"0.0.0.0\"\nhostname = \"b.example\"\n{listener}[listener.Out]\ninterface = \"all\"\nport = 25\n"
            ),
            "listener/port-taken",
            "port = 25",
        ),
        (
            format!("{listener}domains = [\"a.example\"]\nrecipients = [\"x@b.example\"]\n"),
            "listener/recipients-elsewhere",
            "recipients = ",
        ),
        (
            "[destination]\nbounce-verification = true\n".to_owned(),
            "bounce-verification/no-key",
            "bounce-verification = true",
        ),
        (
            "[authorities]\nsystem = false\ncustom = false\n[destination.\"b.example\"]\ntls = \"required-verify\"\n"
                .to_owned(),
            "authorities/none",
            "tls = \"required-verify\"",
        ),
        ("[alerts]\ntls-required = true\n".to_owned(), "alerts/no-recipient", "tls-required = true"),
        ("[destination.\"b.example\"]\ntls-alert = true\n".to_owned(), "alerts/no-recipient", "tls-alert = true"),
        (
            format!("{listener}[route.\"b.example\"]\nhosts = [\"A.example\"]\n"),
            "route/loop",
            "hosts = [\"A.example\"]",
        ),
        (format!("{listener}[route.\"b.example\"]\nhosts = [\"192.0.2.1\"]\n"), "route/loop", "hosts = "),
        ("[role]\nldap = \"p\"\n".to_owned(), "role/not-presented", "ldap = \"p\""),
        ("[role]\n\"https:a\" = \"p\"\n".to_owned(), "role/not-presented", "\"https:a\" = \"p\""),
        ("[role]\noutbound = \"p\"\n".to_owned(), "role/not-presented", "outbound = \"p\""),
        (
            "[destination]\ntls = \"preferred\"\n[destination.\"b.example\"]\ntls = \"no\"\n[role]\n\"outbound:b.example\" = \"p\"\n"
                .to_owned(),
            "role/not-presented",
            "\"outbound:b.example\" = \"p\"",
        ),
        (
            "[service.s]\nhost = \"s.example\"\nport = 1\nclient-certificate-required = true\n".to_owned(),
            "role/demanded",
            "client-certificate-required = true",
        ),
    ];
    for (lines, code, line) in cases {
        let run = check(&lines, 1).out_has(&format!("warning[{code}]")).out_has("  help: ");
        assert!(run.out.lines().any(|shown| shown.contains(" | ") && shown.contains(line)), "{line}\n{}", run.out);
        assert_eq!(run.out.matches("warning[").count(), 1, "{}", run.out);
    }
}

#[test]
fn senders_that_are_offered_no_tls_are_told_where_others_are() {
    let listener = "[listener.In]\ninterface = \"a\"\nport = 25\ndomains = [\"b.example\"]\n";
    let policies =
        "[listener.In.policy.ACCEPTED]\ntls = \"preferred\"\n[listener.In.policy.OURS]\naction = \"RELAY\"\n";
    let group = |name: &str, policy: &str, senders: &str| {
        format!("[[listener.In.group]]\nname = \"{name}\"\npolicy = \"{policy}\"\nsenders = [\"{senders}\"]\n")
    };
    let groups = group("NEAR", "OURS", "127.0.0.0/8") + &group("ALL", "ACCEPTED", "ALL");
    let run = check(&format!("{listener}{policies}{groups}"), 0)
        .out_has("note[listener/clear-for-some]: listener `In` offers no TLS to senders of group `NEAR`")
        .out_has("  help: sealpost listener policy set In OURS --tls preferred");
    assert_eq!(run.out.matches("clear-for-some").count(), 1, "{}", run.out);
    let run = check(&format!("{listener}{}{groups}", policies.replace("preferred", "off")), 0);
    assert!(!run.out.contains("clear-for-some"), "{}", run.out);
}

#[test]
fn what_could_fail_and_does_not_is_not_told() {
    let listener = "[listener.In]\ninterface = \"a\"\nport = 25\ndomains = [\".example\"]\n";
    let silent = [
        format!("{listener}exposure = \"private\"\n[listener.In.policy.ACCEPTED]\ntls = \"required\"\n"),
        format!("{listener}recipients = [\"x@b.example\", \"@.example\", \"@b.example\"]\n"),
        format!("{listener}[route.\"b.example\"]\nhosts = [\"a.example:2525\", \"192.0.2.2\"]\n"),
        "[destination]\nbounce-verification = true\n[bounce-verification]\nkeys = [\"a good key\"]\n".to_owned(),
        "[authorities]\nsystem = false\n[destination.\"b.example\"]\ntls = \"required-verify\"\n".to_owned(),
        "[alerts]\ntls-required = true\nto = [\"x@a.example\"]\n".to_owned(),
        "[role]\n\"service:s\" = \"p\"\n[service.s]\nhost = \"s.example\"\nport = 1\nclient-certificate-required = true\n".to_owned(),
    ];
    for lines in silent {
        let run = check(&lines, 0);
        assert!(!run.out.contains("warning"), "{}", run.out);
    }
}

#[test]
fn a_role_without_its_profile_is_an_error() {
    let bench = Bench::with_home();
    bench.shell("printf '[role]\\n\"listener:IncomingMail\" = \"gone\"\\n' >> home/staged/sealpost.toml").code(0);
    bench.run(["listener", "policy", "set", "IncomingMail", "ACCEPTED", "--tls", "preferred"]).code(0);
    let run = bench.run(["config", "check"]).code(1);
    run.out_has("error[role/no-profile]: role `listener:IncomingMail` is bound to `gone`")
        .out_has("\"listener:IncomingMail\" = \"gone\"");
    let run = bench.run(["config", "check", "home/staged/sealpost.toml"]).code(0);
    run.out_has("not checked: whether the profiles of the roles exist");
}

#[test]
fn a_commit_warns_of_what_it_brings_and_not_of_what_was_so_before() {
    let bench = Bench::with_home();
    bench.run(["setting", "set", "alerts.tls-required", "true"]).code(0);
    bench.run(["change", "commit", "x"]).code(0).err_has("warning[alerts/no-recipient]");
    let run = bench.run(["setting", "set", "log.keep", "3", "--commit", "y"]).code(0);
    assert!(!run.err.contains("alerts/no-recipient"), "{}", run.err);
    let policy = ["listener", "policy", "set", "IncomingMail", "ACCEPTED", "--tls", "required", "--commit", "z"];
    bench.run(policy).code(0).err_has("warning[listener/required-of-everyone]");
}
