//! Where do log lines end up?

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// A file that is appended to, or standard output.
#[derive(Debug)]
pub struct Sink {
    path: Option<PathBuf>,
    file: Option<File>,
    /// Whether a write broke off within a line, which the next one must end first.
    is_within_line: bool,
}

impl Sink {
    /// Standard output.
    pub fn stdout() -> Self {
        Self { path: None, file: None, is_within_line: false }
    }

    /// A file, created where it is missing, readable by its group.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn file(path: PathBuf) -> io::Result<Self> {
        let file = open(&path)?;
        Ok(Self { path: Some(path), file: Some(file), is_within_line: false })
    }

    /// Opens the file again, after somebody moved it away. Where that fails the old one is kept.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn reopen(&mut self) -> io::Result<()> {
        if let Some(path) = &self.path {
            self.file = Some(open(path)?);
            self.is_within_line = false;
        }
        Ok(())
    }

    /// Writes whole lines.
    ///
    /// # Errors
    /// They could not all be written; the rest is lost.
    pub fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.is_within_line {
            self.write_all(b"\n")?;
            self.is_within_line = false;
        }
        self.write_all(lines)
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = match &mut self.file {
                Some(file) => file.write(bytes),
                None => write_stdout(bytes),
            };
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.is_within_line = bytes[count - 1] != b'\n';
                    bytes = &bytes[count..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Past the standard library's line buffer, which would write line by line.
fn write_stdout(bytes: &[u8]) -> io::Result<usize> {
    rustix::io::write(io::stdout(), bytes).map_err(io::Error::from)
}

fn open(path: &std::path::Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o640).open(path)
}
