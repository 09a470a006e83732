#!/bin/sh
# The whole life of a certificate, once: home, key and request, a CA's answer with its intermediate, commit, PKCS#12.
# Everything happens in the folder `first-profile` beside you; OpenSSL plays the CA. Remove the folder when you have seen enough.
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
cargo build --release --locked --manifest-path "$source/Cargo.toml"
PATH=${CARGO_TARGET_DIR:-$source/target}/release:$PATH
mkdir first-profile
cd first-profile
export SEALPOST_HOME="$PWD/gateway"

run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

# A CA of two storeys: a root, and the intermediate that signs.
openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650 -subj "/O=Example CA/CN=Example Root" 2>openssl.log
openssl req -newkey rsa:2048 -nodes -keyout intermediate.key -out intermediate.csr -subj "/O=Example CA/CN=Example Issuing CA" 2>>openssl.log
printf 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n' >ca.ext
openssl x509 -req -in intermediate.csr -CA root.pem -CAkey root.key -CAcreateserial -days 1825 -extfile ca.ext -out intermediate.pem 2>>openssl.log

run sealpost init --hostname mx1.example.com
run sealpost cert request mx-2026 --for listener:IncomingMail --org "Example GmbH" --country DE --out mx.csr --commit "request for mx1"

openssl x509 -req -in mx.csr -CA intermediate.pem -CAkey intermediate.key -CAcreateserial -days 90 -copy_extensions copyall -out signed.pem 2>>openssl.log

run sealpost cert import mx-2026 signed.pem intermediate.pem --commit "signed by Example CA"
run sealpost cert list
(umask 077 && openssl rand -base64 18 >password)
run sealpost cert export mx-2026 --to pkcs12 --password-file password --out mx.p12
run sealpost show mx.p12 --password-file password

printf '\nfirst-profile/mx.p12 opens with the password in first-profile/password\n'
