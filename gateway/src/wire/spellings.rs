//! Every old spelling of every field of every resource is the same record (D2, D17, D25): the cases are made from the tables.

use proto::{
    record::{Record, Slot, Value},
    table::{Field, Kind, Table},
};
use serde_json::{Map, Value as Tree, json};

use super::{
    Format,
    document::{Purpose, decode},
};
use crate::{address::Address, routes::Place};

/// The value of a field, and the ways to write it in JSON; the first one is the new way.
fn spellings(field: &Field) -> (Value, Vec<Tree>) {
    match &field.kind {
        Kind::Int => (Value::Int(42), vec![json!(42), json!("42"), json!(" 42 ")]),
        Kind::Bool => (Value::Bool(true), [json!(true), json!(1), json!("1"), json!("true"), json!("True")].into()),
        Kind::Text => (Value::Text("7".to_owned()), vec![json!("7"), json!(7)]),
        Kind::Time => {
            let texts = [
                "2020-01-02 03:04:05",
                "2020-01-02T03:04:05",
                "2020-01-02T03:04:05.678901",
                "2020-01-02 03:04:05.000",
                "2020-01-02T03:04:05Z",
                "2020-01-02T03:04:05+0000",
                "2020-01-02T05:04:05.6+02:00",
            ];
            (Value::Time(1_577_934_245), texts.map(|text| json!(text)).into())
        }
        Kind::Enum(names) => {
            let first = &names[0];
            let texts = [&first.wire].into_iter().chain(&first.also).map(|name| json!(name));
            (Value::Enum(first.number), texts.collect())
        }
        Kind::Objects => (Value::Objects(vec![json!({"a": "b"})]), vec![json!([{"a": "b"}])]),
        Kind::Texts => (Value::Texts(vec!["a".to_owned()]), vec![json!(["a"]), json!("a")]),
        Kind::Object => {
            let object = json!({"key": "value"});
            (Value::Object(object.as_object().unwrap().clone()), vec![object])
        }
    }
}

fn xml(name: &str, tree: &Tree) -> String {
    let inner = match tree {
        Tree::Object(members) => members.iter().map(|(name, tree)| xml(name, tree)).collect(),
        Tree::Array(items) => items.iter().map(|tree| xml("Value", tree)).collect(),
        Tree::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("<{name}>{inner}</{name}>")
}

/// The documents that hold one member: with the envelope and without, `Version` as text and as number, as attribute and as
/// element.
fn documents(table: &Table, name: &str, tree: &Tree) -> Vec<(Format, String)> {
    let (plural, singular) = (&table.plural, &table.singular);
    let mut all = Vec::new();
    for version in [json!("1.0"), json!(1.0), json!(1)] {
        let record = Map::from_iter([("Version".to_owned(), version), (name.to_owned(), tree.clone())]);
        all.push(json!({"RequestType": plural, "Version": "1.0", plural.as_str(): [&record]}));
        all.push(json!({plural.as_str(): &record}));
        all.push(record.into());
    }
    let mut all: Vec<_> = all.into_iter().map(|document| (Format::Json, document.to_string())).collect();
    let element = xml(name, tree);
    for record in [
        format!("<{singular} Version=\"1.0\">{element}</{singular}>"),
        format!("<{singular}><Version>1.0</Version>{element}</{singular}>"),
    ] {
        all.push((Format::Xml, format!("<{plural} Version=\"1.0\">{record}</{plural}>")));
        all.push((Format::Xml, record));
    }
    all
}

fn assert_read(table: &'static Table, expected: &Record, name: &str, tree: &Tree) {
    for (format, document) in documents(table, name, tree) {
        let decoded = decode(format, table, document.as_bytes(), Purpose::Add).unwrap_or_else(|no| panic!("{no:?}"));
        assert_eq!(decoded.unread, [], "{document}");
        assert_eq!(&decoded.record, expected, "{document}");
    }
}

fn writable() -> impl Iterator<Item = (&'static Table, &'static Field)> {
    let of = |table: &'static Table| table.fields.iter().map(move |field| (table, field));
    Table::all().iter().flat_map(of).filter(|(_, field)| !field.options.read_only)
}

#[test]
fn every_field_is_read_in_every_spelling() {
    for (table, field) in writable() {
        let (value, trees) = spellings(field);
        let mut expected = Record::new(table);
        expected.set(&field.column, Slot::Is(value));
        for tree in &trees {
            for name in [&field.wire, &field.column] {
                assert_read(table, &expected, name, tree);
            }
        }
        for nothing in [Tree::Null, json!("")] {
            let mut cleared = Record::new(table);
            cleared.set(&field.column, Slot::Cleared);
            let document = json!({"Version": "1.0", field.wire.as_str(): nothing}).to_string();
            let decoded = decode(Format::Json, table, document.as_bytes(), Purpose::Edit(7)).unwrap();
            assert_eq!(decoded.record, cleared, "{document}");
        }
    }
}

#[test]
fn every_owner_is_read_as_a_person() {
    for (table, field) in writable().filter(|(_, field)| !field.options.person_type.is_empty()) {
        let mut expected = Record::new(table);
        table.owners().for_each(|other| expected.set(&other.column, Slot::Cleared));
        expected.set(&field.column, Slot::Is(Value::Int(42)));
        let kind = &field.options.person_type;
        for id in [json!(42), json!("42")] {
            for (name, person) in
                [("Person", json!({"Type": kind, "Id": &id})), ("person", json!({"type": kind, "id": &id}))]
            {
                assert_read(table, &expected, name, &person);
            }
        }
    }
}

/// D18: the id of the path may stand in the record, in each spelling; no other one may, and none on add.
#[test]
fn the_id_of_the_path_is_read_in_every_spelling() {
    for table in Table::all() {
        let singular = &table.singular;
        let mut documents = Vec::new();
        for (name, id) in [("Id", json!(7)), ("Id", json!("7")), ("id", json!(7)), ("id", json!("7"))] {
            documents.push((Format::Json, json!({"Version": "1.0", name: id}).to_string()));
        }
        for record in [
            format!("<{singular} Version=\"1.0\" Id=\"7\"/>"),
            format!("<{singular} Version=\"1.0\"><Id>7</Id></{singular}>"),
            format!("<{singular} Version=\"1.0\" Id=\"7\"><Id>7</Id></{singular}>"),
            format!("<{singular} Version=\"1.0\"><id>7</id></{singular}>"),
        ] {
            documents.push((Format::Xml, format!("<{0} Version=\"1.0\">{record}</{0}>", table.plural)));
        }
        for (format, document) in documents {
            let unread = |purpose| decode(format, table, document.as_bytes(), purpose).unwrap().unread;
            assert_eq!(unread(Purpose::Edit(7)), [], "{document}");
            for purpose in [Purpose::Edit(8), Purpose::Add] {
                let columns: Vec<_> = unread(purpose).into_iter().map(|wrong| wrong.field).collect();
                assert_eq!(columns, ["id"], "{document}");
            }
        }
    }
}

#[test]
fn what_no_field_is_called_and_what_only_the_server_writes_is_ignored() {
    for table in Table::all() {
        let nothing = Record::new(table);
        assert_read(table, &nothing, "NoSuchField", &json!("x"));
        for field in table.fields.iter().filter(|field| field.options.read_only && field.column != "id") {
            assert_read(table, &nothing, &field.wire, &json!("x"));
        }
    }
}

#[test]
fn every_path_may_have_repeated_slashes() {
    for table in Table::all() {
        let path = &table.path;
        for (odd, plain) in [
            (format!("/registry//{path}/7.json"), format!("/registry/{path}/7.json")),
            (format!("//{path}//7.xml"), format!("/{path}/7.xml")),
            (format!("///registry///{path}.json"), format!("/registry/{path}.json")),
        ] {
            assert_eq!(Address::of(&odd), Address::of(&plain));
            // Who is served at the one is served at the other; not every resource is at every path.
            let (there, here) = (Place::of(&Address::of(&plain)).is_ok(), Place::of(&Address::of(&odd)).is_ok());
            assert!(here == there && (here || !table.has("View")), "{odd}");
        }
    }
}
