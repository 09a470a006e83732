//! PEM as this program writes it, and the strict reader for what it wrote itself (RFC 7468 section 3).
//! Files of other people go through the tolerant scanner of `inspect`.

use pem::{EncodeConfig, LineEnding, Pem};

/// Why a file of our own is not what we wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// Some marker belongs to no whole block: the file was cut or edited.
    #[error("{begins} BEGIN and {ends} END lines, but {blocks} whole blocks")]
    Incomplete { begins: usize, ends: usize, blocks: usize },
    #[error("block {block} is damaged: {reason}")]
    Block { block: usize, reason: String },
}

/// One block with lines of 64 characters and LF, as RFC 7468 section 2 wants generators to write.
pub fn encode(label: &str, der: &[u8]) -> String {
    pem::encode_config(&Pem::new(label, der), EncodeConfig::new().set_line_ending(LineEnding::LF))
}

/// Every block of `text` as label and content, in order. Text between blocks is allowed; half a block is an error.
pub fn blocks(text: &[u8]) -> Result<Vec<(String, Vec<u8>)>, PemError> {
    let (begins, ends) = (count(text, b"-----BEGIN "), count(text, b"-----END "));
    let parsed = pem::parse_many(text)
        .map_err(|error| PemError::Block { block: first_damaged(text), reason: reason(&error).to_owned() })?;
    if begins != parsed.len() || ends != parsed.len() {
        return Err(PemError::Incomplete { begins, ends, blocks: parsed.len() });
    }
    Ok(parsed.into_iter().map(|block| (block.tag().to_owned(), block.into_contents())).collect())
}

/// What the crate met, in our words.
fn reason(error: &pem::PemError) -> &'static str {
    match error {
        pem::PemError::MismatchedTags(..) => "BEGIN and END have different labels",
        pem::PemError::InvalidData(_) => "it is no base64",
        pem::PemError::NotUtf8(_) => "it is not text",
        pem::PemError::InvalidHeader(_) => "its headers cannot be read",
        pem::PemError::MissingBeginTag => "its BEGIN line has no label",
        pem::PemError::MissingEndTag => "its END line has no label",
        _ => "it is cut short",
    }
}

fn count(text: &[u8], marker: &[u8]) -> usize {
    text.windows(marker.len()).filter(|window| *window == marker).count()
}

/// The number of the first block that the parser refuses; it gives none itself.
fn first_damaged(text: &[u8]) -> usize {
    const END: &[u8] = b"-----END ";
    let mut from = 0;
    let ends = text.windows(END.len()).enumerate().filter(|(_, window)| *window == END).map(|(at, _)| at);
    for (number, end) in ends.enumerate() {
        let stop = text.iter().skip(end).position(|byte| *byte == b'\n').map_or(text.len(), |line| end + line + 1);
        if text.get(from..stop).is_none_or(|block| pem::parse(block).is_err()) {
            return number + 1;
        }
        from = stop;
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_has_the_form_of_the_rfc() {
        let der: Vec<u8> = (0..200u8).collect();
        let text = encode("CERTIFICATE", &der) + &encode("PRIVATE KEY", b"x");
        assert!(text.starts_with("-----BEGIN CERTIFICATE-----\nAAEC") && !text.contains('\r'));
        assert!(text.lines().all(|line| line.len() <= 64));
        assert_eq!(
            blocks(text.as_bytes()).unwrap(),
            [("CERTIFICATE".to_owned(), der), ("PRIVATE KEY".to_owned(), b"x".to_vec())]
        );
    }

    #[test]
    fn a_cut_file_is_never_read_as_a_shorter_one() {
        let one = encode("CERTIFICATE", &[7; 100]);
        let text = one.clone() + &encode("CERTIFICATE", &[8; 100]);
        // The last byte is the newline, which nobody misses.
        for cut in one.len() + "-----BEGIN ".len()..text.len() - 1 {
            let read = blocks(&text.as_bytes()[..cut]);
            assert!(read.is_err(), "{cut}: {read:?}");
        }
    }

    #[test]
    fn a_damaged_block_is_named() {
        let text = encode("CERTIFICATE", &[7; 100]) + &encode("CERTIFICATE", &[8; 100]).replace("CAgI", "CA*I");
        assert!(matches!(blocks(text.as_bytes()), Err(PemError::Block { block: 2, .. })));
    }
}
