//! Tables for people, and lines of JSON for machines.

use std::io::{self, Write};

use serde_json::Value;

use crate::remote::record::harmless;

/// Where records are told: as rows of a table, or as they are.
pub(super) struct Table {
    header: &'static [&'static str],
    widths: Vec<usize>,
    rows: Vec<Vec<String>>,
    begun: bool,
    json: bool,
}

impl Table {
    /// A table, or lines of JSON in its place.
    pub(super) fn new(header: &'static [&'static str], json: bool) -> Self {
        let widths = header.iter().map(|name| name.chars().count()).collect();
        Self { header, widths, rows: Vec::new(), begun: false, json }
    }

    /// Adds a record: `row` says its cells.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn add(&mut self, record: &Value, row: impl FnOnce(&Value) -> Vec<String>) -> io::Result<()> {
        if self.json {
            return line(&record.to_string());
        }
        let cells = row(record).into_iter().map(|cell| harmless(&cell).replace('\n', " "));
        self.rows.push(cells.collect());
        Ok(())
    }

    /// Writes what was added since: a page at a time, so that a long list does not fill the memory.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        for row in &self.rows {
            let wider = self.widths.iter_mut().zip(row);
            wider.for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
        }
        if !self.begun && !self.rows.is_empty() {
            self.begun = true;
            line(&aligned(&self.widths, self.header))?;
        }
        for row in std::mem::take(&mut self.rows) {
            line(&aligned(&self.widths, &row))?;
        }
        Ok(())
    }
}

fn aligned(widths: &[usize], cells: &[impl AsRef<str>]) -> String {
    let padded = widths.iter().zip(cells).map(|(width, cell)| format!("{:<width$}", cell.as_ref()));
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

/// Writes a line to standard output.
///
/// # Errors
/// If it cannot be written: whoever read it may be gone.
pub(super) fn line(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_below_each_other() {
        assert_eq!(aligned(&[4, 2, 3], &["Id", "é", ""]), "Id    é");
    }
}
