//! Files with several private keys: what is listed, what `--entry` takes, what needs no password.

use crate::support::authority::Authority;
use crate::support::{Bench, Run, run, sealpost};

/// `store.pem` with two keys, their certificates from two authorities, and both intermediates; `pw` with a password.
fn store() -> Bench {
    let bench = Bench::with_home();
    let issuing = Authority::root("Example Root").intermediate("Example Issuing");
    let other_issuing = Authority::root("Other Root").intermediate("Other Issuing");
    let (key, leaf) = issuing.issue("mx1.example.com");
    let (other_key, other) = other_issuing.issue("mx2.example.com");
    bench.write("one.key", &key);
    bench.write("two.key", &other_key);
    bench.write("certificates.pem", format!("{leaf}{}{other}{}", issuing.pem(), other_issuing.pem()));
    bench.write("pw", "secret12\n");
    bench.shell("cat one.key two.key certificates.pem > store.pem; chmod 600 *.pem *.key").code(0);
    bench
}

/// Runs the command of a help, as whoever pastes it.
fn pasted(bench: &Bench, refused: &Run) -> Run {
    let help = refused.err.lines().find_map(|line| line.trim().strip_prefix("help: ")).unwrap();
    let words: Vec<&str> = help.strip_prefix("sealpost ").unwrap().split(' ').collect();
    run(sealpost().current_dir(bench.path("")).args(words))
}

#[test]
fn several_keys_are_listed_and_the_help_can_be_pasted() {
    let bench = store();
    let refused = bench
        .run(["cert", "import", "m", "store.pem"])
        .code(2)
        .err_has("error[import/several-keys]")
        .err_has("--entry 1: ECDSA P-256, the key of mx1.example.com")
        .err_has("--entry 2: ECDSA P-256, the key of mx2.example.com")
        .err_has("nothing was staged");
    pasted(&bench, &refused).code(0).err_has("staged profile m: mx1.example.com, 2 certificates");
    let refused = bench.run(["convert", "store.pem", "--to", "pem", "--out", "out.pem"]).code(2);
    pasted(&bench, &refused).code(0).err_has("wrote out.pem: the key and 2 certificates");
    let refused = bench.run(["lint", "out.pem", "--key", "store.pem", "--trust", "none"]).code(2);
    assert!(!pasted(&bench, &refused).out.contains("key/mismatch"));
    bench
        .run(["cert", "import", "n", "store.pem", "--entry", "3"])
        .code(2)
        .err_has("error[import/no-such-entry]: no private key in the files has the name or number `3`")
        .err_has("--entry 2: ECDSA P-256, the key of mx2.example.com");
    bench.run(["convert", "certificates.pem", "--to", "pem", "--entry", "1"]).code(2).err_has("hold no private key");
}

#[test]
fn an_entry_is_the_key_its_certificate_and_its_chain_and_nothing_of_the_others() {
    let bench = store();
    let imported = bench.run(["cert", "import", "m", "store.pem", "--entry", "2"]).code(0);
    imported.err_has("staged profile m: mx2.example.com, 2 certificates");
    for (part, count) in [("leaf", 1), ("chain", 1), ("fullchain", 2)] {
        let run = bench.run(["convert", "store.pem", "--to", "pem", "--part", part, "--entry", "2"]).code(0);
        assert_eq!(run.out.matches("BEGIN CERTIFICATE").count(), count, "{part}");
        assert!(!run.err.contains("left out"), "{}", run.err);
    }
    let shown = bench.run(["show", "store.pem", "--entry", "2"]).code(0);
    assert!(shown.out.contains("mx2.example.com") && !shown.out.contains("mx1.example.com"), "{}", shown.out);
    assert!(shown.out.contains("Other Issuing") && !shown.out.contains("Example Issuing"), "{}", shown.out);
    let linted =
        |entry| bench.run(["lint", "certificates.pem", "--key", "store.pem", "--entry", entry, "--trust", "none"]);
    assert!(!linted("1").out.contains("error[key/"));
    bench.run(["lint", "certificates.pem", "--entry", "1"]).code(2).err_has("error[lint/entry]");
}

#[test]
fn a_profile_that_exists_takes_the_entry_with_its_own_key() {
    let bench = store();
    bench.run(["cert", "import", "m", "two.key", "certificates.pem"]).code(0);
    bench.run(["cert", "import", "m", "store.pem"]).code(0).err_has("unchanged profile m: mx2.example.com");
    bench.run(["cert", "import", "m", "store.pem", "--entry", "1"]).code(2).err_has("error[key/mismatch]");
    bench.run(["cert", "import", "n", "one.key", "certificates.pem"]).code(0).err_has("mx1.example.com");
}

#[test]
fn certificates_come_out_without_the_password_of_a_key() {
    let bench = store();
    for (key, pw) in [("one", "pw"), ("two", "other")] {
        bench.write("other", "another1\n");
        let (from, to) = (format!("{key}.key"), format!("{key}.locked"));
        bench.run(["convert", &from, "--to", "pkcs8", "--new-password-file", pw, "--out", &to]).code(0);
    }
    bench.shell("cat one.locked certificates.pem > locked.pem").code(0);
    for part in ["fullchain", "leaf", "chain"] {
        bench.run(["convert", "locked.pem", "--to", "pem", "--part", part]).code(0).out_has("BEGIN CERTIFICATE");
    }
    for form in ["pkcs7", "der"] {
        let out = format!("out.{form}");
        bench.run(["convert", "locked.pem", "--to", form, "--out", &out]).code(0);
    }
    bench.run(["convert", "locked.pem", "--to", "pem", "--out", "x"]).code(2).err_has("error[password/missing]");
    // The password of the other key is not needed either.
    bench.shell("cat one.key two.locked certificates.pem > mixed.pem").code(0);
    bench.run(["convert", "mixed.pem", "--to", "pem", "--entry", "1", "--out", "y.pem"]).code(0);
    bench.run(["convert", "mixed.pem", "--to", "pem", "--entry", "2", "--out", "z.pem"]).code(2).err_has("password");
    bench
        .run(["convert", "mixed.pem", "--to", "pem", "--entry", "2", "--password-file", "other", "--out", "z.pem"])
        .code(0)
        .err_has("the key and 2 certificates");
}
