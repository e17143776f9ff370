//! The operations of the API, as the running server describes them, and what each of them can name.

use std::collections::BTreeMap;

use proto::table::{Field, Kind, Table};
use reqwest::Method;
use serde_json::Value as Json;

/// Which resource the ids of a query parameter, or of the subject in a path, are of.
pub(super) fn referred() -> BTreeMap<&'static str, &'static str> {
    let fields = Table::all().iter().flat_map(|table| &table.fields).filter(|field| !field.options.filter.is_empty());
    let of_field = |field: &'static Field| {
        let stated = Some(field.options.refers_to.as_str()).filter(|resource| !resource.is_empty());
        // Those of another service are not stated, but named.
        let named = field.wire.strip_suffix("Id").and_then(Table::named).map(|table| table.singular.as_str());
        Some((field.options.filter.as_str(), stated.or(named)?))
    };
    fields.filter_map(of_field).collect()
}

/// An operation: a method at a path.
pub(crate) struct Operation {
    pub(super) id: String,
    pub(super) method: Method,
    /// Below the base, with placeholders and without a suffix: `/cous/{id}`.
    pub(super) path: String,
    /// What its path begins with, if that is a resource.
    pub(super) table: Option<&'static Table>,
    /// The parameters of its query.
    pub(super) query: Vec<Parameter>,
    /// The kinds of subjects that its path takes.
    pub(super) subjects: Vec<String>,
    /// An example of its body.
    pub(super) body: Option<Json>,
    /// Whether it has a suffix, `.json` or `.xml`.
    pub(super) formats: bool,
    /// Whether the answer goes on for ever.
    pub(super) streams: bool,
}

/// A parameter of a query.
pub(crate) struct Parameter {
    pub(super) name: String,
    pub(super) required: bool,
}

/// Something of an operation that names a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Slot {
    /// The id in the path, of this resource.
    Id(&'static str),
    /// The subject in the path: how it is called, and its resource.
    Subject(String, &'static str),
    /// A parameter of the query, and its resource.
    Query(String, &'static str),
    /// A field of the body that is a reference: its name and resource.
    Field(String, &'static str),
    /// `Person` in the body: its type and resource.
    Person(String, &'static str),
}

impl Slot {
    pub(super) fn resource(&self) -> &'static str {
        let (Self::Id(resource)
        | Self::Subject(_, resource)
        | Self::Query(_, resource)
        | Self::Field(_, resource)
        | Self::Person(_, resource)) = self;
        resource
    }
}

impl Operation {
    /// All that a document describes, but for the pages that ask for no login.
    pub(crate) fn all(document: &Json) -> Vec<Self> {
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
                if operation["security"].is_null() {
                    all.push(Self::of(document, path, item, method, operation));
                }
            }
        }
        all
    }

    fn of(document: &Json, path: &str, item: &Json, method: &str, operation: &Json) -> Self {
        let lists = [&item["parameters"], &operation["parameters"]];
        let parameters: Vec<&Json> = lists.iter().filter_map(|list| list.as_array()).flatten().collect();
        let resolved: Vec<&Json> = parameters
            .into_iter()
            .map(|parameter| match parameter["$ref"].as_str() {
                Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
                None => parameter,
            })
            .collect();
        let query = resolved.iter().filter(|parameter| parameter["in"] == "query");
        let subject = resolved.iter().find(|parameter| parameter["name"] == "subject");
        let subjects = subject.map(|subject| {
            let pattern = subject["schema"]["pattern"].as_str().unwrap();
            let kinds = pattern.split_once('(').unwrap().1.split_once(')').unwrap().0;
            kinds.split('|').map(str::to_owned).collect()
        });
        let path = path.to_owned();
        Self {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            table: path.split(['/', '.']).nth(1).and_then(Table::at),
            query: query
                .map(|parameter| Parameter {
                    name: parameter["name"].as_str().unwrap().to_owned(),
                    required: parameter["required"] == true,
                })
                .collect(),
            subjects: subjects.unwrap_or_default(),
            body: operation["requestBody"]["content"]["application/json"].get("example").cloned(),
            formats: path.ends_with(".{format}"),
            streams: !operation["responses"]["200"]["content"]["text/event-stream"].is_null(),
            path: path.trim_end_matches(".{format}").to_owned(),
        }
    }

    /// Whether its path is one of a resource's own: `/cous` and `/cous/{id}`.
    pub(super) fn is_standard(&self) -> bool {
        self.table.is_some_and(|table| {
            self.path.strip_prefix(&format!("/{}", table.path)).is_some_and(|rest| matches!(rest, "" | "/{id}"))
        })
    }

    /// Whether it takes a parameter.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.query.iter().any(|parameter| parameter.name == name)
    }

    /// All that names a record.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let referred = referred();
        let mut slots = Vec::new();
        if self.path.contains("{id}") {
            slots.push(Slot::Id(&self.table.unwrap().singular));
        }
        slots.extend(self.subjects.iter().map(|name| Slot::Subject(name.clone(), referred[name.as_str()])));
        let of_query = |parameter: &Parameter| {
            referred.get(parameter.name.as_str()).map(|resource| Slot::Query(parameter.name.clone(), resource))
        };
        slots.extend(self.query.iter().filter_map(of_query));
        slots.extend(self.slots_of_body());
        slots
    }

    /// The references of its body: those of its example where it only looks at these, else all of the resource.
    fn slots_of_body(&self) -> Vec<Slot> {
        let (Some(table), Some(body)) = (self.table, &self.body) else { return Vec::new() };
        let record = &body[&table.plural][0];
        let fields = table.fields.iter().filter(|field| {
            let options = &field.options;
            field.kind == Kind::Int && !options.refers_to.is_empty() && !options.read_only
        });
        fields
            .filter_map(|field| {
                let options = &field.options;
                if options.person_type.is_empty() {
                    let meant = self.is_standard() || !record[&field.wire].is_null();
                    meant.then(|| Slot::Field(field.wire.clone(), &options.refers_to))
                } else {
                    let meant = self.is_standard() || record["Person"]["Type"] == options.person_type.as_str();
                    meant.then(|| Slot::Person(options.person_type.clone(), &options.refers_to))
                }
            })
            .collect()
    }
}
