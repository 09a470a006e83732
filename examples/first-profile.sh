#!/bin/sh
# The whole life of a certificate, once: home, key and request, a CA's answer with its intermediate, commit, PKCS#12.
# Everything happens in the folder `first-profile` where you stand; OpenSSL plays the CA. Remove the folder when you have seen
# enough. Needs cargo and openssl; another program can be named: SEALPOST=/usr/bin/sealpost examples/first-profile.sh
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
folder=first-profile

stop() {
  printf 'first-profile.sh: %s\n' "$1" >&2
  exit 2
}

command -v openssl >/dev/null || stop "openssl is needed for the CA: apt-get install openssl"
[ ! -e "$folder" ] || stop "$folder exists already; remove it first: rm -r $folder"
if [ -z "${SEALPOST:-}" ]; then
  command -v cargo >/dev/null || stop "cargo is needed to build sealpost: https://rustup.rs"
  cargo build --release --locked --manifest-path "$source/Cargo.toml"
  SEALPOST=${CARGO_TARGET_DIR:-$source/target}/release/sealpost
fi
case $SEALPOST in
/*) ;;
*) SEALPOST=$PWD/$SEALPOST ;;
esac
[ -x "$SEALPOST" ] || stop "$SEALPOST is no program"

mkdir "$folder"
cd "$folder"
export SEALPOST_HOME="$PWD/gateway"

sealpost() {
  printf '\n$ sealpost'
  for word in "$@"; do
    case $word in
    *' '*) printf ' "%s"' "$word" ;;
    *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  "$SEALPOST" "$@"
}

# What OpenSSL says is kept in openssl.log, and shown when something fails.
authority() {
  openssl "$@" 2>>openssl.log || { cat openssl.log >&2; stop "openssl $1 failed"; }
}

# A CA of two storeys: a root, and the intermediate that signs.
authority req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650 \
  -subj "/O=Example CA/CN=Example Root" -addext keyUsage=critical,keyCertSign,cRLSign
authority req -newkey rsa:2048 -nodes -keyout intermediate.key -out intermediate.csr -subj "/O=Example CA/CN=Example Issuing CA"
cat >ca.ext <<END
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
END
cat >server.ext <<END
basicConstraints=critical,CA:FALSE
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
END
authority x509 -req -in intermediate.csr -CA root.pem -CAkey root.key -CAcreateserial -days 1825 -extfile ca.ext -out intermediate.pem

sealpost init --hostname mx1.example.com
sealpost cert request mx-2026 --for listener:IncomingMail --org "Example GmbH" --country DE --out mx.csr --commit "request for mx1"

authority x509 -req -in mx.csr -CA intermediate.pem -CAkey intermediate.key -CAcreateserial -days 90 \
  -copy_extensions copyall -extfile server.ext -out signed.pem

sealpost cert import mx-2026 signed.pem intermediate.pem --commit "signed by Example CA"
sealpost cert list
(umask 077 && openssl rand -base64 18 >password)
sealpost cert export mx-2026 --to pkcs12 --password-file password --out mx.p12
sealpost show mx.p12 --password-file password

printf '\n%s/mx.p12 opens with the password in %s/password, for example:\n' "$folder" "$folder"
printf '  openssl pkcs12 -in %s/mx.p12 -passin file:%s/password -noout -info\n' "$folder" "$folder"
