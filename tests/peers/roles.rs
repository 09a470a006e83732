//! OpenSSL and GnuTLS agree with `role check` about what a committed role presents.

use crate::needs;
use crate::support::Bench;
use crate::support::authority::{Answer, Authority};

/// What the running revision presents for incoming mail, in a file, and the root that signed it.
fn committed(intermediate: bool) -> Bench {
    let bench = Bench::with_home();
    let root = Authority::root("Private Root");
    let lower = root.intermediate("Private Issuing CA");
    bench.write("root.pem", root.pem());
    bench.write("lower.pem", lower.pem());
    let request = bench.run(["cert", "request", "mx", "--for", "listener:IncomingMail"]).code(0).out;
    bench.write("signed.pem", lower.sign(&request, &Answer::default()));
    bench.run(["authority", "import", "root.pem"]).code(0);
    bench.run(["cert", "import", "mx", "signed.pem", "lower.pem"]).code(0);
    bench.run(["listener", "policy", "set", "IncomingMail", "ACCEPTED", "--tls", "preferred"]).code(0);
    bench.run(["role", "bind", "listener:IncomingMail", "mx", "--commit", "x", "--with-pending"]).code(0);
    let files = if intermediate { "certificate.pem intermediates.pem" } else { "certificate.pem" };
    bench.shell(&format!("cd home/running/certificates/mx; cat {files} > ../../../../../presented.pem")).code(0);
    bench
}

#[test]
fn a_committed_chain_is_verified_by_openssl_and_gnutls_and_by_role_check() {
    needs!("openssl", "certtool");
    let bench = committed(true);
    bench.run(["role", "check", "listener:IncomingMail"]).code(0).out_has("SAN mx1.example.com fits mx1.example.com");
    let openssl = "openssl verify -CAfile root.pem -no-CApath -no-CAstore -untrusted presented.pem -purpose sslserver \
                   -verify_hostname mx1.example.com -x509_strict presented.pem 2>&1";
    bench.shell(openssl).code(0).out_has("presented.pem: OK");
    let certtool = "certtool --verify --load-ca-certificate root.pem --verify-hostname mx1.example.com --infile presented.pem 2>&1";
    bench.shell(certtool).code(0).out_has("Chain verification output: Verified. The certificate is trusted.");
    // The key that the engine gets is the certificate's.
    let key =
        "openssl pkey -in home/running/certificates/mx/key.pem -pubout; openssl x509 -in presented.pem -noout -pubkey";
    let keys = bench.shell(key).code(0).out;
    let (private, public) = keys.split_at(keys.len() / 2);
    assert_eq!(private, public);
}

#[test]
fn what_admission_blocks_for_want_of_an_issuer_fails_at_openssl_and_gnutls_too() {
    needs!("openssl", "certtool");
    let bench = committed(false);
    let openssl = "openssl verify -CAfile root.pem -no-CApath -no-CAstore presented.pem 2>&1";
    assert_ne!(bench.shell(openssl).code, 0);
    assert_ne!(bench.shell("certtool --verify --load-ca-certificate root.pem --infile presented.pem 2>&1").code, 0);
    bench.run(["cert", "rename", "mx", "whole"]).code(0);
    bench.shell("rm home/staged/certificates/whole/intermediates.pem").code(0);
    bench.run(["change", "commit", "x"]).code(2).err_has("error[chain/missing-intermediate]");
    bench
        .run(["role", "check", "listener:IncomingMail"])
        .code(1)
        .out_has("was issued by Private Issuing CA, which is neither sent along nor trusted");
}
