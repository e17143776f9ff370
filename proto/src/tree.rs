//! Messages of the contracts as they are written on the wire, whatever their type (D51 to D58).
//!
//! Resources have tables ([`crate::table`]); what services tell beside them is written as its message says: a field by the
//! CamelCase of its name, a list of messages as a list of objects named by their message, a person as `Person {Type, Id}`
//! (D38), what is absent not at all.

use prost_reflect::{Cardinality, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage, Value};

use crate::table::{POOL, camel_case, options_of};

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A whole number.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// Text.
    Text(String),
    /// A moment, in seconds.
    Time(i64),
    /// A list, and what XML calls each of it.
    List(String, Vec<Node>),
    /// Members, in their order.
    Object(Vec<(String, Node)>),
}

/// What a service tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The name of its message: `CoProvisioningPlans`.
    pub name: String,
    /// Its records, and what XML calls each; absent if it is one thing.
    pub records: Option<(String, Vec<Node>)>,
    /// Its other members.
    pub members: Vec<(String, Node)>,
}

/// The answer of a service cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be read")]
pub struct Unreadable;

/// Reads a message by its full name, `cohort.provisioning.v1.CoProvisioningPlans`.
///
/// # Errors
/// If there is no such message, or the bytes are none.
pub fn read(message: &str, bytes: &[u8]) -> Result<Told, Unreadable> {
    let descriptor = POOL.get_message_by_name(message).ok_or(Unreadable)?;
    let message = DynamicMessage::decode(descriptor.clone(), bytes).map_err(|_| Unreadable)?;
    // Elsewhere it is how many.
    let list = descriptor.get_field_by_name("records").filter(FieldDescriptor::is_list);
    let records = list.map(|field| {
        let records = message.get_field(&field);
        (item_name(&field), items(&records))
    });
    let mut members = members(&message);
    members.retain(|(name, _)| records.is_none() || name != "Records");
    Ok(Told { name: descriptor.name().to_owned(), records, members })
}

fn members(message: &DynamicMessage) -> Vec<(String, Node)> {
    let mut fields: Vec<FieldDescriptor> = message.descriptor().fields().collect();
    fields.sort_by_key(FieldDescriptor::number);
    fields.iter().filter_map(|field| member(message, field)).collect()
}

fn member(message: &DynamicMessage, field: &FieldDescriptor) -> Option<(String, Node)> {
    if field.supports_presence() && !message.has_field(field) {
        return None;
    }
    let value = message.get_field(field);
    let name = camel_case(field.name());
    if field.cardinality() == Cardinality::Repeated {
        return Some((name, Node::List(item_name(field), items(&value))));
    }
    let node = node(&value, &field.kind())?;
    let person = options_of(field).person_type;
    if !person.is_empty() {
        let members = vec![("Type".to_owned(), Node::Text(person)), ("Id".to_owned(), node)];
        return Some(("Person".to_owned(), Node::Object(members)));
    }
    // A text that has no presence and is empty says nothing.
    (node != Node::Text(String::new())).then_some((name, node))
}

fn items(value: &Value) -> Vec<Node> {
    let kind = Kind::String;
    value.as_list().unwrap_or_default().iter().filter_map(|item| node(item, &kind)).collect()
}

/// A list of messages has their name; one of texts that of the list, without its last letter.
fn item_name(field: &FieldDescriptor) -> String {
    match field.kind() {
        Kind::Message(message) => message.name().to_owned(),
        _ => camel_case(field.name()).trim_end_matches('s').to_owned(),
    }
}

fn node(value: &Value, kind: &Kind) -> Option<Node> {
    Some(match value {
        Value::Bool(truth) => Node::Bool(*truth),
        Value::I32(number) => Node::Int(i64::from(*number)),
        Value::I64(number) => Node::Int(*number),
        Value::U32(number) => Node::Int(i64::from(*number)),
        Value::U64(number) => Node::Int(i64::try_from(*number).ok()?),
        Value::String(text) => Node::Text(text.clone()),
        Value::EnumNumber(number) => {
            let Kind::Enum(names) = kind else { return None };
            Node::Text(crate::table::wire_name(&names.get_value(*number)?))
        }
        Value::Message(message) if is_time(&message.descriptor()) => {
            Node::Time(message.get_field_by_name("seconds")?.as_i64()?)
        }
        Value::Message(message) => Node::Object(members(message)),
        _ => return None,
    })
}

fn is_time(message: &MessageDescriptor) -> bool {
    message.full_name() == "google.protobuf.Timestamp"
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::provisioning::v1::{Accepted, CoProvisioningPlan, CoProvisioningPlans, Step};

    #[test]
    fn a_message_is_written_by_its_own_names() {
        let step = Step { protocol: "ldap".to_owned(), text: "dn: x".to_owned() };
        let plan = CoProvisioningPlan {
            co_provisioning_target_id: 4,
            co_person_id: Some(42),
            work: "Apply".to_owned(),
            steps: vec![step],
            ..CoProvisioningPlan::default()
        };
        let plans = CoProvisioningPlans { records: vec![plan], next: None };
        let told = read("cohort.provisioning.v1.CoProvisioningPlans", &plans.encode_to_vec()).expect("it is one");
        let text = |text: &str| Node::Text(text.to_owned());
        let named = |name: &str, node: Node| (name.to_owned(), node);
        let person = Node::Object(vec![named("Type", text("CO")), named("Id", Node::Int(42))]);
        let step = Node::Object(vec![named("Protocol", text("ldap")), named("Text", text("dn: x"))]);
        let record = Node::Object(vec![
            named("CoProvisioningTargetId", Node::Int(4)),
            named("Person", person),
            named("Work", text("Apply")),
            named("Steps", Node::List("Step".to_owned(), vec![step])),
        ]);
        assert_eq!(told.records, Some(("CoProvisioningPlan".to_owned(), vec![record])));
        assert_eq!((told.name.as_str(), told.members.len()), ("CoProvisioningPlans", 0));
    }

    #[test]
    fn nothing_is_a_number_too() {
        let told = read("cohort.provisioning.v1.Accepted", &Accepted { count: 0 }.encode_to_vec()).expect("it is one");
        assert_eq!((told.records, told.members), (None, vec![("Count".to_owned(), Node::Int(0))]));
        assert_eq!(read("cohort.provisioning.v1.Nothing", &[]), Err(Unreadable));
    }
}
