//! `sealpost destination`: rows set and inherited, the appliance's file both ways, and files with mistakes.

use serde_json::json;

use crate::support::{Bench, Run, run_with};
use crate::transcript::{snapshot, staged_text};

#[track_caller]
fn refused(bench: &Bench, arguments: &[&str], wanted: &[&str]) -> Run {
    let before = snapshot(bench);
    let mut run = bench.run(["destination"].iter().chain(arguments)).code(2);
    for text in wanted {
        run = run.err_has(text);
    }
    assert_eq!(snapshot(bench), before, "{arguments:?} changed something");
    run
}

fn setting(bench: &Bench, domain: &str, name: &str) -> (String, String) {
    let shown = bench.run(["destination", "show", domain, "--format", "json"]).code(0).json();
    let settings = shown["settings"].as_array().unwrap();
    let setting = settings.iter().find(|setting| setting["name"] == name).unwrap();
    (setting["value"].as_str().unwrap().to_owned(), setting["from"].as_str().unwrap().to_owned())
}

#[test]
fn a_row_says_what_it_was_told_and_inherits_the_rest() {
    let bench = Bench::with_home();
    bench.run(["destination", "set", "Example.COM.", "--tls", "required", "--recipients", "300/60"]).code(0);
    bench.run(["destination", "default", "--tls", "preferred", "--concurrency", "100"]).code(0);
    let pair = |value: &str, from: &str| (value.to_owned(), from.to_owned());
    assert_eq!(setting(&bench, "example.com", "tls"), pair("required", "row"));
    assert_eq!(setting(&bench, "example.com", "concurrency"), pair("100", "default"));
    assert_eq!(setting(&bench, "example.com", "recipients"), pair("300 per 60 minutes", "row"));
    assert_eq!(setting(&bench, "example.com", "messages-per-connection"), pair("50", "factory"));
    assert_eq!(setting(&bench, "other.example", "tls"), pair("preferred", "default"));
    // The most specific row applies, whole.
    bench.run(["destination", "set", ".example.com", "--concurrency", "5"]).code(0);
    assert_eq!(setting(&bench, "a.example.com", "concurrency"), pair("5", "row"));
    assert_eq!(setting(&bench, "a.example.com", "tls"), pair("preferred", "default"));
    assert_eq!(setting(&bench, "example.com", "concurrency"), pair("100", "default"));
    bench.run(["destination", "show", "a.b.example.com"]).code(0).out_has("a.b.example.com (row .example.com)");
    bench.run(["destination", "set", "example.com", "--inherit", "tls"]).code(0);
    assert_eq!(setting(&bench, "example.com", "tls"), pair("preferred", "default"));
    bench.run(["destination", "remove", "example.com", ".example.com"]).code(0);
    assert_eq!(bench.run(["destination", "list", "--format", "json"]).code(0).json()["entries"], 1);
}

#[test]
fn settings_that_look_for_the_domain_say_which_one_looks_further() {
    let bench = Bench::with_home();
    for tls in ["preferred-verify", "required-verify"] {
        let run = bench.run(["destination", "set", "a.example", "--tls", tls]).code(0);
        run.err_has("note[destination/verified-name]").err_has("--tls required-verify-hosted");
    }
    let run = bench.run(["destination", "set", "a.example", "--tls", "required-verify-hosted"]).code(0);
    assert!(!run.err.contains("note["), "{}", run.err);
    bench
        .run(["destination", "default", "--tls", "required-verify"])
        .code(0)
        .err_has("note[destination/verified-name]");
}

#[test]
fn what_no_row_can_be_is_refused_with_its_range() {
    let bench = Bench::with_home();
    refused(
        &bench,
        &["set", "a.example", "--concurrency", "1001"],
        &["from 1 to 1,000", "`1001`", "nothing was changed"],
    );
    refused(&bench, &["set", "a.example", "--messages-per-connection", "0"], &["from 1 to 1,000"]);
    refused(&bench, &["set", "a.example", "--recipients", "5/61"], &["1 to 60 minutes"]);
    refused(&bench, &["set", "a.example", "--tls", "requird"], &["required"]);
    refused(&bench, &["set", "a.example", "--bounce-profile", "slow"], &["there is no bounce-profile `slow`"]);
    refused(&bench, &["set", "a.example", "--verify-names", "a b"], &["no host name"]);
    refused(&bench, &["set", "*.example.com"], &["did you mean `.example.com`?"]);
    refused(&bench, &["set", "a_b.example"], &["underscore"]);
    refused(&bench, &["set", "a.example", "--inherit", "tsl"], &["tls"]);
    bench.run(["destination", "set", "a.example", "--tls", "required"]).code(0);
    refused(&bench, &["remove", "a.exampl"], &["there is no destination `a.exampl`", "did you mean `a.example`?"]);
    refused(&bench, &["remove", "a.example", "b.example"], &["there is no destination `b.example`"]);
    refused(&bench, &["show", ".example"], &["there is no destination `.example`"]);
    refused(&bench, &["clear"], &["error[confirm/missing]", "--yes"]);
    bench.run(["destination", "clear", "--yes"]).code(0).err_has("1 destination removed; the default row stays");
    bench.run(["destination", "clear", "--yes"]).code(0).err_has("nothing to remove");
}

const FULL: &str = "[DEFAULT]
ip_sort_pref = PREFER_V4
max_host_concurrency = 100
max_messages_per_connection = 20
recipient_minutes = 30
recipient_limit = 1000
limit_type = MXIP
limit_apply = VG
bounce_validation = on
table_tls = on
bounce_profile = Default
send_tls_req_alert = on
certificate = mx

[.example.com]
ip_sort_pref = REQUIRE_V6
recipient_limit = none
table_tls = require_verify_hosted
bounce_profile = slow
verify_names = mx1.example.net, mx2.example.net
mx_names = dnssec
tls_alert = off
client_certificate_required = on

[example.com]
table_tls = required
";

/// A home with the profile `mx` and the bounce profile `slow`.
fn prepared() -> Bench {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "mx", "--cn", "mx1.example.com"]).code(0);
    let text = staged_text(&bench) + "\n[bounce-profile.slow]\nretries = 5\n";
    std::fs::write(bench.path("home/staged/sealpost.toml"), text).unwrap();
    bench
}

#[test]
fn a_round_trip_loses_nothing() {
    let bench = prepared();
    bench.write("full.ini", FULL);
    let run = bench.run(["destination", "import", "full.ini"]).code(0);
    run.err_has("2 destinations and the default row").err_has("2 added, the default row changed").err_has("TLS mx");
    bench.run(["destination", "export", "--out", "again.ini"]).code(0);
    assert_eq!(String::from_utf8(bench.read("again.ini")).unwrap(), FULL);
    let before = snapshot(&bench);
    bench.run(["destination", "import", "again.ini"]).code(0).err_has("nothing to do");
    assert_eq!(snapshot(&bench), before);
    let text = staged_text(&bench);
    assert!(text.contains("\ntls-required = true\n") && text.contains("\noutbound = \"mx\"\n"), "{text}");
    // From there to an empty table, and back.
    bench.run(["destination", "clear", "--yes"]).code(0);
    let run = bench.run(["destination", "import", "again.ini"]).code(0).err_has("2 added");
    assert!(!run.err.contains("default row changed"), "{}", run.err);
    assert_eq!(bench.run(["destination", "export"]).code(0).out, FULL);
}

#[test]
fn a_new_home_exports_what_the_appliance_asks_for_and_keeps_its_text() {
    let bench = Bench::with_home();
    let out = bench.run(["destination", "export"]).code(0).out;
    let wanted = "[DEFAULT]\nip_sort_pref = PREFER_V6\nmax_host_concurrency = 500\nmax_messages_per_connection = 50\nlimit_type = host\n\
                  limit_apply = system\nbounce_validation = off\ntable_tls = off\nbounce_profile = Default\nsend_tls_req_alert = off\n";
    assert_eq!(out, wanted);
    let before = snapshot(&bench);
    run_with(bench.sealpost().args(["destination", "import", "-"]), out.as_bytes()).code(0).err_has("nothing to do");
    assert_eq!(snapshot(&bench), before);
    // Numbers, as other versions write them.
    let numbers = "[DEFAULT]\nlimit_type = 1\n[a.example]\ntable_tls = 5\nbounce_validation = 1\n";
    run_with(bench.sealpost().args(["destination", "import", "-"]), numbers.as_bytes()).code(0);
    let list = bench.run(["destination", "list", "--format", "json"]).code(0).json();
    assert_eq!(
        list["rows"],
        json!([{"domain": "a.example", "tls": "required-verify-hosted", "bounce_verification": true}])
    );
    assert_eq!(list["default"]["limit_scope"], "mx-address");
}

#[test]
fn every_mistake_of_a_file_is_told_and_nothing_is_imported() {
    let bench = prepared();
    let bad = "[DEFAULT]\nmax_host_concurrency = 0\ncertificate = my\n[a.example]\ntable_tls = 9\nbounce_profile = slo\n[A.Example]\n\
               table_tsl = on\n[*.example.com]\nverify_names = x y\nrecipient_limit = 5\n";
    bench.write("bad.ini", bad);
    let wanted = [
        "bad.ini line 2",
        "`max_host_concurrency` must be a number from 1 to 1000, not `0`",
        "did you mean `mx`?",
        "bad.ini line 5",
        "0/off, 1/on, 2/required, 3/on_verify",
        "did you mean `slow`?",
        "`a.example` stands on line 4 already",
        "did you mean `table_tls`?",
        "did you mean `.example.com`?",
        "`verify_names` of this section",
        "`recipient_limit` needs `recipient_minutes`",
        "`bad.ini` has 9 mistakes",
        "nothing was imported",
    ];
    refused(&bench, &["import", "bad.ini"], &wanted);
    refused(&bench, &["import", "nowhere.ini"], &["error[input/missing]"]);
    bench.write("empty.ini", "");
    bench.run(["destination", "set", "a.example"]).code(0);
    bench.run(["destination", "import", "empty.ini"]).code(0).err_has("1 removed");
}

/// `[domain…]` with a key each.
fn many(count: usize, tls: impl Fn(usize) -> String) -> String {
    (0..count).map(|index| format!("[d{index}.example.com]\ntable_tls = {}\n", tls(index))).collect()
}

#[test]
fn one_bad_line_among_a_hundred_thousand_is_found() {
    let bench = Bench::with_home();
    bench.write("one.ini", many(100_000, |index| if index == 77_777 { "of" } else { "on" }.to_owned()));
    let run = refused(&bench, &["import", "one.ini"], &["one.ini line 155556", "`one.ini` has 1 mistake"]);
    assert_eq!(run.err.matches("error[").count(), 2, "{}", run.err);
    // All of them bad: the first hundred are told, and how many there are.
    bench.write("all.ini", many(100_000, |_| "of".to_owned()));
    let run = refused(&bench, &["import", "all.ini"], &["100000 mistakes, of which the first 100 are told"]);
    assert_eq!(run.err.matches("error[").count(), 101);
    assert!(run.err.contains("all.ini line 200\n") && !run.err.contains("all.ini line 202\n"));
    let run = bench.run(["destination", "import", "all.ini", "--format", "json"]).code(2);
    assert_eq!(run.json()["errors"].as_array().unwrap().len(), 101);
}

#[test]
fn comments_and_unchanged_rows_stay_as_they_stand() {
    let bench = Bench::with_home();
    let row = "\n# partner, see ticket 17\n[destination.\"A.example\"]\ntls = \"required\" # by contract\n";
    std::fs::write(bench.path("home/staged/sealpost.toml"), staged_text(&bench) + row).unwrap();
    bench.write("table.ini", "[a.example]\ntable_tls = required\n[b.example]\n");
    bench.run(["destination", "import", "table.ini"]).code(0).err_has("1 added");
    assert!(staged_text(&bench).contains(row), "{}", staged_text(&bench));
    bench.run(["destination", "set", "a.example", "--tls", "preferred"]).code(0);
    let changed = row.replace("required", "preferred");
    assert!(staged_text(&bench).contains(&changed), "{}", staged_text(&bench));
}
