#!/bin/sh
# Makes the files of this folder anew, with OpenSSL 3. See README.md.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/ca.cnf" <<END
[ca]
default_ca = it
[it]
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
organizationName = optional
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = DNS:mx1.example.com,DNS:*.example.com,IP:192.0.2.1,email:postmaster@example.com
authorityInfoAccess = OCSP;URI:http://ocsp.example.com/,caIssuers;URI:http://ca.example.com/issuing.crt
crlDistributionPoints = URI:http://ca.example.com/issuing.crl
certificatePolicies = 2.23.140.1.2.1
tlsfeature = status_request
1.2.3.4 = ASN1:UTF8String:unknown
END
: > "$work/index.txt"

request() { # name subject options...
    name=$1 subject=$2; shift 2
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/$name.key" -out "$work/$name.csr" -subj "$subject" "$@"
}
sign() { # name extensions from until options...
    name=$1 extensions=$2 from=$3 until=$4; shift 4
    openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/$name.csr" -out "$name.pem" -extensions "$extensions" -startdate "$from" -enddate "$until" "$@"
}

request root "/CN=Example Root CA"
request issuing "/CN=Example Issuing CA"
request server "/O=Example GmbH/CN=mx1.example.com" -addext "subjectAltName=DNS:mx1.example.com,IP:192.0.2.1" -addext "extendedKeyUsage=serverAuth"
cp "$work/server.csr" "$work/expired.csr"
cp "$work/server.csr" "$work/future.csr"
sign root root 20200101000000Z 20991231235959Z -selfsign -keyfile "$work/root.key"
sign issuing issuing 20200101000000Z 20991231235959Z -cert root.pem -keyfile "$work/root.key"
sign server server 20200101000000Z 20981231235959Z -cert issuing.pem -keyfile "$work/issuing.key"
sign expired server 20010101000000Z 20011231235959Z -cert issuing.pem -keyfile "$work/issuing.key"
sign future server 20970101000000Z 20981231235959Z -cert issuing.pem -keyfile "$work/issuing.key"
cp "$work/server.key" server.key
cp "$work/server.csr" server.csr
openssl pkcs8 -topk8 -in server.key -out encrypted.key -passout pass:secret
openssl pkcs12 -export -in server.pem -inkey server.key -certfile issuing.pem -name "my mx" -passout pass:secret -out server.p12
