//! Large files that are written piece by piece and count only once they and their names are on stable storage.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use super::files::{Directory, FileError};

/// A file that is being written. Dropped before `keep`, it is removed.
#[derive(Debug)]
pub struct SpoolFile {
    directory: Arc<Directory>,
    name: String,
    file: Option<File>,
    kept: bool,
}

impl SpoolFile {
    /// Makes the file, 0600; its name must be new.
    pub fn create(directory: &Arc<Directory>, name: String) -> Result<SpoolFile, FileError> {
        let file = directory.begin(&name)?;
        Ok(SpoolFile { directory: directory.clone(), name, file: Some(file), kept: false })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes));
        written.map_err(|error| self.directory.write_failed(&self.name, error))
    }

    /// Syncs the bytes, then the name. A file that failed here once must be thrown away: the kernel forgets the error.
    pub fn sync(&mut self) -> Result<(), FileError> {
        if let Some(file) = self.file.take() {
            file.sync_all().map_err(|error| self.directory.sync_failed(&self.name, error))?;
            self.directory.sync()?;
        }
        Ok(())
    }

    /// Something refers to the file now; it stays.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for SpoolFile {
    fn drop(&mut self) {
        if !self.kept {
            // What stays behind is swept when the spool is opened next.
            let _ = self.directory.remove(&self.name);
        }
    }
}
