//! A record of any resource, held by its table.
//!
//! A record tells apart what was not sent, what was cleared and what has a value (D19), which a protobuf message cannot.
//! It turns into the message's bytes and back by the table, without reflection, and into the typed message by way of
//! those bytes.

use bytes::{Buf, BufMut};
use prost::{
    DecodeError, Message, Name,
    encoding::{DecodeContext, WireType, decode_key, decode_varint, encode_key, encode_varint, skip_field},
};
use serde_json::{Map, Value as Json};

use crate::table::{Field, Kind, Table};

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of [`Kind::Int`].
    Int(i64),
    /// Of [`Kind::Bool`].
    Bool(bool),
    /// Of [`Kind::Text`].
    Text(String),
    /// Of [`Kind::Time`]: seconds since 1970, UTC.
    Time(i64),
    /// Of [`Kind::Enum`]: its number.
    Enum(i32),
    /// Of [`Kind::Texts`].
    Texts(Vec<String>),
    /// Of [`Kind::Object`].
    Object(Map<String, Json>),
    /// Of [`Kind::Objects`].
    Objects(Vec<Json>),
}

/// What is known of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Slot {
    /// It was not sent: an edit keeps it (D19).
    #[default]
    Absent,
    /// Null or empty was sent: an edit clears it (D19).
    Cleared,
    /// It has a value.
    Is(Value),
}

/// A record of a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    table: &'static Table,
    slots: Vec<Slot>,
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.message == other.message
    }
}

impl Record {
    /// An empty record.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        Self { table, slots: vec![Slot::Absent; table.fields.len()] }
    }

    /// The record of a typed message.
    #[must_use]
    pub fn of<M: Message + Name>(message: &M) -> Self {
        let table = Table::of::<M>();
        // What prost has just encoded decodes.
        Self::decode(table, &mut message.encode_to_vec().as_slice()).unwrap_or_else(|_| Self::new(table))
    }

    /// The typed message of the record.
    ///
    /// # Errors
    /// If the record is of another resource.
    pub fn to_message<M: Message + Name + Default>(&self) -> Result<M, DecodeError> {
        M::decode(self.encode().as_slice())
    }

    /// Its resource.
    #[must_use]
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// Its fields and what is known of each.
    pub fn slots(&self) -> impl Iterator<Item = (&'static Field, &Slot)> {
        self.table.fields.iter().zip(&self.slots)
    }

    /// Its fields, to be changed.
    pub fn slots_mut(&mut self) -> impl Iterator<Item = (&'static Field, &mut Slot)> {
        self.table.fields.iter().zip(&mut self.slots)
    }

    /// What is known of a column; unknown columns are absent.
    #[must_use]
    pub fn slot(&self, column: &str) -> &Slot {
        self.table.position(column).and_then(|at| self.slots.get(at)).unwrap_or(&Slot::Absent)
    }

    /// The value of a column.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&Value> {
        match self.slot(column) {
            Slot::Is(value) => Some(value),
            Slot::Absent | Slot::Cleared => None,
        }
    }

    /// The value of an integer column.
    #[must_use]
    pub fn int(&self, column: &str) -> Option<i64> {
        match self.get(column) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// The value of a text column.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        match self.get(column) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The value of a time column, in seconds since 1970.
    #[must_use]
    pub fn time(&self, column: &str) -> Option<i64> {
        match self.get(column) {
            Some(Value::Time(seconds)) => Some(*seconds),
            _ => None,
        }
    }

    /// Sets a column; unknown columns are ignored.
    pub fn set(&mut self, column: &str, slot: Slot) {
        if let Some(place) = self.table.position(column).and_then(|at| self.slots.get_mut(at)) {
            *place = slot;
        }
    }

    /// The columns that were sent: with a value or cleared. The `sent` mask of an Edit.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        self.slots().filter(|(_, slot)| **slot != Slot::Absent).map(|(field, _)| field.column.clone()).collect()
    }

    /// Takes a `sent` mask over: a column that is listed and has no value was cleared, one with a value that is not
    /// listed was not sent.
    #[must_use]
    pub fn with_sent(mut self, sent: &[String]) -> Self {
        for (field, slot) in self.slots_mut() {
            let listed = sent.contains(&field.column);
            match (&slot, listed) {
                (Slot::Absent, true) => *slot = Slot::Cleared,
                (Slot::Is(_), false) => *slot = Slot::Absent,
                _ => {}
            }
        }
        self
    }

    /// The protobuf bytes of its values.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        for (field, slot) in self.slots() {
            if let Slot::Is(value) = slot {
                encode_value(field.tag, value, &mut out);
            }
        }
        out
    }

    /// Reads protobuf bytes; fields that the table does not know are skipped.
    ///
    /// # Errors
    /// If the bytes are not a message of the resource.
    pub fn decode(table: &'static Table, bytes: &mut impl Buf) -> Result<Self, DecodeError> {
        let mut record = Self::new(table);
        while bytes.has_remaining() {
            let (tag, wire_type) = decode_key(bytes)?;
            // Fields come in the order of their numbers, but need not.
            match table.fields.iter().position(|field| field.tag == tag) {
                Some(at) => {
                    if let (Some(field), Some(slot)) = (table.fields.get(at), record.slots.get_mut(at)) {
                        decode_value(field, wire_type, bytes, slot)?;
                    }
                }
                None => skip_field(wire_type, tag, bytes, DecodeContext::default())?,
            }
        }
        Ok(record)
    }
}

fn encode_value(tag: u32, value: &Value, out: &mut Vec<u8>) {
    match value {
        // Protobuf writes signed integers and enumerations in two's complement.
        Value::Int(number) => encode_number(tag, number.cast_unsigned(), out),
        Value::Enum(number) => encode_number(tag, i64::from(*number).cast_unsigned(), out),
        Value::Bool(truth) => encode_number(tag, u64::from(*truth), out),
        Value::Text(text) => encode_bytes(tag, text.as_bytes(), out),
        Value::Texts(texts) => texts.iter().for_each(|text| encode_bytes(tag, text.as_bytes(), out)),
        Value::Time(seconds) => {
            let mut inner = Vec::with_capacity(8);
            encode_number(1, seconds.cast_unsigned(), &mut inner);
            encode_bytes(tag, &inner, out);
        }
        Value::Object(object) => encode_bytes(tag, &struct_of_json(object).encode_to_vec(), out),
        Value::Objects(items) => encode_bytes(tag, &list_of_json(items).encode_to_vec(), out),
    }
}

fn encode_number(tag: u32, number: u64, out: &mut Vec<u8>) {
    encode_key(tag, WireType::Varint, out);
    encode_varint(number, out);
}

fn encode_bytes(tag: u32, bytes: &[u8], out: &mut Vec<u8>) {
    encode_key(tag, WireType::LengthDelimited, out);
    encode_varint(bytes.len() as u64, out);
    out.put_slice(bytes);
}

fn decode_value(field: &Field, wire_type: WireType, bytes: &mut impl Buf, slot: &mut Slot) -> Result<(), DecodeError> {
    let expected = match field.kind {
        Kind::Int | Kind::Bool | Kind::Enum(_) => WireType::Varint,
        Kind::Text | Kind::Time | Kind::Texts | Kind::Object | Kind::Objects => WireType::LengthDelimited,
    };
    prost::encoding::check_wire_type(expected, wire_type)?;
    let value = match field.kind {
        Kind::Int => Value::Int(decode_varint(bytes)?.cast_signed()),
        Kind::Bool => Value::Bool(decode_varint(bytes)? != 0),
        #[expect(clippy::cast_possible_truncation, reason = "protobuf cuts enumerations to 32 bits")]
        Kind::Enum(_) => Value::Enum(decode_varint(bytes)?.cast_signed() as i32),
        Kind::Text => Value::Text(decode_text(bytes)?),
        Kind::Time => {
            let content = decode_bytes(bytes)?;
            Value::Time(prost_types::Timestamp::decode(content.as_slice())?.seconds)
        }
        Kind::Object => {
            let content = decode_bytes(bytes)?;
            Value::Object(json_of_struct(prost_types::Struct::decode(content.as_slice())?))
        }
        Kind::Objects => {
            let content = decode_bytes(bytes)?;
            let list = prost_types::ListValue::decode(content.as_slice())?;
            Value::Objects(list.values.into_iter().map(json_of_value).collect())
        }
        Kind::Texts => {
            let text = decode_text(bytes)?;
            if let Slot::Is(Value::Texts(texts)) = slot {
                texts.push(text);
                return Ok(());
            }
            Value::Texts(vec![text])
        }
    };
    *slot = Slot::Is(value);
    Ok(())
}

fn decode_text(bytes: &mut impl Buf) -> Result<String, DecodeError> {
    let mut out = String::new();
    prost::encoding::string::merge(WireType::LengthDelimited, &mut out, bytes, DecodeContext::default())?;
    Ok(out)
}

fn decode_bytes(bytes: &mut impl Buf) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::new();
    prost::encoding::bytes::merge(WireType::LengthDelimited, &mut out, bytes, DecodeContext::default())?;
    Ok(out)
}

/// An object as protobuf has it. Numbers become floating point, as in JSON.
#[must_use]
pub fn struct_of_json(object: &Map<String, Json>) -> prost_types::Struct {
    prost_types::Struct { fields: object.iter().map(|(key, value)| (key.clone(), value_of_json(value))).collect() }
}

fn list_of_json(items: &[Json]) -> prost_types::ListValue {
    prost_types::ListValue { values: items.iter().map(value_of_json).collect() }
}

fn value_of_json(json: &Json) -> prost_types::Value {
    use prost_types::value::Kind as K;
    prost_types::Value {
        kind: Some(match json {
            Json::Null => K::NullValue(0),
            Json::Bool(truth) => K::BoolValue(*truth),
            Json::Number(number) => K::NumberValue(number.as_f64().unwrap_or_default()),
            Json::String(text) => K::StringValue(text.clone()),
            Json::Array(values) => K::ListValue(list_of_json(values)),
            Json::Object(object) => K::StructValue(struct_of_json(object)),
        }),
    }
}

/// An object as JSON has it. Whole numbers are written without a fraction.
#[must_use]
pub fn json_of_struct(object: prost_types::Struct) -> Map<String, Json> {
    object.fields.into_iter().map(|(key, value)| (key, json_of_value(value))).collect()
}

fn json_of_value(value: prost_types::Value) -> Json {
    use prost_types::value::Kind as K;
    match value.kind {
        None | Some(K::NullValue(_)) => Json::Null,
        Some(K::BoolValue(truth)) => Json::Bool(truth),
        Some(K::NumberValue(number)) => json_number(number),
        Some(K::StringValue(text)) => Json::String(text),
        Some(K::ListValue(list)) => Json::Array(list.values.into_iter().map(json_of_value).collect()),
        Some(K::StructValue(object)) => Json::Object(json_of_struct(object)),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "only whole numbers within the exact range are cast")]
fn json_number(number: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return Json::from(number as i64);
    }
    serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number)
}

#[cfg(test)]
mod tests;
