//! The chain of `testdata/inspect`, and each deviation made of it by a function.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sealpost::formats::{pem, pkcs7};
use sealpost::inspect::bytes::consumers::{Deviation, Position};

/// A good file, block by block.
pub struct Chain {
    /// Leaf, intermediate, root, each with its markers and a last line end.
    pub blocks: [String; 3],
    pub der: Vec<Vec<u8>>,
    pub key: Vec<u8>,
}

/// One file to load.
pub struct Sample {
    pub deviation: Deviation,
    /// Which of several forms of the deviation.
    pub variant: usize,
    pub position: Position,
    pub bytes: Vec<u8>,
}

/// How a file is made of the chain.
enum Make {
    /// Each block at its position by this function.
    Block(fn(&str) -> Vec<u8>),
    /// The same at these positions alone.
    BlockAt(&'static [Position], fn(&str) -> Vec<u8>),
    /// These bytes before the leaf, behind it, and at the end.
    Insert(Vec<u8>),
    /// Two blocks by this function, the second being the one at the position.
    Pair(fn(&str, &str) -> String),
    /// The whole text.
    File(fn(&str) -> Vec<u8>),
}

const MARK: &str = "\u{feff}";

fn testdata(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/inspect").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Chain {
    pub fn new() -> Chain {
        let bundle = String::from_utf8(testdata("bundle.pem")).unwrap();
        let blocks: Vec<String> = bundle.split_inclusive("-----END CERTIFICATE-----\n").map(String::from).collect();
        let der = blocks.iter().map(|block| der(block)).collect();
        Chain { blocks: blocks.try_into().unwrap(), der, key: testdata("leaf.key") }
    }
}

/// Every file with this deviation.
pub fn samples(chain: &Chain, deviation: Deviation) -> Vec<Sample> {
    let made = makes(deviation).into_iter().enumerate().flat_map(|(variant, make)| {
        files(chain, &make).into_iter().map(move |(position, bytes)| Sample { deviation, variant, position, bytes })
    });
    made.collect()
}

fn files(chain: &Chain, make: &Make) -> Vec<(Position, Vec<u8>)> {
    let [leaf, middle, last] = &chain.blocks;
    let plain = |block: &String| block.clone().into_bytes();
    let at = |position: Position, change: fn(&str) -> Vec<u8>| {
        let changed = |block: &String, here: Position| match position == here || position == Position::Every {
            true => change(block),
            false => plain(block),
        };
        let three = [(leaf, Position::First), (middle, Position::Middle), (last, Position::Last)];
        let bytes = match position {
            Position::Only => change(leaf),
            _ => three.iter().flat_map(|(block, here)| changed(block, *here)).collect(),
        };
        (position, bytes)
    };
    match make {
        Make::Block(change) => Position::ALL.map(|position| at(position, *change)).into(),
        Make::BlockAt(positions, change) => positions.iter().map(|position| at(*position, *change)).collect(),
        Make::Insert(bytes) => vec![
            (Position::First, [bytes.as_slice(), leaf.as_bytes(), middle.as_bytes(), last.as_bytes()].concat()),
            (Position::Middle, [leaf.as_bytes(), bytes, middle.as_bytes(), last.as_bytes()].concat()),
            (Position::Last, [leaf.as_bytes(), middle.as_bytes(), last.as_bytes(), bytes].concat()),
        ],
        Make::Pair(join) => vec![
            (Position::Middle, (join(leaf, middle) + last).into_bytes()),
            (Position::Last, (leaf.clone() + &join(middle, last)).into_bytes()),
            (Position::Every, join(&join(leaf, middle), last).into_bytes()),
        ],
        Make::File(change) => {
            vec![(Position::Only, change(leaf)), (Position::Every, change(&chain.blocks.concat()))]
        }
    }
}

/// The forms of a deviation. Where the table tells nothing apart, several are tried.
fn makes(deviation: Deviation) -> Vec<Make> {
    match deviation {
        Deviation::LongerLabel
        | Deviation::OtherLabel
        | Deviation::TrustedLabel
        | Deviation::X509Label
        | Deviation::EndLabelDiffers
        | Deviation::BeginLabelDiffers
        | Deviation::Pkcs7AsCertificate => labels(deviation),
        Deviation::Headers
        | Deviation::BadCharacter
        | Deviation::LostCharacter
        | Deviation::BrokenDer
        | Deviation::BytesAfterDer
        | Deviation::EndMissing
        | Deviation::CutOff
        | Deviation::FileCut
        | Deviation::MarkerCut
        | Deviation::LooseBase64 => losses(deviation),
        Deviation::GluedBlocks
        | Deviation::TextBeforeBegin
        | Deviation::TextAfterEnd
        | Deviation::BodyOnBeginLine
        | Deviation::BodyOnEndLine
        | Deviation::DamagedBegin
        | Deviation::DamagedEnd => markers(deviation),
        Deviation::ByteOrderMark
        | Deviation::Utf16
        | Deviation::CrOnly
        | Deviation::Crlf
        | Deviation::IndentedBegin
        | Deviation::IndentedEnd
        | Deviation::BlankLines
        | Deviation::OddWrapping => lines(deviation),
        Deviation::EscapedNewlines
        | Deviation::QuotedPrintable
        | Deviation::InvisibleInBody
        | Deviation::InvisibleAtLineEnd
        | Deviation::InvisibleBeforeBegin
        | Deviation::InvisibleAfterEnd
        | Deviation::MailQuoting
        | Deviation::NoMarkers
        | Deviation::EncodedTwice => copied(deviation),
        Deviation::StrayEnd
        | Deviation::TextOutside
        | Deviation::RequestAmong
        | Deviation::ParametersAmong
        | Deviation::KeyAmong
        | Deviation::PgpAmong => guests(deviation),
    }
}

fn labels(deviation: Deviation) -> Vec<Make> {
    match deviation {
        Deviation::LongerLabel => vec![
            Make::Block(|block| block.replace(" CERTIFICATE", " CERTIFICATE REQUEST").into()),
            Make::Block(|block| block.replace(" CERTIFICATE", " CERTIFICATE CHAIN").into()),
        ],
        Deviation::OtherLabel => vec![
            Make::Block(|block| block.replace(" CERTIFICATE", " PRIVATE KEY").into()),
            Make::Block(|block| block.replace(" CERTIFICATE", " NEW CERTIFICATE REQUEST").into()),
            Make::Block(|block| block.replace(" CERTIFICATE", " CERT").into()),
        ],
        Deviation::TrustedLabel => vec![Make::Block(|block| {
            // CertAux: trusted for serverAuth, as `openssl x509 -addtrust serverAuth` writes it.
            let settings = b"\x30\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
            pem::encode("TRUSTED CERTIFICATE", &[der(block).as_slice(), settings].concat()).into()
        })],
        Deviation::X509Label => vec![Make::Block(|block| block.replace(" CERTIFICATE", " X509 CERTIFICATE").into())],
        Deviation::EndLabelDiffers => vec![
            Make::Block(|block| block.replace("END CERTIFICATE", "END X509 CERTIFICATE").into()),
            Make::Block(|block| block.replace("END CERTIFICATE", "END PRIVATE KEY").into()),
        ],
        Deviation::BeginLabelDiffers => vec![
            Make::Block(|block| block.replace("BEGIN CERTIFICATE", "BEGIN X509 CERTIFICATE").into()),
            Make::Block(|block| block.replace("BEGIN CERTIFICATE", "BEGIN TRUSTED CERTIFICATE").into()),
        ],
        _ => vec![Make::Block(|block| {
            pem::encode("CERTIFICATE", &pkcs7::write(&[der(block).as_slice()]).unwrap()).into()
        })],
    }
}

fn losses(deviation: Deviation) -> Vec<Make> {
    match deviation {
        Deviation::Headers => vec![
            Make::Block(|block| block.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE-----\nComment: x\n").into()),
            Make::Block(|block| block.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE-----\nA: b\nC: d\n").into()),
        ],
        Deviation::BadCharacter => vec![
            Make::Block(|block| with_line(block, |line| line.replacen(char::is_alphanumeric, "*", 1))),
            Make::Block(|block| with_line(block, |line| format!("{}é{}", &line[..9], &line[9..]))),
            Make::Block(|block| with_line(block, |_| "AAA=".into())),
        ],
        Deviation::LostCharacter => vec![Make::Block(|block| with_line(block, |line| line[1..].into()))],
        Deviation::BrokenDer => vec![
            Make::Block(|block| with_line(block, |line| line[4..].into())),
            Make::Block(|block| {
                let der = der(block);
                pem::encode("CERTIFICATE", &der[..der.len() - 30]).into()
            }),
            Make::Block(|block| {
                let mut der = der(block);
                der[4] = 0x31;
                pem::encode("CERTIFICATE", &der).into()
            }),
            Make::Block(|_| b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".to_vec()),
        ],
        Deviation::BytesAfterDer => {
            vec![Make::Block(|block| pem::encode("CERTIFICATE", &[der(block).as_slice(), &[0; 4]].concat()).into())]
        }
        Deviation::EndMissing => vec![Make::BlockAt(&[Position::First, Position::Middle], without_end)],
        Deviation::CutOff => vec![Make::BlockAt(&[Position::First, Position::Middle], cut)],
        Deviation::FileCut => vec![
            Make::BlockAt(&[Position::Only, Position::Last], without_end),
            Make::BlockAt(&[Position::Only, Position::Last], cut),
            Make::BlockAt(&[Position::Only, Position::Last], |block| block[..200].into()),
        ],
        Deviation::MarkerCut => vec![Make::BlockAt(&[Position::Only, Position::Last], |block| {
            (block.to_owned() + "-----BEGIN CERT").into()
        })],
        _ => vec![Make::Block(|block| bare(block).into())],
    }
}

fn markers(deviation: Deviation) -> Vec<Make> {
    match deviation {
        Deviation::GluedBlocks => vec![
            Make::Pair(|before, block| before.trim_end().to_owned() + block),
            Make::Pair(|before, block| before.trim_end().to_owned() + " " + block),
        ],
        Deviation::TextBeforeBegin => vec![
            Make::Block(|block| format!("cert: {block}").into()),
            Make::Block(|block| format!("<pre>{block}").into()),
        ],
        Deviation::TextAfterEnd => vec![
            Make::Block(|block| format!("{} # mx1\n", block.trim_end()).into()),
            Make::Block(|block| format!("{}</pre>\n", block.trim_end()).into()),
        ],
        Deviation::BodyOnBeginLine => vec![
            Make::Block(|block| block.replacen("-----\n", "-----", 1).into()),
            Make::Block(|block| (block.replace('\n', "") + "\n").into()),
        ],
        Deviation::BodyOnEndLine => vec![Make::Block(|block| block.replace("\n-----END", "-----END").into())],
        Deviation::DamagedBegin => vec![
            Make::Block(|block| block.replace("-----BEGIN", "----BEGIN").into()),
            Make::Block(|block| block.replace("-----BEGIN", "------BEGIN").into()),
            Make::Block(|block| block.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE----").into()),
            Make::Block(|block| block.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE------").into()),
            Make::Block(|block| block.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE").into()),
            Make::Block(|block| block.replace("-----BEGIN", "–––––BEGIN").into()),
            Make::Block(|block| block.replace("-----", "–––––").into()),
            Make::Block(|block| block.replace("BEGIN CERTIFICATE", "begin certificate").into()),
            Make::Block(|block| block.replace("-----BEGIN CERTIFICATE-----", "----- BEGIN CERTIFICATE -----").into()),
            Make::Block(|block| block.replace("BEGIN CERTIFICATE", "BEGIN  CERTIFICATE").into()),
            Make::Block(|block| block.replace("BEGIN CERTIFICATE", "BEGIN\u{a0}CERTIFICATE").into()),
        ],
        _ => vec![
            Make::Block(|block| block.replace("-----END", "----END").into()),
            Make::Block(|block| block.replace("-----END", "------END").into()),
            Make::Block(|block| block.replace("END CERTIFICATE-----", "END CERTIFICATE----").into()),
            Make::Block(|block| block.replace("-----END", "–––––END").into()),
            Make::Block(|block| block.replace("END CERTIFICATE", "end certificate").into()),
            Make::Block(|block| block.replace("END CERTIFICATE", "END\u{a0}CERTIFICATE").into()),
        ],
    }
}

fn lines(deviation: Deviation) -> Vec<Make> {
    match deviation {
        Deviation::ByteOrderMark => vec![Make::Block(|block| format!("{MARK}{block}").into())],
        Deviation::Utf16 => vec![
            Make::File(|text| format!("{MARK}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Make::File(|text| format!("{MARK}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Make::File(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ],
        Deviation::CrOnly => vec![Make::Block(|block| block.replace('\n', "\r").into())],
        Deviation::Crlf => vec![Make::Block(|block| block.replace('\n', "\r\n").into())],
        Deviation::IndentedBegin => vec![
            Make::Block(|block| block.lines().map(|line| format!("    {line}\n")).collect::<String>().into()),
            Make::Block(|block| block.lines().map(|line| format!("\t{line}\n")).collect::<String>().into()),
            Make::Block(|block| format!("  {block}").into()),
        ],
        Deviation::IndentedEnd => vec![Make::Block(|block| block.replace("-----END", "  -----END").into())],
        Deviation::BlankLines => vec![
            Make::Block(|block| block.replace('\n', "\n\n").into()),
            Make::Block(|block| with_line(block, |line| format!("{line}\n"))),
            Make::Block(|block| block.replace("-----END", "\n-----END").into()),
        ],
        _ => vec![
            Make::Block(|block| wrapped(block, usize::MAX)),
            Make::Block(|block| wrapped(block, 76)),
            Make::Block(|block| wrapped(block, 20)),
            Make::Block(|block| with_line(block, |line| format!("  {line}  "))),
            Make::Block(|block| with_line(block, |line| format!("{} {}", &line[..9], &line[9..]))),
            Make::Block(|block| block.replacen('\n', "\n\n", 1).into()),
        ],
    }
}

fn copied(deviation: Deviation) -> Vec<Make> {
    match deviation {
        Deviation::EscapedNewlines => vec![
            Make::Block(|block| (block.replace('\n', "\\n") + "\n").into()),
            Make::File(|text| text.replace('\n', "\\n").into()),
            Make::Block(|block| with_line(block, |line| format!("{}\\/{}", &line[..9], &line[10..]))),
        ],
        Deviation::QuotedPrintable => vec![
            Make::Block(|block| with_line(block, |line| format!("{}=\n{}", &line[..40], &line[40..]))),
            Make::Block(|block| block.replace("=\n", "=3D\n").replace("\n-----END", "=\n\n-----END").into()),
        ],
        Deviation::InvisibleInBody => vec![
            Make::Block(|block| with_line(block, |line| format!("\u{a0}{line}"))),
            Make::Block(|block| with_line(block, |line| format!("{}\u{200b}{}", &line[..9], &line[9..]))),
            Make::Block(|block| with_line(block, |line| format!("{line}\n{MARK}"))),
            Make::Block(|block| block.replace("-----END", "\u{2060}-----END").into()),
            Make::Block(|block| latin(&with_line(block, |line| format!("\u{a0}{line}")))),
        ],
        Deviation::InvisibleAtLineEnd => vec![
            Make::Block(|block| with_line(block, |line| format!("{line}\u{a0}"))),
            Make::Block(|block| block.replacen("-----\n", "-----\u{200b}\n", 1).into()),
            Make::Block(|block| latin(&with_line(block, |line| format!("{line}\u{a0}")))),
        ],
        Deviation::InvisibleBeforeBegin => vec![
            Make::Block(|block| format!("\u{a0}{block}").into()),
            Make::Block(|block| format!(" \u{200b} {block}").into()),
        ],
        Deviation::InvisibleAfterEnd => vec![
            Make::Block(|block| format!("{}\u{a0}\n", block.trim_end()).into()),
            Make::Block(|block| format!("{}{MARK}\n", block.trim_end()).into()),
        ],
        Deviation::MailQuoting => vec![
            Make::Block(|block| block.lines().map(|line| format!("> {line}\n")).collect::<String>().into()),
            Make::Block(|block| block.lines().map(|line| format!(">{line}\n")).collect::<String>().into()),
            Make::Block(|block| block.lines().map(|line| format!("> | {line}\n")).collect::<String>().into()),
        ],
        Deviation::NoMarkers => vec![Make::File(|text| bare(text).into())],
        _ => vec![
            Make::File(|text| STANDARD.encode(text).into()),
            Make::File(|text| wrapped(&format!("-\n{}\n-", STANDARD.encode(text)), 76)[2..].to_vec()),
        ],
    }
}

fn guests(deviation: Deviation) -> Vec<Make> {
    let insert = |text: &str| Make::Insert(text.as_bytes().to_vec());
    match deviation {
        Deviation::StrayEnd => vec![insert("-----END CERTIFICATE-----\n")],
        Deviation::TextOutside => {
            vec![insert("Bag Attributes\n    friendlyName: mx1\nsubject=CN = mx1.example.com\n\n"), insert("bye\n")]
        }
        Deviation::RequestAmong => vec![Make::Insert(testdata("leaf.csr"))],
        Deviation::ParametersAmong => vec![
            // P-256, as `openssl ecparam -name prime256v1` writes it.
            insert(&pem::encode("EC PARAMETERS", b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")),
            Make::Insert(testdata("root.crl")),
        ],
        Deviation::KeyAmong => vec![Make::Insert(testdata("leaf.key"))],
        _ => vec![insert(
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 1\n\nmQENBFk=\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n",
        )],
    }
}

/// The third line of base64 changed.
fn with_line(block: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let change = |(number, line): (usize, &str)| if number == 3 { change(line) } else { line.to_owned() };
    let lines: Vec<String> = block.lines().enumerate().map(change).collect();
    (lines.join("\n") + "\n").into_bytes()
}

fn without_end(block: &str) -> Vec<u8> {
    block.replace("-----END CERTIFICATE-----\n", "").into()
}

/// Five lines of base64, and no END.
fn cut(block: &str) -> Vec<u8> {
    block.split_inclusive('\n').take(6).collect::<String>().into()
}

/// The base64 alone.
fn bare(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('-')).map(|line| format!("{line}\n")).collect()
}

/// Everything between the first and the last line in lines of this length.
fn wrapped(block: &str, columns: usize) -> Vec<u8> {
    let lines: Vec<&str> = block.lines().collect();
    let (first, body, last) = (lines[0], lines[1..lines.len() - 1].concat(), lines[lines.len() - 1]);
    let folded: Vec<&str> =
        body.as_bytes().chunks(columns.min(body.len())).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("{first}\n{}\n{last}\n", folded.join("\n")).into()
}

/// In Latin-1 in place of UTF-8.
fn latin(text: &[u8]) -> Vec<u8> {
    std::str::from_utf8(text).unwrap().chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect()
}

fn der(block: &str) -> Vec<u8> {
    pem::blocks(block.as_bytes()).unwrap().remove(0).1
}
