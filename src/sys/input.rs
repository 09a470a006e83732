//! Reading the files an operator names, and only them; `-` is standard input.

use crate::sys::library_error;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Why a named file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    #[error("it is a directory")]
    Directory,
    /// More bytes than `limit`. `size` is known for a regular file.
    #[error("it is larger than {limit} bytes")]
    TooLarge { size: Option<u64>, limit: u64 },
    #[error("{}", library_error::io(.0))]
    Io(#[source] io::Error),
}

/// A file's bytes, and whether group or others may read it.
#[derive(Debug)]
pub struct InputBytes {
    pub bytes: Vec<u8>,
    /// Permission bits, such as `0o644`; `None` for standard input.
    pub mode: Option<u32>,
}

/// Reads all of `name`, at most `limit` bytes. Devices, sockets and FIFOs are read like standard input is, up to the limit.
pub fn read(name: &str, limit: u64) -> Result<InputBytes, InputError> {
    if name == "-" {
        return read_up_to(io::stdin().lock(), limit).map(|bytes| InputBytes { bytes, mode: None });
    }
    use std::os::unix::fs::PermissionsExt;
    let file = File::open(Path::new(name)).map_err(InputError::Io)?;
    let metadata = file.metadata().map_err(InputError::Io)?;
    if metadata.is_dir() {
        return Err(InputError::Directory);
    }
    if metadata.len() > limit {
        return Err(InputError::TooLarge { size: Some(metadata.len()), limit });
    }
    let bytes = read_up_to(file, limit)?;
    Ok(InputBytes { bytes, mode: Some(metadata.permissions().mode() & 0o777) })
}

fn read_up_to(reader: impl Read, limit: u64) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes).map_err(InputError::Io)?;
    if bytes.len() as u64 > limit {
        return Err(InputError::TooLarge { size: None, limit });
    }
    Ok(bytes)
}
