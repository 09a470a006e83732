//! An open directory. Names given to it are single names, never paths.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::error::{Doing, FileError, FileProblem};

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// A FIFO that was planted in place of a file must not hold the reader up.
const READING: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);
const MAKING: OFlags =
    OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const PRIVATE_FILE: Mode = Mode::RUSR.union(Mode::WUSR);
/// Deeper than any tree of the home, so that removing one ends.
const DEEPEST: usize = 16;

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    File,
    Directory,
    Link,
    Other,
}

/// A directory held open; what is done through it happens there even when its path comes to mean something else.
#[derive(Debug)]
pub struct Directory {
    fd: OwnedFd,
    path: PathBuf,
}

impl Directory {
    /// Opens the directory that the operator named; links in the path are the operator's own.
    pub fn open(path: &Path) -> Result<Directory, FileError> {
        let fd = rustix::fs::open(path, DIRECTORY, Mode::empty())
            .map_err(|errno| FileError::errno(Doing::Open, path.to_owned(), errno))?;
        Ok(Directory { fd, path: path.to_owned() })
    }

    /// Makes the directory and those above it, each 0700, and opens it. One that is there stays as it is.
    pub fn make_path(path: &Path) -> Result<Directory, FileError> {
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| FileError::new(Doing::Make, path.to_owned(), FileProblem::Io(error)))?;
        Directory::open(path)
    }

    /// For messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// User and group that own it.
    pub fn owner(&self) -> Result<(u32, u32), FileError> {
        let stat =
            rustix::fs::fstat(&self.fd).map_err(|errno| FileError::errno(Doing::Open, self.path.clone(), errno))?;
        Ok((stat.st_uid, stat.st_gid))
    }

    /// Octets that are free on its file system for whoever is not root.
    pub fn free_space(&self) -> Result<u64, FileError> {
        let stat =
            rustix::fs::fstatvfs(&self.fd).map_err(|errno| FileError::errno(Doing::Open, self.path.clone(), errno))?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    /// Opens a directory in this one, not through a link.
    pub fn sub(&self, name: &str) -> Result<Directory, FileError> {
        self.check_name(Doing::Open, name)?;
        let fd = rustix::fs::openat(&self.fd, name, DIRECTORY | OFlags::NOFOLLOW, Mode::empty())
            .map_err(|errno| self.error(Doing::Open, name, errno))?;
        Ok(Directory { fd, path: self.path.join(name) })
    }

    /// Makes a directory, 0700, that must not be there yet.
    pub fn make(&self, name: &str) -> Result<Directory, FileError> {
        self.check_name(Doing::Make, name)?;
        rustix::fs::mkdirat(&self.fd, name, Mode::RWXU).map_err(|errno| self.error(Doing::Make, name, errno))?;
        self.sub(name)
    }

    /// What stands under `name`; `None` when nothing does.
    pub fn entry(&self, name: &str) -> Result<Option<Entry>, FileError> {
        self.check_name(Doing::Open, name)?;
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(entry(FileType::from_raw_mode(stat.st_mode)))),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(self.error(Doing::Open, name, errno)),
        }
    }

    /// Every entry but `.` and `..`, in byte order of the names. A name that is not UTF-8 is an error: none of ours is.
    pub fn list(&self) -> Result<Vec<(String, Entry)>, FileError> {
        let failed = |errno| FileError::errno(Doing::List, self.path.clone(), errno);
        let mut found = Vec::new();
        for item in Dir::read_from(&self.fd).map_err(failed)? {
            let item = item.map_err(failed)?;
            let name = item.file_name().to_str().map_err(|_| {
                let path = self.path.join(item.file_name().to_string_lossy().as_ref());
                FileError::new(Doing::List, path, FileProblem::StrangeName)
            })?;
            if name == "." || name == ".." {
                continue;
            }
            let kind = match item.file_type() {
                FileType::Unknown => self.entry(name)?.unwrap_or(Entry::Other),
                known => entry(known),
            };
            found.push((name.to_owned(), kind));
        }
        found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }

    /// Reads a regular file of at most `limit` bytes, not through a link.
    pub fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, FileError> {
        let (file, _) = self.open_file(name)?;
        self.read_all(file, name, limit)
    }

    /// Like `read`, for a secret: refused when group or others may use the file, and wiped from memory when dropped.
    pub fn read_secret(&self, name: &str, limit: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let (file, mode) = self.open_file(name)?;
        if mode & 0o077 != 0 {
            return Err(FileError::new(Doing::Read, self.path.join(name), FileProblem::Exposed(mode)));
        }
        self.read_all(file, name, limit).map(Zeroizing::new)
    }

    fn open_file(&self, name: &str) -> Result<(File, u32), FileError> {
        self.check_name(Doing::Read, name)?;
        let failed = |errno| self.error(Doing::Read, name, errno);
        let fd = rustix::fs::openat(&self.fd, name, READING, Mode::empty()).map_err(failed)?;
        let stat = rustix::fs::fstat(&fd).map_err(failed)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(FileError::new(Doing::Read, self.path.join(name), FileProblem::NotAFile));
        }
        Ok((File::from(fd), stat.st_mode & 0o777))
    }

    fn read_all(&self, file: File, name: &str, limit: u64) -> Result<Vec<u8>, FileError> {
        let path = || self.path.join(name);
        // One buffer of the right size: a growing one would leave copies of a secret behind.
        let size = file.metadata().map_or(0, |metadata| metadata.len()).min(limit);
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        let read = file.take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| FileError::new(Doing::Read, path(), FileProblem::Io(error)))?;
        if bytes.len() as u64 > limit {
            return Err(FileError::new(Doing::Read, path(), FileProblem::TooLarge(limit)));
        }
        Ok(bytes)
    }

    /// Makes a file, 0600, that must not be there yet, and syncs its bytes. For directories that nobody reads yet.
    pub fn create(&self, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        let mut file = self.begin(name)?;
        file.write_all(bytes).map_err(|error| self.write_failed(name, error))?;
        file.sync_all().map_err(|error| self.sync_failed(name, error))
    }

    /// Makes an empty file, 0600, that must not be there yet, for writing.
    pub(in crate::sys) fn begin(&self, name: &str) -> Result<File, FileError> {
        self.check_name(Doing::Write, name)?;
        let fd = rustix::fs::openat(&self.fd, name, MAKING, PRIVATE_FILE)
            .map_err(|errno| self.error(Doing::Write, name, errno))?;
        Ok(File::from(fd))
    }

    pub(in crate::sys) fn write_failed(&self, name: &str, error: io::Error) -> FileError {
        FileError::new(Doing::Write, self.path.join(name), FileProblem::Io(error))
    }

    pub(in crate::sys) fn sync_failed(&self, name: &str, error: io::Error) -> FileError {
        FileError::new(Doing::Sync, self.path.join(name), FileProblem::Io(error))
    }

    /// Opens a regular file for reading, not through a link; gives its size too.
    pub fn open_for_reading(&self, name: &str) -> Result<(File, u64), FileError> {
        let (file, _) = self.open_file(name)?;
        let size = file
            .metadata()
            .map_err(|error| FileError::new(Doing::Read, self.path.join(name), FileProblem::Io(error)))?;
        Ok((file, size.len()))
    }

    /// Puts a file, 0600, in place of whatever has the name: a reader sees the old bytes or the new ones.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        let temporary = format!(".{name}.tmp");
        self.remove(&temporary)?;
        let done = self.create(&temporary, bytes).and_then(|()| self.rename(&temporary, name));
        if done.is_err() {
            let _ = self.remove(&temporary);
        }
        done
    }

    /// Makes a symbolic link that must not be there yet.
    pub fn link(&self, name: &str, target: &str) -> Result<(), FileError> {
        self.check_name(Doing::Make, name)?;
        rustix::fs::symlinkat(target, &self.fd, name).map_err(|errno| self.error(Doing::Make, name, errno))
    }

    /// The text of a symbolic link.
    pub fn read_link(&self, name: &str) -> Result<String, FileError> {
        self.check_name(Doing::Read, name)?;
        let target =
            rustix::fs::readlinkat(&self.fd, name, Vec::new()).map_err(|errno| self.error(Doing::Read, name, errno))?;
        target.into_string().map_err(|_| FileError::new(Doing::Read, self.path.join(name), FileProblem::StrangeName))
    }

    /// Renames within this directory; a file or link under the new name is replaced.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), FileError> {
        self.check_name(Doing::Rename, from)?;
        self.check_name(Doing::Rename, to)?;
        rustix::fs::renameat(&self.fd, from, &self.fd, to).map_err(|errno| self.error(Doing::Rename, to, errno))
    }

    /// Swaps two names in one step; `Ok(false)` where the file system cannot.
    pub fn exchange(&self, one: &str, other: &str) -> Result<bool, FileError> {
        self.check_name(Doing::Rename, one)?;
        self.check_name(Doing::Rename, other)?;
        match rustix::fs::renameat_with(&self.fd, one, &self.fd, other, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(true),
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
            Err(errno) => Err(self.error(Doing::Rename, other, errno)),
        }
    }

    /// Removes a file or link, or a directory with all that is in it. Nothing under that name is no error.
    pub fn remove(&self, name: &str) -> Result<(), FileError> {
        self.remove_to_depth(name, DEEPEST)
    }

    fn remove_to_depth(&self, name: &str, depth: usize) -> Result<(), FileError> {
        let failed = |errno| self.error(Doing::Remove, name, errno);
        match self.entry(name)? {
            None => Ok(()),
            Some(Entry::Directory) if depth > 0 => {
                let inner = self.sub(name)?;
                for (child, _) in inner.list()? {
                    inner.remove_to_depth(&child, depth - 1)?;
                }
                rustix::fs::unlinkat(&self.fd, name, AtFlags::REMOVEDIR).map_err(failed)
            }
            Some(_) => rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()).map_err(failed),
        }
    }

    /// Makes the names in this directory durable.
    pub fn sync(&self) -> Result<(), FileError> {
        rustix::fs::fsync(&self.fd).map_err(|errno| FileError::errno(Doing::Sync, self.path.clone(), errno))
    }

    pub(super) fn descriptor(&self) -> impl AsFd {
        &self.fd
    }

    fn check_name(&self, doing: Doing, name: &str) -> Result<(), FileError> {
        if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) {
            return Err(FileError::new(doing, self.path.join(name.replace('/', "_")), FileProblem::StrangeName));
        }
        Ok(())
    }

    pub(super) fn error(&self, doing: Doing, name: &str, errno: Errno) -> FileError {
        // With O_DIRECTORY and O_NOFOLLOW together, Linux calls a link `not a directory`.
        let is_link = errno == Errno::NOTDIR
            && rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)
                .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink);
        FileError::errno(doing, self.path.join(name), if is_link { Errno::LOOP } else { errno })
    }
}

fn entry(kind: FileType) -> Entry {
    match kind {
        FileType::RegularFile => Entry::File,
        FileType::Directory => Entry::Directory,
        FileType::Symlink => Entry::Link,
        _ => Entry::Other,
    }
}
