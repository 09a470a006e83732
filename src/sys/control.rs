//! The control socket of a running engine: one line in, one line out, on a socket that only the home's owner can open.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader as AsyncBufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;

/// Octets of a line.
const LONGEST_LINE: u64 = 16 << 20;
/// Whoever connects says something within this time, and takes the answer within it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a running engine is asked.
#[derive(Debug)]
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

/// A line that somebody sent and waits for an answer to.
#[derive(Debug)]
pub struct Asked {
    pub line: String,
    stream: UnixStream,
}

impl ControlSocket {
    /// Takes the place of a socket that an earlier engine left. The caller holds the lock that says that no other engine runs.
    pub fn bind(path: &Path) -> io::Result<ControlSocket> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        Ok(ControlSocket { listener, path: path.to_owned() })
    }

    /// The next connection; read its line with `Asked::read`. May be dropped and called again.
    pub async fn next(&self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // A socket that nobody answers is told apart from a running engine anyway.
        let _ = fs::remove_file(&self.path);
    }
}

impl Asked {
    /// Reads the line that was sent on `stream`.
    pub async fn read(mut stream: UnixStream) -> io::Result<Asked> {
        let mut line = String::new();
        let mut reader = AsyncBufReader::new((&mut stream).take(LONGEST_LINE));
        timeout(PATIENCE, reader.read_line(&mut line)).await.map_err(|_| io::Error::from(ErrorKind::TimedOut))??;
        Ok(Asked { line, stream })
    }

    /// Answers with one line.
    pub async fn answer(mut self, line: &str) -> io::Result<()> {
        let answer = format!("{line}\n");
        timeout(PATIENCE, self.stream.write_all(answer.as_bytes()))
            .await
            .map_err(|_| io::Error::from(ErrorKind::TimedOut))??;
        self.stream.shutdown().await
    }
}

/// Asks the engine behind `path` and waits at most `patience` for its answer; `None` when no engine runs.
pub fn ask(path: &Path, line: &str, patience: Duration) -> io::Result<Option<String>> {
    let mut stream = match BlockingStream::connect(path) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => return Ok(None),
        Err(error) => return Err(error),
    };
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(format!("{line}\n").as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream).take(LONGEST_LINE).read_line(&mut answer)?;
    match answer.is_empty() {
        true => Err(io::Error::new(ErrorKind::UnexpectedEof, "the engine closed the control socket without an answer")),
        false => Ok(Some(answer)),
    }
}
