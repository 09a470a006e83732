//! A log file that grows at its end, is rotated by size, and is opened anew when somebody moved it away.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// When a file is put aside, and how many are kept: `mail.log.1` is the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// Octets.
    pub size: u64,
    pub keep: u32,
}

/// A file of mode 0600. What it does not take is lost; the next octets that it takes begin on a line of their own.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    rotation: Rotation,
    file: Option<File>,
    size: u64,
    /// The last write stopped within a line.
    torn: bool,
}

impl LogFile {
    /// Opens `name` in `directory`, which is made with mode 0700 when it is missing.
    pub fn open(directory: &Path, name: &str, rotation: Rotation) -> io::Result<LogFile> {
        match DirBuilder::new().mode(0o700).create(directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let path = directory.join(name);
        let (file, size) = open(&path)?;
        Ok(LogFile { path, rotation, file: Some(file), size, torn: false })
    }

    pub fn set(&mut self, rotation: Rotation) {
        self.rotation = rotation;
    }

    /// From now on the file that has the name.
    pub fn reopen(&mut self) {
        self.file = None;
        self.again();
    }

    /// Appends whole lines.
    pub fn append(&mut self, lines: &[u8]) {
        if lines.is_empty() {
            return;
        }
        if self.size > 0 && self.size + lines.len() as u64 > self.rotation.size {
            self.rotate();
        }
        self.again();
        if self.torn && self.put(b"\n").is_err() {
            return;
        }
        self.torn = false;
        // How much of it was written before an error is not told; a line may be cut.
        self.torn = self.put(lines).is_err();
    }

    fn put(&mut self, octets: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::NotFound.into()) };
        file.write_all(octets)?;
        self.size += octets.len() as u64;
        Ok(())
    }

    fn again(&mut self) {
        if self.file.is_none()
            && let Ok((file, size)) = open(&self.path)
        {
            (self.file, self.size) = (Some(file), size);
        }
    }

    /// `mail.log` becomes `mail.log.1`, that `mail.log.2`, and so on.
    fn rotate(&mut self) {
        let numbered = |number: u32| {
            let mut name = self.path.as_os_str().to_owned();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        if self.rotation.keep == 0 {
            let _ = fs::remove_file(&self.path);
        }
        // Those beyond `keep`, from a time when more were kept, stay: they are the operator's.
        for number in (1..self.rotation.keep).rev() {
            let _ = fs::rename(numbered(number), numbered(number + 1));
        }
        if self.rotation.keep > 0 && fs::rename(&self.path, numbered(1)).is_err() {
            return;
        }
        self.reopen();
    }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let nofollow = OFlags::NOFOLLOW.bits().cast_signed();
    let file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(nofollow).open(path)?;
    let size = file.metadata()?.size();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_full_file_is_put_aside_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("log");
        let mut file = LogFile::open(&directory, "mail.log", Rotation { size: 20, keep: 2 }).unwrap();
        for number in 0..6 {
            file.append(format!("line {number} long\n").as_bytes());
        }
        assert_eq!(names(&directory), ["mail.log", "mail.log.1", "mail.log.2"]);
        assert_eq!(fs::read_to_string(directory.join("mail.log")).unwrap(), "line 5 long\n");
        assert_eq!(fs::read_to_string(directory.join("mail.log.2")).unwrap(), "line 3 long\n");
    }

    #[test]
    fn a_file_that_was_moved_away_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = LogFile::open(folder.path(), "mail.log", Rotation { size: 1000, keep: 2 }).unwrap();
        file.append(b"one\n");
        fs::rename(folder.path().join("mail.log"), folder.path().join("moved")).unwrap();
        file.append(b"two\n");
        file.reopen();
        file.append(b"three\n");
        assert_eq!(fs::read_to_string(folder.path().join("moved")).unwrap(), "one\ntwo\n");
        assert_eq!(fs::read_to_string(folder.path().join("mail.log")).unwrap(), "three\n");
    }

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/null", folder.path().join("mail.log")).unwrap();
        assert!(LogFile::open(folder.path(), "mail.log", Rotation { size: 1000, keep: 2 }).is_err());
    }
}
