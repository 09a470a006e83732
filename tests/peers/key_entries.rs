//! Stores with several keys as Java and OpenSSL write them, and `--entry`.

use crate::needs;
use crate::support::Bench;

/// Two keys, `mx1` and `Mx2`, each with its own certificate; `pw` opens the store.
fn java(bench: &Bench, store: &str, kind: &str) {
    bench.write("pw", "secret12\n");
    for alias in ["mx1", "Mx2"] {
        bench
            .shell(&format!(
                "keytool -genkeypair -keystore {store} -storetype {kind} -storepass secret12 -keypass secret12 -alias {alias} \
                 -keyalg EC -groupname secp256r1 -dname CN={alias}.example.com -ext san=dns:{alias}.example.com 2>&1"
            ))
            .code(0);
    }
}

#[test]
fn a_store_of_java_with_two_entries() {
    needs!("keytool");
    for kind in ["jks", "pkcs12"] {
        let bench = Bench::with_home();
        java(&bench, "store", kind);
        let import = |more: &[&str]| {
            let fixed = ["cert", "import", "new", "store", "--password-file", "pw", "--dry-run"];
            bench.run(fixed.iter().chain(["--accept", "chain/self-signed-leaf"].iter()).chain(more).copied())
        };
        import(&[])
            .code(2)
            .err_has("error[import/several-keys]")
            .err_has(": `mx1`, ECDSA P-256, the key of mx1.example.com")
            .err_has(": `mx2`, ECDSA P-256, the key of Mx2.example.com");
        for entry in ["mx2", "Mx2"] {
            let run = bench.run(["show", "store", "--password-file", "pw", "--entry", entry]).code(0);
            assert!(run.out.contains("Mx2.example.com") && !run.out.contains("mx1.example.com"), "{kind} {}", run.out);
        }
    }
}

#[test]
fn a_key_with_a_password_of_its_own_stays_shut_unless_it_is_meant() {
    needs!("keytool");
    let bench = Bench::new();
    java(&bench, "store", "jks");
    bench
        .shell("keytool -keypasswd -keystore store -storepass secret12 -alias mx1 -keypass secret12 -new another1 2>&1")
        .code(0);
    let convert = |more: &[&str]| bench.run(["convert", "store", "--password-file", "pw"].iter().chain(more).copied());
    convert(&["--to", "pem", "--entry", "mx2", "--out", "mx2.pem"]).code(0).err_has("the key and 1 certificate");
    convert(&["--to", "pem", "--part", "leaf", "--entry", "mx1"]).code(0).out_has("BEGIN CERTIFICATE");
    convert(&["--to", "pem", "--entry", "mx1", "--out", "mx1.pem"]).code(2).err_has("error[password/wrong]");
    bench.write("pw", "secret12\nanother1\n");
    convert(&["--to", "pem", "--entry", "mx1", "--out", "mx1.pem"]).code(0).err_has("the key and 1 certificate");
}

#[test]
fn a_key_file_of_openssl_with_two_locked_keys() {
    needs!("openssl");
    let bench = Bench::new();
    bench.write("pw", "secret12\n");
    bench
        .shell(
            "for i in 1 2; do openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -passout file:pw -keyout $i.key \
             -subj /CN=mx$i.example.com -addext subjectAltName=DNS:mx$i.example.com -out $i.crt 2>&1; done; cat 1.key 2.key 1.crt 2.crt > all.pem",
        )
        .code(0);
    let convert = |more: &[&str]| bench.run(["convert", "all.pem", "--to", "pem"].iter().chain(more).copied());
    convert(&["--password-file", "pw", "--out", "x.pem"])
        .code(2)
        .err_has("--entry 2: ECDSA P-256, the key of mx2.example.com");
    convert(&["--password-file", "pw", "--entry", "2", "--out", "x.pem"]).code(0);
    bench.shell("openssl x509 -in x.pem -noout -subject").code(0).out_has("mx2.example.com");
    bench.shell("openssl pkey -in x.pem -pubout > k; openssl x509 -in x.pem -pubkey -noout | cmp - k").code(0);
}
