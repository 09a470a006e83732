//! Homes that are not as they should be: each is named, and nothing is changed.

use std::os::unix::fs::PermissionsExt;

use sealpost::operate::Home;

use crate::staging::put;
use crate::support::Bench;

#[test]
fn without_a_home_the_way_to_one_is_told() {
    let bench = Bench::new();
    for command in [["change", "show"], ["change", "commit"], ["change", "history"]] {
        bench.run(command).code(2).err_has("error[home/missing]").err_has("sealpost init");
    }
    assert!(!bench.home().exists());
}

#[test]
fn every_damaged_file_is_named() {
    for (file, text, command) in [
        ("running/certificates/Demo/key.pem", "", "rollback"),
        ("running/commit.toml", "number = ", "history"),
        ("staged/base", "x", "show"),
        ("staged/sealpost.toml", "[", "commit"),
    ] {
        let bench = Bench::with_home();
        put(&bench.home(), &["one"]);
        if command == "rollback" {
            bench.run(["change", "commit", "one"]).code(0);
            bench.shell("echo '# x' >> home/staged/sealpost.toml").code(0);
        }
        bench.write(&format!("home/{file}"), text);
        let run = bench.run(["change", command]);
        let last = file.rsplit('/').next().unwrap();
        if command == "rollback" {
            // Linked in both revisions: not looked at, and nothing to lose.
            let home = Home::open(&bench.home()).unwrap().running().unwrap();
            let error = home.profile(&"Demo".parse().unwrap()).unwrap_err().to_string();
            assert!(error.contains(last), "{error}");
            continue;
        }
        run.code(2).err_has(last);
    }
}

#[test]
fn half_a_certificate_is_not_read_as_less() {
    let bench = Bench::with_home();
    let path = "home/running/certificates/Demo/certificate.pem";
    let text = String::from_utf8(bench.read(path)).unwrap();
    for damaged in [&text[..text.len() / 2], &text.replacen("MII", "M!I", 1), &format!("{text}{text}"), ""] {
        bench.write(path, damaged);
        let running = Home::open(&bench.home()).unwrap().running().unwrap();
        let error = running.summary(&"Demo".parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains("certificate.pem"), "{error}");
    }
}

#[test]
fn a_key_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one"]);
    let key = bench.home().join("staged/certificates/one/key.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let run = bench.run(["change", "commit", "x"]).code(2);
    run.err_has("error[key/exposed]").err_has("mode 0640").err_has("chmod 600").err_has("one/key.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    bench.run(["change", "commit", "x"]).code(0);
}

#[test]
fn a_link_in_place_of_a_file_is_never_followed() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one"]);
    bench.shell("cp home/staged/certificates/one/key.pem stolen; chmod 600 stolen").code(0);
    bench.shell("ln -sf ../../../../stolen home/staged/certificates/one/key.pem").code(0);
    bench.run(["change", "commit", "x"]).code(2).err_has("error[home/link]").err_has("key.pem");
    for (name, target) in [
        ("evil", "../../../../etc"),
        ("Demo", "../../000009/certificates/Demo"),
        ("x", "../../000001/certificates/Demo"),
    ] {
        let bench = Bench::with_home();
        bench.shell(&format!("cd home/revisions/000001/certificates; rm -rf {name}; ln -s {target} {name}")).code(0);
        let running = Home::open(&bench.home()).unwrap().running().unwrap();
        let error = running.profile(&name.parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains("does not belong there"), "{error}");
    }
    let bench = Bench::with_home();
    bench.shell("cd home; rm running; ln -s /etc running").code(0);
    bench.run(["change", "show"]).code(2).err_has("error[home/damaged]").err_has("running");
    let bench = Bench::with_home();
    bench.shell("mkfifo p; cd home/staged; rm sealpost.toml; mkfifo sealpost.toml").code(0);
    bench.run(["change", "show"]).code(2).err_has("sealpost.toml");
}

#[test]
fn staged_edits_that_cannot_be_read_can_be_thrown_away() {
    let bench = Bench::with_home();
    bench.write("home/staged/base", "nonsense");
    bench.run(["change", "clear"]).code(2).err_has("sealpost change clear --force");
    bench.run(["change", "clear", "--force"]).code(0);
    bench.run(["change", "show"]).code(0).err_has("nothing is staged");
}

#[test]
fn a_damaged_running_revision_can_be_left() {
    let bench = Bench::with_home();
    bench.shell("echo '# x' >> home/staged/sealpost.toml").code(0);
    bench.run(["change", "commit", "x"]).code(0);
    for file in ["sealpost.toml", "commit.toml"] {
        bench.write(&format!("home/revisions/000002/{file}"), "[[[");
    }
    bench.run(["change", "rollback", "1"]).code(0);
    bench.run(["change", "show"]).code(0);
}
