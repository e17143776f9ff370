//! Whole lists, read and told a page at a time.

use reqwest::Method;
use serde_json::Value;

use crate::remote::{Failure, client::Client, table::Table};

/// Tells all records of a list, by its path and what it is called; `row` says the cells of each.
///
/// # Errors
/// What the server says instead, or if it cannot be written.
pub(super) async fn tell(
    client: &Client,
    (path, plural): (&str, &str),
    mut table: Table,
    row: fn(&Value) -> Vec<String>,
) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let (records, next) = client.page(Method::GET, path, plural, after.as_deref()).await?;
        for record in &records {
            table.add(record, row)?;
        }
        table.flush()?;
        after = next;
        if after.is_none() {
            return Ok(());
        }
    }
}
