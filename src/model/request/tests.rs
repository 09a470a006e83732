//! Requests whose attributes are missing, empty or odd.

use super::*;

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length: Vec<u8> = match content.len() {
        short @ ..=0x7f => vec![short as u8],
        middle @ ..=0xff => vec![0x81, middle as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag], length.as_slice(), &content].concat()
}

/// A request of these attributes; its signature is nobody's.
fn request(attributes: &[u8]) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec!["mx1.example.com".to_owned()]).unwrap();
    let name = [0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, b'm', b'x'];
    let spki = rcgen::PublicKeyData::subject_public_key_info(&made.signing_key);
    let info = element(0x30, &[&[2, 1, 0], &name, &spki, attributes]);
    let algorithm = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    element(0x30, &[&info, &algorithm, &element(3, &[&[0, 1, 2, 3]])])
}

/// Asks for the DNS name `mx`, in an attribute of this type.
fn asks_for_mx(kind: &[u8]) -> Vec<u8> {
    let names = element(4, &[&element(0x30, &[&element(0x82, &[b"mx"])])]);
    let extension = element(0x30, &[&[6, 3, 0x55, 0x1d, 0x11], &names]);
    element(0x30, &[kind, &element(0x31, &[&element(0x30, &[&extension])])])
}

const EXTENSION_REQUEST: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14];
const CHALLENGE: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7];
const OF_WINDOWS: &[u8] = &[6, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 14];

#[test]
fn a_request_is_read_whether_its_attributes_are_missing_empty_or_odd() {
    let in_list = |attributes: &[&[u8]]| request(&element(0xa0, attributes));
    let asks = asks_for_mx(EXTENSION_REQUEST);
    // A password of a type that RFC 2985 does not allow, none at all, and what is no attribute of ours.
    let odd = element(0x30, &[CHALLENGE, &element(0x31, &[&element(0x16, &[b"secret"]), &[5, 0]])]);
    let none = element(0x30, &[CHALLENGE, &element(0x31, &[])]);
    let strange = element(0x30, &[&[6, 3, 0x2a, 3, 4], &[2, 1, 7]]);
    for (der, lacks, names) in [
        (request(&[]), true, 0),
        (in_list(&[]), false, 0),
        (in_list(&[&asks]), false, 1),
        (in_list(&[&odd, &asks]), false, 1),
        (in_list(&[&none, &strange, &asks]), false, 1),
        (in_list(&[&asks_for_mx(OF_WINDOWS)]), false, 1),
    ] {
        let read = Request::from_der(&der).unwrap();
        assert_eq!((read.lacks_attributes(), read.subject_alt_names().len()), (lacks, names), "{der:02x?}");
        assert_eq!(read.extensions().len(), names);
        assert_eq!(read.subject().common_name(), Some("mx"));
    }
}

#[test]
fn the_field_that_cannot_be_read_is_named() {
    let named = |der: &[u8]| Request::from_der(der).unwrap_err().to_string();
    let broken = element(0x30, &[EXTENSION_REQUEST, &element(0x31, &[&[2, 1, 7]])]);
    assert_eq!(
        named(&request(&element(0xa0, &[&broken]))),
        "not a signing request: the list of extensions cannot be read"
    );
    assert_eq!(named(&request(&[2, 1, 7])), "not a signing request: the attributes cannot be read");
    let whole = request(&[]);
    assert_eq!(named(&whole[..50]), "not a signing request: the request cannot be read");
    let trailing = [whole, vec![0]].concat();
    assert_eq!(named(&trailing), "not a signing request: the request cannot be read");
}
