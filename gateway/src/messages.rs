//! The messages of the standard methods, which are the same for every resource but for the record they carry.
//!
//! Those of the contract that carry the record as bytes; lists are read record by record.

use bytes::{Buf as _, Bytes};
use prost::{
    DecodeError, Message,
    encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field},
};
use proto::{
    record::Record,
    refusal::Refusal,
    registry::v1::{AddRecord, DeleteRequest, EditRecord, ListRequest, ViewRequest},
    table::Table,
};

use crate::{
    query::Query,
    refusal::Problem,
    wire::document::{Decoded, id_value},
};

const RECORD: u32 = 1;
const MORE: u32 = 2;

/// The message of Add.
#[must_use]
pub fn add(decoded: Decoded) -> Bytes {
    AddRecord { record: decoded.record.encode().into(), unread: decoded.unread }.encode_to_vec().into()
}

/// The message of Edit: the record bears the id of the path, and `sent` lists what was sent or cleared (D19).
#[must_use]
pub fn edit(id: i64, decoded: Decoded, if_match: Option<String>) -> Bytes {
    let paths = decoded.record.sent();
    let mut record = decoded.record;
    record.set("id", id_value(id));
    let sent = Some(prost_types::FieldMask { paths });
    EditRecord { record: record.encode().into(), unread: decoded.unread, sent, if_match }.encode_to_vec().into()
}

/// The message of Delete.
#[must_use]
pub fn delete(id: i64, if_match: Option<String>) -> Bytes {
    DeleteRequest { id, if_match }.encode_to_vec().into()
}

/// The message of View, of the present; Retry and the like have the same.
#[must_use]
pub fn id(id: i64) -> Bytes {
    view(id, None)
}

/// The message of View, as the record was at the end of a second, if one is given.
#[must_use]
pub fn view(id: i64, as_of: Option<i64>) -> Bytes {
    ViewRequest { id, as_of }.encode_to_vec().into()
}

/// The message of List.
#[must_use]
pub fn list(query: &Query) -> Bytes {
    let after = query.after.unwrap_or_default();
    ListRequest { filters: query.named_texts(), after, limit: query.limit, as_of: query.as_of }.encode_to_vec().into()
}

/// An answer of a service that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl From<DecodeError> for Unreadable {
    fn from(_: DecodeError) -> Self {
        Self
    }
}

impl From<Unreadable> for Problem {
    fn from(Unreadable: Unreadable) -> Self {
        Refusal::Failed("The answer of a service could not be read. Tell the server's operator.".to_owned()).into()
    }
}

/// Reads the answer to List record by record; whether there are more after the last one (D27).
///
/// # Errors
/// If the bytes are no such answer.
pub fn read_list(table: &'static Table, mut bytes: Bytes, mut each: impl FnMut(&Record)) -> Result<bool, Unreadable> {
    let mut more = false;
    while bytes.has_remaining() {
        let (tag, wire_type) = decode_key(&mut bytes)?;
        match (tag, wire_type) {
            (RECORD, WireType::LengthDelimited) => {
                let length = decode_varint(&mut bytes)?;
                // A length that is too large for this machine is too large for the bytes.
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                if length > bytes.remaining() {
                    return Err(Unreadable);
                }
                each(&Record::decode(table, &mut bytes.split_to(length))?);
            }
            (MORE, WireType::Varint) => more = decode_varint(&mut bytes)? != 0,
            _ => skip_field(wire_type, tag, &mut bytes, DecodeContext::default())?,
        }
    }
    Ok(more)
}

#[cfg(test)]
mod tests {
    use proto::{
        record::{Slot, Value},
        registry::v1::{CoPersonRole, FieldViolation, ListRecords},
    };

    use super::*;

    fn decoded() -> Decoded {
        let mut record = Record::new(Table::of::<CoPersonRole>());
        record.set("title", Slot::Is(Value::Text("Prof".to_owned())));
        record.set("cou_id", Slot::Cleared);
        Decoded { record, unread: vec![FieldViolation { field: "ordr".to_owned(), description: "no".to_owned() }] }
    }

    #[test]
    fn the_messages_are_those_of_the_contract() {
        let message = AddRecord::decode(add(decoded())).unwrap();
        assert_eq!(CoPersonRole::decode(message.record).unwrap().title.as_deref(), Some("Prof"));
        assert_eq!(message.unread[0].field, "ordr");
        let message = EditRecord::decode(edit(7, decoded(), Some("*".to_owned()))).unwrap();
        assert_eq!(CoPersonRole::decode(message.record).unwrap().id, Some(7));
        assert_eq!(message.sent.unwrap().paths, ["cou_id", "title"]);
        assert_eq!((message.unread.len(), message.if_match.as_deref()), (1, Some("*")));
    }

    #[test]
    fn a_list_is_read_record_by_record() {
        let records = vec![
            CoPersonRole { id: Some(1), ..Default::default() }.encode_to_vec().into(),
            CoPersonRole { id: Some(2), ..Default::default() }.encode_to_vec().into(),
        ];
        let bytes = Bytes::from(ListRecords { records, more: true }.encode_to_vec());
        let mut ids = Vec::new();
        let read = |bytes, ids: &mut Vec<_>| {
            read_list(Table::of::<CoPersonRole>(), bytes, |record| ids.push(record.int("id").unwrap()))
        };
        assert!(read(bytes.clone(), &mut ids).unwrap());
        assert_eq!(ids, [1, 2]);
        assert!(read(bytes.slice(..3), &mut ids).is_err());
    }
}
