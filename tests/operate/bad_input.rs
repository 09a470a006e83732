//! Bad input, each kind with its own clear error, and nothing changed. What belongs to one command stands with that command:
//! names in `names.rs`, files in `cert_import.rs`, passwords in `convert.rs`, the disk in `commit_kill.rs`.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use crate::needs;
use crate::support::authority::Authority;
use crate::support::{Bench, Run, run};

/// Every file of the home with its content, but for the lock, which says who held it last.
fn snapshot(bench: &Bench) -> String {
    bench.shell("find home -type f ! -name lock -exec sha256sum {} + | sort; readlink home/running").code(0).out
}

/// The command is refused with `code`, in five parts, and the home is as it was.
#[track_caller]
fn refused(bench: &Bench, arguments: &[&str], code: &str) -> Run {
    let before = snapshot(bench);
    let run = bench.run(arguments).code(2).err_has(&format!("error[{code}]"));
    assert_eq!(run.out, "", "{arguments:?}");
    assert_eq!(snapshot(bench), before, "{arguments:?}");
    let head = run.err.lines().next().unwrap();
    assert!(!head.ends_with('.'), "{head}");
    run.err_has("help: ")
}

#[test]
fn names_of_profiles() {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "mx", "--cn", "mx1.example.com", "--commit", "x"]).code(0);
    for command in ["new", "request"] {
        refused(&bench, &["cert", command, "mx", "--cn", "mx1.example.com"], "profile/exists");
        for path in ["../mx", "a/b", "/etc/passwd", ".", "..", ".hidden", "-x.y z", ""] {
            refused(&bench, &["cert", command, "--cn", "mx1.example.com", "--", path], "profile/name");
        }
    }
    refused(&bench, &["cert", "rename", "mx", "../x"], "profile/name");
    for command in [&["cert", "import"][..], &["cert", "export", "--to", "pem"], &["cert", "show"]] {
        let run =
            bench.run([command, &["--", "../mx"], if command[1] == "import" { &["x.pem"] } else { &[] }].concat());
        run.code(2).err_has("invalid value '../mx'");
    }
}

#[test]
fn keys_that_protect_nothing() {
    needs!("openssl");
    let bench = Bench::with_home();
    bench
        .shell(
            "openssl req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.pem -days 30 -subj /CN=mx1.example.com 2>/dev/null
             openssl pkcs12 -export -inkey weak.key -in weak.pem -passout pass:x -out weak.p12; echo x >pw; chmod 600 weak.key",
        )
        .code(0);
    refused(&bench, &["cert", "import", "weak", "weak.key", "weak.pem"], "cert/weak-key").err_has("1024");
    refused(&bench, &["cert", "import", "weak", "weak.p12", "--password-file", "pw"], "cert/weak-key");
    bench
        .run(["convert", "weak.p12", "--password-file", "pw", "--to", "pem", "--out", "x.pem"])
        .code(2)
        .err_has("error[cert/weak-key]")
        .err_has("nothing was written");
    assert!(!bench.path("x.pem").exists());
    bench
        .run(["convert", "weak.p12", "--password-file", "pw", "--to", "pem", "--part", "leaf"])
        .code(0)
        .out_has("BEGIN CERT");
    bench.run(["cert", "new", "weak", "--cn", "mx1.example.com", "--key-type", "rsa-1024"]).code(2).err_has("rsa-2048");
}

#[test]
fn a_file_that_nobody_may_read() {
    needs!("setpriv");
    let bench = Bench::with_home();
    let (key, leaf) = Authority::root("Root").issue("mx1.example.com");
    let path = bench.write("secret.pem", format!("{key}{leaf}"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    for arguments in [
        &["show", "secret.pem"][..],
        &["convert", "secret.pem", "--to", "pem"],
        &["cert", "import", "mx", "secret.pem"],
    ] {
        let before = snapshot(&bench);
        as_nobody(&bench, arguments)
            .code(2)
            .err_has("error[input/unreadable]: cannot read `secret.pem`")
            .err_has("Permission denied");
        assert_eq!(snapshot(&bench), before);
    }
}

/// The program as a user without rights; root reads everything. The home belongs to that user.
fn as_nobody(bench: &Bench, arguments: &[&str]) -> Run {
    let mut command = bench.sealpost();
    if bench.shell("id -u").out.trim() == "0" {
        bench.shell("chmod 755 .; chown -R 65534:65534 home").code(0);
        // The program may stand where that user cannot go.
        bench.shell(&format!("cp '{}' program; chmod 755 program", env!("CARGO_BIN_EXE_sealpost"))).code(0);
        command = std::process::Command::new(bench.path("program"));
        command.current_dir(bench.path("")).env("USER", "nobody").arg("--home").arg(bench.home()).uid(65534).gid(65534);
    }
    run(command.args(arguments))
}

#[test]
fn a_home_that_cannot_be_written() {
    needs!("setpriv");
    let bench = Bench::with_home();
    bench.run(["cert", "new", "staged", "--cn", "mx1.example.com"]).code(0);
    as_nobody(&bench, &["cert", "list"]).code(0);
    bench.shell("find home -type d -exec chmod 500 {} +; chmod 400 home/lock").code(0);
    let before = snapshot(&bench);
    for arguments in [
        &["cert", "new", "mx", "--cn", "mx1.example.com"][..],
        &["cert", "request", "mx", "--cn", "mx1.example.com"],
        &["cert", "remove", "staged", "--purge-key"],
        &["cert", "rename", "staged", "other"],
        &["change", "commit", "x"],
        &["change", "clear", "--force"],
        &["change", "prune", "--keep", "1"],
    ] {
        let run = as_nobody(&bench, arguments).code(2);
        run.err_has("error[home/").err_has("help: ");
        assert_eq!(snapshot(&bench), before, "{arguments:?}");
    }
    as_nobody(&bench, &["cert", "list"]).code(0);
    bench.shell("find home -type d -exec chmod 700 {} +").code(0);
}

#[test]
fn what_is_no_file_of_certificates() {
    let bench = Bench::with_home();
    bench.shell("mkdir folder; head -c 40000 /dev/urandom > random; truncate -s 17M large; : > empty; printf 'hello\\n' > text").code(0);
    let files = [
        ("folder", "input/directory"),
        ("gone.pem", "input/missing"),
        ("large", "input/too-large"),
        ("empty", "pem/no-certificate"),
        ("text", "pem/no-certificate"),
        ("random", "pem/no-certificate"),
    ];
    for (file, code) in files {
        refused(&bench, &["cert", "import", "mx", file], code);
        bench.run(["convert", file, "--to", "pem"]).code(2).err_has(&format!("error[{code}]"));
        bench.run(["show", file]).code(2).err_has(&format!("error[{code}]"));
    }
    // A device that never ends is read up to the limit.
    bench.run(["show", "/dev/zero"]).code(2).err_has("error[input/too-large]");
    bench.write("pw", vec![b'x'; 70_000]);
    bench.run(["show", "text", "--password-file", "pw"]).code(2).err_has("error[input/too-large]");
}

#[test]
fn arguments_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::with_home();
    let odd = OsStr::from_bytes(b"mx\xff");
    for before in [&["cert", "new"][..], &["cert", "show"], &["show"], &["cert", "import", "mx"]] {
        let run = run(bench.sealpost().args(before).arg(odd)).code(2);
        assert!(!run.err.contains("panicked"), "{}", run.err);
    }
}
