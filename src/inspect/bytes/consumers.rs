//! What other programs make of a file of certificates that is not as RFC 7468 wants it. Every sentence about them comes from here.
//!
//! Measured with what servers call when they load a chain and its key, not with command-line tools, which often read otherwise:
//! `SSL_CTX_use_certificate_chain_file` (nginx, Postfix, Python's ssl), `gnutls_certificate_set_x509_key_file`,
//! Go's `tls.LoadX509KeyPair`, the PEM iterator of rustls-pki-types, and `CertificateFactory.generateCertificates`, by which keytool
//! imports. `tests/peers/pem_consumers.rs` makes a chain of three with each deviation at each position and asks all of them again.

/// A family of programs that read PEM with the same function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consumer {
    OpenSsl,
    GnuTls,
    Go,
    Rustls,
    Java,
}

impl Consumer {
    /// In the order of the table's columns.
    pub const ALL: [Consumer; 5] =
        [Consumer::OpenSsl, Consumer::GnuTls, Consumer::Go, Consumer::Rustls, Consumer::Java];

    pub fn name(self) -> &'static str {
        match self {
            Consumer::OpenSsl => "OpenSSL",
            Consumer::GnuTls => "GnuTLS",
            Consumer::Go => "Go",
            Consumer::Rustls => "rustls",
            Consumer::Java => "Java",
        }
    }
}

/// What becomes of a chain and its key, from harmless to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The whole chain is loaded.
    Reads,
    /// All blocks are loaded, and the damaged one is served as it stands.
    ServesDamaged,
    /// The chain is loaded without this block, and nothing is reported.
    Skips,
    /// The block behind this one is missing.
    LosesNext,
    /// This block and the one before it are missing.
    LosesBoth,
    /// Only what stands before this block is loaded.
    Stops,
    /// The file is not loaded: the server does not start, or does without TLS.
    Refuses,
    /// Depends on details that the row does not tell apart: nothing is claimed.
    Varies,
}

/// Where among the certificates of a file the deviation is. The first one is the leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// In the one certificate of the file.
    Only,
    First,
    Middle,
    Last,
    /// In each of several certificates.
    Every,
}

impl Position {
    /// In the order of the table's cells.
    pub const ALL: [Position; 5] = [Position::Only, Position::First, Position::Middle, Position::Last, Position::Every];
}

/// A way in which a file of certificates is not as RFC 7468 wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deviation {
    Headers,
    Pkcs7AsCertificate,
    /// A certificate under a label that begins with `CERTIFICATE`, such as CERTIFICATE REQUEST.
    LongerLabel,
    /// A certificate under any other label.
    OtherLabel,
    TrustedLabel,
    X509Label,
    /// BEGIN CERTIFICATE, and an END with another label.
    EndLabelDiffers,
    /// END CERTIFICATE, and a BEGIN with another label.
    BeginLabelDiffers,
    BadCharacter,
    /// A number of base64 characters that is no multiple of four.
    LostCharacter,
    BrokenDer,
    BytesAfterDer,
    /// The certificate is whole, and another BEGIN stands where END should.
    EndMissing,
    /// The certificate is cut off, and another BEGIN stands where END should.
    CutOff,
    /// The file ends before END.
    FileCut,
    /// The file ends within a further BEGIN line.
    MarkerCut,
    /// Base64 of a certificate outside of any block.
    LooseBase64,
    StrayEnd,
    GluedBlocks,
    TextBeforeBegin,
    TextAfterEnd,
    /// Base64 on the line of BEGIN.
    BodyOnBeginLine,
    /// Base64 on the line of END.
    BodyOnEndLine,
    DamagedBegin,
    DamagedEnd,
    ByteOrderMark,
    Utf16,
    CrOnly,
    Crlf,
    IndentedBegin,
    IndentedEnd,
    BlankLines,
    EscapedNewlines,
    QuotedPrintable,
    /// A no-break or zero-width space between characters of base64.
    InvisibleInBody,
    /// The same at the end of a line of base64.
    InvisibleAtLineEnd,
    /// The same before BEGIN.
    InvisibleBeforeBegin,
    /// The same behind END.
    InvisibleAfterEnd,
    MailQuoting,
    NoMarkers,
    EncodedTwice,
    OddWrapping,
    TextOutside,
    RequestAmong,
    ParametersAmong,
    KeyAmong,
    PgpAmong,
}

/// One deviation and what each consumer makes of it.
#[derive(Debug)]
pub struct Row {
    pub deviation: Deviation,
    /// The rule that reports it.
    pub rule: &'static str,
    /// For a heading: `BEGIN is indented`.
    pub name: &'static str,
    /// A line for each consumer in the order of [`Consumer::ALL`], a cell for each position in the order of [`Position::ALL`].
    pub effects: [[Effect; 5]; 5],
}

const L: Effect = Effect::Reads;
const D: Effect = Effect::ServesDamaged;
const S: Effect = Effect::Skips;
const N: Effect = Effect::LosesNext;
const B: Effect = Effect::LosesBoth;
const T: Effect = Effect::Stops;
const R: Effect = Effect::Refuses;
const V: Effect = Effect::Varies;

/// Every position the same.
const READ: [Effect; 5] = [L; 5];
const REFUSED: [Effect; 5] = [R; 5];
/// Skipped; without the leaf the key fits nothing.
const SKIPPED: [Effect; 5] = [R, R, S, S, R];
/// The same where a hole in the chain ends it: GnuTLS keeps what follows from the leaf.
const SKIPPED_SORTED: [Effect; 5] = [R, R, T, S, R];
/// Served broken; a broken leaf fits no key.
const SERVED: [Effect; 5] = [R, R, D, D, R];
const VARIES: [Effect; 5] = [V; 5];

const fn row(deviation: Deviation, rule: &'static str, name: &'static str, effects: [[Effect; 5]; 5]) -> Row {
    Row { deviation, rule, name, effects }
}

/// The columns of each line: only, first, middle, last, every. The lines: OpenSSL, GnuTLS, Go, rustls, Java.
#[rustfmt::skip]
pub const TABLE: [Row; 47] = [
    row(Deviation::Headers, "pem/headers", "headers stand before the base64",
        [REFUSED, REFUSED, READ, REFUSED, REFUSED]),
    row(Deviation::Pkcs7AsCertificate, "pem/wrong-label", "PKCS#7 under the label CERTIFICATE",
        [REFUSED, REFUSED, SERVED, SERVED, [L, V, R, R, V]]),
    row(Deviation::LongerLabel, "pem/wrong-label", "a certificate under a label such as CERTIFICATE REQUEST",
        [SKIPPED, READ, SKIPPED, SKIPPED, READ]),
    row(Deviation::OtherLabel, "pem/wrong-label", "a certificate under a label such as PRIVATE KEY",
        [SKIPPED, SKIPPED_SORTED, SKIPPED, SKIPPED, READ]),
    row(Deviation::TrustedLabel, "pem/trusted-label", "TRUSTED CERTIFICATE",
        [[L, L, S, S, V], SKIPPED_SORTED, SKIPPED, SKIPPED, REFUSED]),
    row(Deviation::X509Label, "pem/legacy-label", "X509 CERTIFICATE",
        [READ, [L, R, T, L, L], SKIPPED, SKIPPED, READ]),
    row(Deviation::EndLabelDiffers, "pem/malformed", "END has another label than BEGIN",
        [REFUSED, READ, SKIPPED, REFUSED, REFUSED]),
    row(Deviation::BeginLabelDiffers, "pem/malformed", "BEGIN has another label than END",
        [REFUSED, VARIES, SKIPPED, REFUSED, REFUSED]),
    row(Deviation::BadCharacter, "pem/malformed", "a character that is no base64",
        [REFUSED, REFUSED, SKIPPED, REFUSED, REFUSED]),
    row(Deviation::LostCharacter, "pem/malformed", "a character of base64 is missing",
        [REFUSED, REFUSED, SKIPPED, VARIES, VARIES]),
    row(Deviation::BrokenDer, "pem/malformed", "the DER is damaged or not whole",
        [REFUSED, REFUSED, SERVED, SERVED, REFUSED]),
    row(Deviation::BytesAfterDer, "pem/malformed", "bytes follow the DER",
        [[R, R, L, L, R], REFUSED, SERVED, SERVED, REFUSED]),
    row(Deviation::EndMissing, "pem/malformed", "END is missing",
        [[V, N, N, V, V], [V, L, L, V, V], [V, R, S, V, V], REFUSED, REFUSED]),
    row(Deviation::CutOff, "pem/malformed", "the block is cut off, and another BEGIN follows",
        [REFUSED, REFUSED, SKIPPED, VARIES, REFUSED]),
    row(Deviation::FileCut, "pem/malformed", "the file ends within a block",
        [REFUSED, REFUSED, SKIPPED, REFUSED, REFUSED]),
    row(Deviation::MarkerCut, "pem/malformed", "the file ends within a BEGIN line",
        [READ, READ, READ, REFUSED, REFUSED]),
    row(Deviation::LooseBase64, "pem/malformed", "base64 outside of any block",
        [SKIPPED, SKIPPED_SORTED, SKIPPED, SKIPPED, VARIES]),
    row(Deviation::StrayEnd, "pem/malformed", "an END line without BEGIN",
        [READ, READ, READ, READ, REFUSED]),
    row(Deviation::GluedBlocks, "pem/glued-blocks", "END and BEGIN on one line",
        [REFUSED, READ, [V, V, R, B, R], [V, V, S, S, V], REFUSED]),
    row(Deviation::TextBeforeBegin, "pem/glued-blocks", "text before BEGIN on its line",
        [SKIPPED, READ, SKIPPED, SKIPPED, REFUSED]),
    row(Deviation::TextAfterEnd, "pem/glued-blocks", "text after END on its line",
        [REFUSED, READ, SKIPPED, READ, REFUSED]),
    row(Deviation::BodyOnBeginLine, "pem/glued-blocks", "base64 on the line of BEGIN",
        [SKIPPED, READ, SKIPPED, VARIES, REFUSED]),
    row(Deviation::BodyOnEndLine, "pem/glued-blocks", "base64 on the line of END",
        [[R, N, N, R, R], READ, SKIPPED, REFUSED, READ]),
    row(Deviation::DamagedBegin, "pem/damaged-marker", "BEGIN is not written as it should be",
        [[R, R, V, V, R], VARIES, SKIPPED, [R, R, V, V, R], VARIES]),
    row(Deviation::DamagedEnd, "pem/damaged-marker", "END is not written as it should be",
        [VARIES, VARIES, SKIPPED, VARIES, REFUSED]),
    row(Deviation::ByteOrderMark, "pem/bom", "a byte order mark before BEGIN",
        [READ, READ, SKIPPED, SKIPPED, REFUSED]),
    row(Deviation::Utf16, "pem/utf-16", "the file is UTF-16",
        [REFUSED, REFUSED, REFUSED, REFUSED, REFUSED]),
    row(Deviation::CrOnly, "pem/cr-only", "lines end with a carriage return alone",
        [[R, R, T, S, R], READ, [R, R, T, S, R], READ, READ]),
    row(Deviation::Crlf, "pem/crlf", "lines end with CRLF",
        [READ, READ, READ, READ, READ]),
    row(Deviation::IndentedBegin, "pem/indented", "BEGIN is indented",
        [SKIPPED, READ, SKIPPED, SKIPPED, VARIES]),
    row(Deviation::IndentedEnd, "pem/indented", "END is indented",
        [[V, N, N, R, V], READ, SKIPPED, REFUSED, READ]),
    row(Deviation::BlankLines, "pem/blank-lines", "blank lines in the base64",
        [REFUSED, READ, READ, READ, READ]),
    row(Deviation::EscapedNewlines, "pem/escaped-newlines", r"line ends are written as \n",
        [[R, R, V, V, R], REFUSED, SKIPPED, REFUSED, REFUSED]),
    row(Deviation::QuotedPrintable, "pem/quoted-printable", "the base64 is quoted-printable",
        [REFUSED, REFUSED, SKIPPED, REFUSED, REFUSED]),
    row(Deviation::InvisibleInBody, "pem/invisible-characters", "no-break or zero-width spaces in the base64",
        [REFUSED, REFUSED, SKIPPED, REFUSED, REFUSED]),
    row(Deviation::InvisibleAtLineEnd, "pem/invisible-characters", "the same at the end of a line",
        [READ, REFUSED, SKIPPED, REFUSED, REFUSED]),
    row(Deviation::InvisibleBeforeBegin, "pem/invisible-characters", "the same before BEGIN",
        [SKIPPED, READ, SKIPPED, SKIPPED, REFUSED]),
    row(Deviation::InvisibleAfterEnd, "pem/invisible-characters", "the same behind END",
        [READ, READ, SKIPPED, READ, REFUSED]),
    row(Deviation::MailQuoting, "pem/quoted", "lines begin with `>`",
        [SKIPPED, REFUSED, SKIPPED, SKIPPED, VARIES]),
    row(Deviation::NoMarkers, "pem/no-markers", "base64 without BEGIN and END",
        [REFUSED, REFUSED, REFUSED, REFUSED, REFUSED]),
    row(Deviation::EncodedTwice, "pem/encoded-twice", "base64 of a whole PEM file",
        [REFUSED, REFUSED, REFUSED, REFUSED, REFUSED]),
    row(Deviation::OddWrapping, "pem/odd-wrapping", "lines of another length than 64",
        [READ, READ, READ, READ, READ]),
    row(Deviation::TextOutside, "pem/text-outside", "text outside the blocks",
        [READ, READ, READ, READ, READ]),
    row(Deviation::RequestAmong, "pem/foreign-block", "a signing request among certificates",
        [READ, REFUSED, READ, READ, REFUSED]),
    row(Deviation::ParametersAmong, "pem/foreign-block", "parameters, a public key or a CRL among certificates",
        [READ, READ, READ, READ, REFUSED]),
    row(Deviation::KeyAmong, "pem/private-key", "a private key among certificates",
        [READ, READ, READ, READ, REFUSED]),
    row(Deviation::PgpAmong, "pem/foreign-block", "a PGP block among certificates",
        [REFUSED, READ, READ, READ, REFUSED]),
];

/// The rows about what a rule reports.
pub fn of_rule(rule: &str) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.rule == rule)
}

impl Row {
    pub fn effect(&self, consumer: Consumer, position: Position) -> Effect {
        let cells = self.effects.get(consumer as usize);
        cells.and_then(|cells| cells.get(position as usize)).copied().unwrap_or(Effect::Varies)
    }
}

/// What the consumers make of a deviation at these positions, the worst counting; `None` where nothing can be claimed.
pub fn sentence(deviation: Deviation, positions: &[Position]) -> Option<String> {
    let row = TABLE.iter().find(|row| row.deviation == deviation)?;
    let worst = |consumer: Consumer| positions.iter().map(|position| row.effect(consumer, *position)).max();
    let effects: Vec<(Consumer, Effect)> =
        Consumer::ALL.into_iter().filter_map(|consumer| Some((consumer, worst(consumer)?))).collect();
    let parts: Vec<String> = [R, T, B, N, S, D, L]
        .into_iter()
        .filter_map(|effect| {
            let names: Vec<&str> =
                effects.iter().filter(|(_, found)| *found == effect).map(|(consumer, _)| consumer.name()).collect();
            part(effect, &names)
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn part(effect: Effect, names: &[&str]) -> Option<String> {
    let (several, one) = match effect {
        Effect::Reads => ("read it", "reads it"),
        Effect::ServesDamaged => ("serve the damaged block as it is", "serves the damaged block as it is"),
        Effect::Skips => ("skip the block without a word", "skips the block without a word"),
        Effect::LosesNext => ("lose the block behind it without a word", "loses the block behind it without a word"),
        Effect::LosesBoth => ("lose both blocks without a word", "loses both blocks without a word"),
        Effect::Stops => ("load only what stands before it", "loads only what stands before it"),
        Effect::Refuses => ("refuse the file", "refuses the file"),
        Effect::Varies => return None,
    };
    match names {
        [] => None,
        [name] => Some(format!("{name} {one}")),
        [names @ .., last] => Some(format!("{} and {last} {several}", names.join(", "))),
    }
}
