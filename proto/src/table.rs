//! The table of a resource: what its message and options say, read once.
//!
//! Guarantee: no request pays for reflection; every user of a resource's fields uses the same statement of them.
//! Mechanism: the descriptors compiled into the program are read at first use and kept for the life of the process.
//! Failure: descriptors that do not fit the code stop the program at its first test, so never in production.

use std::{collections::HashMap, sync::LazyLock};

use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumValueDescriptor, ExtensionDescriptor, FieldDescriptor, Kind as ProtoKind,
};

use crate::wire::v1 as options;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Int,
    /// True or false.
    Bool,
    /// Text.
    Text,
    /// A moment, in seconds (`google.protobuf.Timestamp`).
    Time,
    /// One of an enumeration.
    Enum(Vec<EnumName>),
    /// A list of texts.
    Texts,
    /// An object with keys of its own (`google.protobuf.Struct`).
    Object,
    /// A list of objects (`google.protobuf.ListValue`), each called by the singular of the field: `Changes` of `Change`.
    Objects,
}

/// A value of an enumeration and its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumName {
    /// Its number in protobuf.
    pub number: i32,
    /// Its name on the wire, such as `GracePeriod`.
    pub wire: String,
    /// What the database holds, such as `GP`.
    pub code: String,
    /// Further spellings that are accepted.
    pub also: Vec<String>,
}

/// A field of a resource.
#[derive(Clone, Debug)]
pub struct Field {
    /// Column name, `cou_id`: the key of `InvalidFields` (D26).
    pub column: String,
    /// JSON and XML name, `CouId`: the CamelCase of the column.
    pub wire: String,
    /// Number in protobuf.
    pub tag: u32,
    /// What it holds.
    pub kind: Kind,
    /// Its options.
    pub options: options::Field,
}

/// A resource of the REST API.
#[derive(Clone, Debug)]
pub struct Table {
    /// Name of the list, `CoPersonRoles`.
    pub plural: String,
    /// Name of a record, `CoPersonRole`; also `ObjectType`.
    pub singular: String,
    /// Path segment and database table, `co_person_roles`.
    pub path: String,
    /// What a filter's 404 calls it, `CO Person` (D10).
    pub title: String,
    /// Full protobuf name of its message.
    pub message: String,
    /// Full name of its gRPC service.
    pub service: String,
    /// Names of the methods of that service.
    pub methods: Vec<String>,
    /// Its fields, by number.
    pub fields: Vec<Field>,
}

impl Table {
    /// Finds a resource by the type of its message.
    ///
    /// # Panics
    /// If the message is not a resource; the type says whether it is, so a test finds that out.
    #[must_use]
    #[expect(clippy::panic, reason = "which messages are resources is known when the program is built")]
    pub fn of<M: Name>() -> &'static Self {
        BY_MESSAGE.get(M::NAME).copied().unwrap_or_else(|| panic!("{} has no resource option", M::NAME))
    }

    /// Finds a resource by its singular name, `CoPersonRole`.
    #[must_use]
    pub fn named(singular: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.singular == singular)
    }

    /// Finds a resource by its path segment, `co_person_roles`.
    #[must_use]
    pub fn at(path: &str) -> Option<&'static Self> {
        BY_PATH.get(path).copied()
    }

    /// Finds a resource by the full name of its gRPC service.
    #[must_use]
    pub fn served_by(service: &str) -> Option<&'static Self> {
        BY_SERVICE.get(service).copied()
    }

    /// All resources.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &TABLES
    }

    /// The place of a column in [`Table::fields`].
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.column == column)
    }

    /// The field of a column.
    #[must_use]
    pub fn field(&self, column: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.column == column)
    }

    /// The fields that say whose a record is, one for each `Type` of `Person` (rest-conventions §3).
    pub fn owners(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.options.person_type.is_empty() && !field.options.read_only)
    }

    /// Whether the resource has a method, such as `Edit`.
    #[must_use]
    pub fn has(&self, method: &str) -> bool {
        self.methods.iter().any(|name| name == method)
    }
}

impl Field {
    /// What an item of its list is called in XML: the singular of a name that ends in `s`, else `Value`.
    #[must_use]
    pub fn item(&self) -> &str {
        self.wire.strip_suffix('s').unwrap_or("Value")
    }

    /// The names of its enumeration; empty for other kinds.
    #[must_use]
    pub fn names(&self) -> &[EnumName] {
        match &self.kind {
            Kind::Enum(names) => names,
            Kind::Int | Kind::Bool | Kind::Text | Kind::Time | Kind::Texts | Kind::Object | Kind::Objects => &[],
        }
    }

    /// The name of a value of its enumeration.
    #[must_use]
    pub fn name_of(&self, number: i32) -> Option<&EnumName> {
        self.names().iter().find(|name| name.number == number)
    }

    /// The number that a database code stands for.
    #[must_use]
    pub fn number_of_code(&self, code: &str) -> Option<i32> {
        self.names().iter().find(|name| name.code == code).map(|name| name.number)
    }

    /// The number that a wire name stands for; accepted spellings count (D17, D34).
    #[must_use]
    pub fn number_of_wire(&self, wire: &str) -> Option<i32> {
        self.names()
            .iter()
            .find(|name| name.wire == wire || name.also.iter().any(|also| also == wire))
            .map(|n| n.number)
    }
}

/// `cou_id` as the wire writes it: `CouId`.
#[must_use]
pub fn camel_case(column: &str) -> String {
    column
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect()
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(read_tables);
static BY_PATH: LazyLock<HashMap<&'static str, &'static Table>> =
    LazyLock::new(|| TABLES.iter().map(|table| (table.path.as_str(), table)).collect());
/// By the name of the message, without its package.
static BY_MESSAGE: LazyLock<HashMap<&'static str, &'static Table>> =
    LazyLock::new(|| TABLES.iter().filter_map(|table| Some((table.message.rsplit('.').next()?, table))).collect());
static BY_SERVICE: LazyLock<HashMap<&'static str, &'static Table>> =
    LazyLock::new(|| TABLES.iter().map(|table| (table.service.as_str(), table)).collect());

/// The descriptors of all contracts.
#[expect(clippy::expect_used, reason = "the descriptors are part of the program; every test would find them broken")]
pub(crate) static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(crate::DESCRIPTORS).expect("descriptors.bin holds descriptors"));

#[expect(clippy::expect_used, reason = "the options are part of the program; every test would find them missing")]
fn extension(name: &str) -> ExtensionDescriptor {
    POOL.get_extension_by_name(&format!("cohort.wire.v1.{name}")).expect("our options are declared")
}

static OF_FIELD: LazyLock<ExtensionDescriptor> = LazyLock::new(|| extension("field"));
static OF_VALUE: LazyLock<ExtensionDescriptor> = LazyLock::new(|| extension("value"));

/// The options of a field, whatever its message.
pub(crate) fn options_of(field: &FieldDescriptor) -> options::Field {
    option(&field.options(), &OF_FIELD).unwrap_or_default()
}

/// What the wire calls a value of an enumeration.
pub(crate) fn wire_name(value: &EnumValueDescriptor) -> String {
    option::<options::EnumValue>(&value.options(), &OF_VALUE).unwrap_or_default().wire
}

fn read_tables() -> Vec<Table> {
    let pool = &*POOL;
    let (of_message, of_field, of_value) = (extension("resource"), &*OF_FIELD, &*OF_VALUE);
    let mut tables = Vec::new();
    for message in pool.all_messages() {
        let Some(resource) = option::<options::Resource>(&message.options(), &of_message) else { continue };
        let mut fields: Vec<Field> = message.fields().map(|field| read_field(&field, of_field, of_value)).collect();
        fields.sort_by_key(|field| field.tag);
        let service = pool
            .services()
            .find(|service| service.name() == resource.plural && service.package_name() == message.package_name());
        tables.push(Table {
            methods: service
                .as_ref()
                .map(|service| service.methods().map(|method| method.name().to_owned()).collect())
                .unwrap_or_default(),
            service: service.map(|service| service.full_name().to_owned()).unwrap_or_default(),
            plural: resource.plural,
            singular: resource.singular,
            path: resource.path,
            title: resource.title,
            message: message.full_name().to_owned(),
            fields,
        });
    }
    borrow_defaults(&mut tables);
    tables
}

/// Gives a field the texts that another one allows, where its options name that one.
fn borrow_defaults(tables: &mut [Table]) {
    let named = |table: &Table, field: &Field| format!("{}.{}", table.singular, field.column);
    let of_table = |table: &Table| -> Vec<(String, Vec<String>)> {
        table.fields.iter().map(|field| (named(table, field), field.options.allowed.clone())).collect()
    };
    let allowed: HashMap<String, Vec<String>> = tables.iter().flat_map(of_table).collect();
    for field in tables.iter_mut().flat_map(|table| &mut table.fields) {
        if !field.options.allowed_as.is_empty() {
            field.options.allowed = allowed.get(&field.options.allowed_as).cloned().unwrap_or_default();
        }
    }
}

fn read_field(field: &FieldDescriptor, of_field: &ExtensionDescriptor, of_value: &ExtensionDescriptor) -> Field {
    let kind = match field.kind() {
        ProtoKind::Bool => Kind::Bool,
        ProtoKind::Enum(names) => Kind::Enum(
            names
                .values()
                .filter(|value| value.number() != 0)
                .map(|value| {
                    let name = option::<options::EnumValue>(&value.options(), of_value).unwrap_or_default();
                    EnumName {
                        number: value.number(),
                        code: if name.code.is_empty() { name.wire.clone() } else { name.code },
                        wire: name.wire,
                        also: name.also,
                    }
                })
                .collect(),
        ),
        ProtoKind::String if field.is_list() => Kind::Texts,
        ProtoKind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => Kind::Time,
        ProtoKind::Message(message) if message.full_name() == "google.protobuf.ListValue" => Kind::Objects,
        ProtoKind::Message(_) => Kind::Object,
        ProtoKind::Int64 | ProtoKind::Int32 | ProtoKind::Uint32 | ProtoKind::Uint64 => Kind::Int,
        _ => Kind::Text,
    };
    Field {
        column: field.name().to_owned(),
        wire: camel_case(field.name()),
        tag: field.number(),
        kind,
        options: option(&field.options(), of_field).unwrap_or_default(),
    }
}

fn option<T: Message + Default>(options: &DynamicMessage, extension: &ExtensionDescriptor) -> Option<T> {
    if !options.has_extension(extension) {
        return None;
    }
    options.get_extension(extension).as_message().and_then(|message| message.transcode_to().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::v1::CoPersonRole;

    #[test]
    fn a_role_is_read_with_its_options() {
        let table = Table::of::<CoPersonRole>();
        assert_eq!((table.plural.as_str(), table.path.as_str()), ("CoPersonRoles", "co_person_roles"));
        assert_eq!(table.service, "cohort.registry.v1.CoPersonRoles");
        assert!(table.has("Edit") && !table.has("RotateKey"));
        let cou = table.field("cou_id").expect("a field");
        assert_eq!((cou.wire.as_str(), cou.kind.clone()), ("CouId", Kind::Int));
        assert_eq!(cou.options.unknown_phrase, "COU Does Not Exist");
        let status = table.field("status").expect("a field");
        assert_eq!(status.number_of_wire("GracePeriod"), status.number_of_code("GP"));
        assert_eq!(status.number_of_wire("GP"), None, "database codes are not accepted on input");
    }

    #[test]
    fn every_resource_has_a_service_and_names_for_its_enumerations() {
        assert!(Table::all().len() >= 14);
        for table in Table::all() {
            // An invitation is only answered.
            assert!(table.has("Reply") || (table.has("View") && table.has("List")), "{}", table.singular);
            let has_past = table.field("revision").is_some() && table.has("View");
            assert_eq!(table.has("Versions"), has_past, "{} has revisions, or none (D45, D46)", table.singular);
            for field in &table.fields {
                assert!(field.names().iter().all(|name| !name.wire.is_empty()), "{}.{}", table.singular, field.column);
                let target = &field.options.refers_to;
                assert!(target.is_empty() || Table::named(target).is_some(), "{} refers to {target}", field.column);
                let borrows = !field.options.allowed_as.is_empty();
                assert!(!borrows || !field.options.allowed.is_empty(), "{} allows nothing", field.column);
            }
        }
    }
}
