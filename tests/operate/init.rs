//! `sealpost init`: the home it makes, the names it refuses, and what it never does to what is there.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::needs;
use crate::support::{Bench, run};

#[test]
fn a_new_home_is_private_and_complete() {
    let bench = Bench::new();
    bench.run(["init", "--hostname", "mx1.example.com"]).code(0).err_has("next: sealpost cert request");
    let mut files = Vec::new();
    walk(&bench.home(), &mut files);
    for path in &files {
        let metadata = std::fs::symlink_metadata(path).unwrap();
        let wanted = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert!(
            metadata.is_symlink() || metadata.permissions().mode() & 0o777 == wanted,
            "{} {:o}",
            path.display(),
            metadata.permissions().mode()
        );
    }
    assert_eq!(std::fs::read_link(bench.home().join("running")).unwrap(), Path::new("revisions/000001"));
    let text = std::fs::read_to_string(bench.home().join("running/sealpost.toml")).unwrap();
    assert!(text.contains("hostname = \"mx1.example.com\"") && text.contains("[listener.IncomingMail]"), "{text}");
    bench.run(["change", "show"]).code(0).err_has("nothing is staged; revision 1 runs");
}

fn walk(path: &Path, files: &mut Vec<std::path::PathBuf>) {
    files.push(path.to_owned());
    if path.is_dir() && !path.is_symlink() {
        std::fs::read_dir(path).unwrap().for_each(|entry| walk(&entry.unwrap().path(), files));
    }
}

#[test]
fn a_second_init_changes_nothing() {
    let bench = Bench::with_home();
    let before = snapshot(&bench);
    bench.run(["init"]).code(0).err_has("is there already: mx1.example.com, revision 1");
    bench.run(["init", "--hostname", "mx2.example.com"]).code(0).err_has("warning[init/other-name]");
    assert_eq!(snapshot(&bench), before);
    let json = bench.run(["init", "--format", "json"]).code(0).json();
    assert_eq!((json["created"].as_bool(), json["revision"].as_u64()), (Some(false), Some(1)), "{json}");
}

fn snapshot(bench: &Bench) -> String {
    bench.shell("cd home; find . -type f ! -name lock | sort | xargs sha256sum; readlink running").code(0).out
}

#[test]
fn two_homes_never_share_a_demo_key() {
    let (one, other) = (Bench::with_home(), Bench::with_home());
    let key = |bench: &Bench| bench.read("home/running/certificates/Demo/key.pem");
    assert_ne!(key(&one), key(&other));
}

#[test]
fn names_that_are_no_host_names_are_refused_with_the_one_that_was_meant() {
    for (given, said) in [
        ("https://mx1.example.com/", "sealpost init --hostname mx1.example.com"),
        ("mx_1.example.com", "sealpost init --hostname mx-1.example.com"),
        ("mx1 .example.com", "sealpost init --hostname mx1.example.com"),
        ("192.0.2.1", "it is an IP address"),
        ("2001:db8::1", "it is an IP address"),
        ("", "it is empty"),
        ("a\x1b[31m.example", "host name"),
    ] {
        let bench = Bench::new();
        let run = bench.run(["init", "--hostname", given]).code(2).err_has("error[name/invalid]").err_has(said);
        assert!(!run.err.contains('\x1b'), "{given:?}");
        assert!(!bench.home().exists(), "{given:?} left something behind");
    }
}

#[test]
fn a_foreign_directory_is_left_alone() {
    let bench = Bench::new();
    std::fs::create_dir(bench.home()).unwrap();
    bench.write("home/letter.txt", "dear");
    bench.run(["init", "--hostname", "a.example"]).code(2).err_has("error[home/foreign]").err_has("letter.txt");
    assert_eq!(std::fs::read_dir(bench.home()).unwrap().count(), 1);
    bench.write("home2", "a file");
    let run =
        run(crate::support::sealpost().args(["init", "--hostname", "a.example", "--home"]).arg(bench.path("home2")));
    run.code(2).err_has("error[");
}

#[test]
fn a_home_that_lost_its_link_is_not_made_anew() {
    let bench = Bench::with_home();
    bench.shell("echo '# x' >> home/staged/sealpost.toml").code(0);
    bench.run(["change", "commit", "second"]).code(0);
    std::fs::remove_file(bench.home().join("running")).unwrap();
    bench.run(["init", "--hostname", "a.example"]).code(2).err_has("revisions/000002");
    assert!(bench.home().join("revisions/000002/commit.toml").exists());
}

#[test]
fn openssl_reads_the_demo_certificate_as_its_own_issuer() {
    needs!("openssl");
    let bench = Bench::with_home();
    let run = bench.shell(
        "cd home/running/certificates/Demo
         openssl verify -x509_strict -purpose sslserver -verify_hostname mx1.example.com -CAfile certificate.pem certificate.pem
         test \"$(openssl pkey -in key.pem -pubout)\" = \"$(openssl x509 -in certificate.pem -noout -pubkey)\"
         openssl x509 -in certificate.pem -noout -subject -ext basicConstraints",
    );
    run.code(0).out_has("certificate.pem: OK").out_has("CN = mx1.example.com").out_has("CA:FALSE");
}

#[test]
fn a_host_name_that_is_too_long_for_a_common_name_stands_in_the_san() {
    let bench = Bench::new();
    let long = format!("{}.{}.example.com", "a".repeat(60), "b".repeat(60));
    bench.run(["init", "--hostname", &long]).code(0);
    let home = sealpost::operate::Home::open(&bench.home()).unwrap();
    let demo = home.running().unwrap().profile(&"Demo".parse().unwrap()).unwrap().certificate.unwrap();
    assert_eq!((demo.subject().common_name(), demo.dns_names().next()), (None, Some(long.as_str())));
}
