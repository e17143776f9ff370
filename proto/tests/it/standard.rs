//! The messages of the standard methods have the same bytes for every resource, but for the record that they carry.

use prost_reflect::{Cardinality, DescriptorPool, Kind, MessageDescriptor, MethodDescriptor};
use proto::table::Table;

fn method(pool: &DescriptorPool, table: &Table, name: &str) -> Option<MethodDescriptor> {
    let service = pool.get_service_by_name(&table.service).expect("the service of a resource");
    service.methods().find(|method| method.name() == name)
}

/// The fields of a message as `number name type`, with what is repeated marked.
fn shape(message: &MessageDescriptor, record: &str) -> Vec<String> {
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(|field| field.number());
    let kind = |kind: Kind| match kind {
        Kind::Bytes => "record".to_owned(),
        Kind::Message(message) if message.full_name() == record => "record".to_owned(),
        Kind::Message(message) => message.full_name().to_owned(),
        other => format!("{other:?}"),
    };
    let shape = fields.iter().map(|field| {
        let many = if field.cardinality() == Cardinality::Repeated { "repeated " } else { "" };
        format!("{} {} {many}{}", field.number(), field.name(), kind(field.kind()))
    });
    shape.collect()
}

#[test]
fn the_standard_messages_have_the_bytes_of_every_resource() {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).expect("descriptors");
    let standard = |name: &str| {
        let message = pool.get_message_by_name(&format!("cohort.registry.v1.{name}")).expect("a standard message");
        shape(&message, "")
    };
    let mut seen = 0;
    for table in Table::all() {
        for (name, standard) in [("Add", standard("AddRecord")), ("Edit", standard("EditRecord"))] {
            let Some(method) = method(&pool, table, name) else { continue };
            assert_eq!(shape(&method.input(), &table.message), standard, "{name} of {}", table.plural);
            seen += 1;
        }
        let Some(list) = method(&pool, table, "List") else {
            assert!(table.has("Reply"), "{} cannot be listed", table.plural);
            continue;
        };
        assert_eq!(shape(&list.output(), &table.message), standard("ListRecords"), "List of {}", table.plural);
    }
    assert!(seen > 20, "only {seen} methods were looked at");
}
