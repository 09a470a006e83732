//! Faults of the text: how the blocks are written, and what stands beside them.

use sealpost::formats::pem;

use super::faults::{Action, Fault, Group};

const fn layout(name: &'static str, finds: &'static [&'static str], change: fn(&str) -> String) -> Fault {
    Fault::new(name, Group::Layout, finds, Action::Text(change))
}

const fn edge(name: &'static str, finds: &'static [&'static str], change: fn(&str) -> String) -> Fault {
    Fault::new(name, Group::Edge, finds, Action::Text(change))
}

pub const TEXT_FAULTS: &[Fault] = &[
    layout("CRLF", &["pem/crlf"], |text| text.replace('\n', "\r\n")),
    layout("CR only", &["pem/cr-only"], |text| text.replace('\n', "\r")),
    layout("indented", &["pem/indented"], |text| text.replace('\n', "\n    ")),
    layout("blank lines", &["pem/blank-lines"], |text| text.replace('\n', "\n\n")),
    layout("literal line ends", &["pem/escaped-newlines"], |text| text.replace('\n', "\\n")),
    layout("glued", &["pem/glued-blocks"], |text| text.replace("-----\n-----BEGIN", "----------BEGIN")),
    layout("one long line", &["pem/odd-wrapping"], one_line),
    layout("old label", &["pem/legacy-label"], |text| text.replace(" CERTIFICATE", " X509 CERTIFICATE")),
    layout("trusted label", &["pem/trusted-label"], |text| text.replace(" CERTIFICATE", " TRUSTED CERTIFICATE")),
    edge("byte order mark", &["pem/bom"], |text| format!("\u{feff}{text}")),
    edge("comment", &["pem/text-outside"], |text| format!("{text}issued by somebody\n")),
    edge("parameters", &["pem/foreign-block"], |text| {
        format!("{text}{}", pem::encode("EC PARAMETERS", &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]))
    }),
    edge("half a block", &["pem/malformed"], |text| format!("{text}-----BEGIN CERTIFICATE-----\nMIIBkTCB+wIJAJ\n")),
    edge("base64 spoilt behind", &["pem/malformed"], |text| {
        format!("{text}-----BEGIN CERTIFICATE-----\nMII*kTCB+wIJ\n-----END CERTIFICATE-----\n")
    }),
];

fn one_line(text: &str) -> String {
    let mut long = String::new();
    for line in text.lines() {
        if line.starts_with("-----END") {
            long.push('\n');
        }
        long.push_str(line);
        if line.starts_with('-') {
            long.push('\n');
        }
    }
    long
}
