//! What the targets share.

use gateway::wire::{
    Format, Integers,
    answer::List,
    document::{Purpose, decode},
};
use proto::{
    check,
    record::{Record, Value},
    table::Table,
};

/// Reads a body as a record of a resource, which its first byte chooses. What could be read whole, written and read again, is
/// the same.
pub fn body(format: Format, data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let tables = Table::all();
    let table = &tables[usize::from(*first) % tables.len()];
    for purpose in [Purpose::Add, Purpose::Edit(7)] {
        let Ok(decoded) = decode(format, table, body, purpose) else { continue };
        let mut record = decoded.record.clone();
        check::check(&mut record, &decoded.unread);
        if !decoded.unread.is_empty() {
            continue;
        }
        let mut list = List::begin(format, Integers::Number, table, 0);
        list.push(&decoded.record);
        let document = list.end();
        let again = decode(format, table, &document, Purpose::Add);
        let again = again.unwrap_or_else(|error| panic!("{error:?}: {}", String::from_utf8_lossy(&document)));
        assert_eq!(again.unread, [], "{}", String::from_utf8_lossy(&document));
        assert_eq!(values(&decoded.record), values(&again.record), "{}", String::from_utf8_lossy(&document));
    }
}

/// What a record holds; what is cleared is not written.
fn values(record: &Record) -> Vec<(&str, &Value)> {
    let columns = record.table().fields.iter().map(|field| field.column.as_str());
    columns.filter_map(|column| Some((column, record.get(column)?))).collect()
}
