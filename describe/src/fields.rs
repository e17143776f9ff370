//! The schema of a field: as it is sent, and as it is shown.

use proto::table::{Field, Kind};
use serde_json::{Value as Json, json};

/// Which way a record goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// In a request.
    In,
    /// In an answer.
    Out,
}

/// How times are shown.
const TIME: &str = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$";

/// The schema of a field's value.
pub(crate) fn schema(field: &Field, way: Way) -> Json {
    let mut schema = match &field.kind {
        Kind::Int => integer(field, way),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Text => text(field, way),
        Kind::Time if way == Way::In => json!({"type": "string"}),
        Kind::Time => json!({"type": "string", "pattern": TIME}),
        Kind::Enum(names) => {
            let refused = |wire: &String| way == Way::In && field.options.refused.contains(wire);
            let own = names.iter().map(|name| &name.wire).filter(|wire| !refused(wire));
            let also = names.iter().flat_map(|name| &name.also).filter(|_| way == Way::In);
            json!({"type": "string", "enum": own.chain(also).collect::<Vec<_>>()})
        }
        Kind::Texts => json!({"type": "array", "items": text(field, way)}),
        Kind::Object => object(field),
        Kind::Objects => objects(field),
    };
    if let Some(about) = about(field, way) {
        schema["description"] = about.into();
    }
    schema
}

fn integer(field: &Field, way: Way) -> Json {
    let mut schema = json!({"type": "integer", "format": "int64"});
    let (min, max) = (field.options.min, field.options.max);
    let is_id = field.column == "id" || field.column.ends_with("_id");
    if let Some(min) = min.or((is_id && way == Way::In).then_some(1)) {
        schema["minimum"] = min.into();
    }
    if max != 0 {
        schema["maximum"] = max.into();
    }
    schema
}

fn text(field: &Field, way: Way) -> Json {
    let options = &field.options;
    let mut schema = json!({"type": "string"});
    if way == Way::Out {
        return schema;
    }
    if options.max_length > 0 {
        schema["maxLength"] = options.max_length.into();
    }
    if options.date_only {
        schema["format"] = "date".into();
    } else if !options.allowed.is_empty() && options.extended_by.is_empty() {
        schema["enum"] = options.allowed.clone().into();
    } else if !options.any_character {
        let forbidden: String = options.forbidden.chars().filter(|letter| letter.is_ascii_punctuation()).collect();
        schema["pattern"] = format!(r"^[^<>{forbidden}]*$").into();
    }
    schema
}

fn objects(field: &Field) -> Json {
    let item = match field.column.as_str() {
        "changes" => json!({"type": "object", "required": ["Field"], "properties": {
            "Field": {"type": "string"}, "Old": {}, "New": {}}}),
        _ => json!({"type": "object", "additionalProperties": true}),
    };
    json!({"type": "array", "items": item})
}

fn object(field: &Field) -> Json {
    match field.column.as_str() {
        "configuration" => json!({"$ref": "#/components/schemas/Configuration"}),
        _ => json!({"type": "object", "additionalProperties": true}),
    }
}

fn about(field: &Field, way: Way) -> Option<String> {
    let options = &field.options;
    let mut about: Vec<String> = Vec::new();
    if !options.refers_to.is_empty() {
        about.push(format!("The id of a {}.", options.refers_to));
    }
    if field.kind == Kind::Time && way == Way::In {
        about.push("A time, in UTC or with an offset.".to_owned());
    }
    if !options.extended_by.is_empty() {
        let defaults = options.allowed.join(", ");
        about.push(format!("A type that the CO has defined for {}; else one of {defaults}.", options.extended_by));
    }
    if options.immutable && way == Way::In {
        about.push("Cannot be changed.".to_owned());
    }
    match field.column.as_str() {
        "extended_attributes" => about.push("The CO's own attributes, by their names.".to_owned()),
        "remote_ip" => about.push("Ranges of addresses (CIDR) from which it may log in.".to_owned()),
        _ => {}
    }
    (!about.is_empty() && field.column != "configuration").then(|| about.join(" "))
}
