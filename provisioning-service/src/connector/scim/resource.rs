//! The two sorts of resources, and what is sent so that one becomes what it is to be: as little as that needs.

use serde_json::{Map, Value as Json, json};

/// Users or groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    /// The last part of their address.
    pub(super) path: &'static str,
    pub(super) schema: &'static str,
    /// The attribute that names them.
    pub(super) name: &'static str,
    /// The attributes that are ours. All others stay as they are.
    ours: &'static [&'static str],
}

pub(super) const USERS: Sort = Sort {
    path: "Users",
    schema: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "userName",
    ours: &[
        "externalId",
        "userName",
        "displayName",
        "title",
        "active",
        "name.formatted",
        "name.familyName",
        "name.givenName",
        "name.middleName",
        "name.honorificPrefix",
        "name.honorificSuffix",
        "emails",
        "phoneNumbers",
    ],
};

pub(super) const GROUPS: Sort = Sort {
    path: "Groups",
    schema: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "displayName",
    ours: &["externalId", "displayName"],
};

/// What the server alone writes.
const READ_ONLY: [&str; 2] = ["meta", "groups"];

/// An attribute, or a part of one, that is not what it is to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    path: &'static str,
    /// Absent if it is to be.
    value: Option<Json>,
}

/// An attribute that is to be something.
pub(super) fn to_be(path: &'static str, value: Json) -> Change {
    Change { path, value: Some(value) }
}

/// What has to change in what was found.
pub(super) fn changes(sort: Sort, found: &Map<String, Json>, wanted: &Map<String, Json>) -> Vec<Change> {
    let change = |path: &&'static str| {
        let (held, wanted) = (value_of(found, path).filter(|held| !is_empty(held)), value_of(wanted, path));
        let same = match (held, wanted) {
            (None, None) => true,
            (Some(held), Some(wanted)) => same(held, wanted),
            _ => false,
        };
        (!same).then(|| Change { path, value: wanted.cloned() })
    };
    sort.ours.iter().filter_map(change).collect()
}

/// The body of a PATCH (RFC 7644 §3.5.2).
pub(super) fn patch(changes: &[Change]) -> Json {
    operations(changes.iter().map(|change| match &change.value {
        Some(value) => json!({ "op": "replace", "path": change.path, "value": value }),
        None => json!({ "op": "remove", "path": change.path }),
    }))
}

/// The body of a PATCH with these operations.
pub(super) fn operations(operations: impl Iterator<Item = Json>) -> Json {
    let operations: Vec<Json> = operations.collect();
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

/// The body of a PUT: what was found, with the changes.
pub(super) fn merged(mut found: Map<String, Json>, changes: &[Change]) -> Map<String, Json> {
    for Change { path, value } in changes {
        match path.split_once('.') {
            None => set(&mut found, path, value),
            Some((outer, inner)) => {
                let part = found.entry(outer).or_insert_with(|| json!({}));
                if !part.is_object() {
                    *part = json!({});
                }
                if let Json::Object(part) = part {
                    set(part, inner, value);
                }
            }
        }
    }
    found.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    found
}

fn set(object: &mut Map<String, Json>, name: &str, value: &Option<Json>) {
    match value {
        Some(value) => _ = object.insert(name.to_owned(), value.clone()),
        None => _ = object.remove(name),
    }
}

/// An attribute, or a part of one.
pub(super) fn value_of<'a>(object: &'a Map<String, Json>, path: &str) -> Option<&'a Json> {
    match path.split_once('.') {
        None => object.get(path),
        Some((outer, inner)) => object.get(outer)?.get(inner),
    }
}

/// Whether a value is a list of nothing, or none at all.
pub(super) fn is_nothing(value: &Json) -> bool {
    !value.is_string() && is_empty(value)
}

/// Servers write what is not there in several ways.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.iter().all(|item| is_empty(item.get("value").unwrap_or(item))),
        _ => false,
    }
}

/// Whether what is held is what is wanted: of lists in any order. A server that does not keep a part of an item cannot
/// be told it again and again.
fn same(held: &Json, wanted: &Json) -> bool {
    let (Json::Array(held), Json::Array(wanted)) = (held, wanted) else { return held == wanted };
    let items: Vec<&Json> = held.iter().filter(|item| !is_empty(item.get("value").unwrap_or(item))).collect();
    let matches = |wanted: &Json, held: &Json| match wanted {
        Json::Object(parts) => {
            let kept =
                |(name, part): (&String, &Json)| held.get(name).is_none_or(|held| held.is_null() || held == part);
            held.get("value") == wanted.get("value") && parts.iter().all(kept)
        }
        other => held == other,
    };
    items.len() == wanted.len() && wanted.iter().all(|wanted| items.iter().any(|held| matches(wanted, held)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: Json) -> Map<String, Json> {
        json.as_object().cloned().expect("an object")
    }

    #[test]
    fn only_what_differs_is_sent_and_what_is_not_ours_stays() {
        let found = object(json!({"id": "7", "externalId": "k", "userName": "mira", "title": "Boss", "nickName": "M",
            "name": {"familyName": "Old", "givenName": "Mira", "phonetic": "mee-ra"}, "meta": {"version": "3"},
            "emails": [{"value": "a@x", "primary": true, "display": "a"}, {"value": ""}], "active": true}));
        let wanted = object(json!({"externalId": "k", "userName": "mira", "active": false,
            "name": {"familyName": "New", "givenName": "Mira", "middleName": "J"},
            "emails": [{"value": "a@x", "type": "work", "primary": true}]}));
        let changes = changes(USERS, &found, &wanted);
        let expected = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
            {"op": "remove", "path": "title"},
            {"op": "replace", "path": "active", "value": false},
            {"op": "replace", "path": "name.familyName", "value": "New"},
            {"op": "replace", "path": "name.middleName", "value": "J"}]});
        assert_eq!(patch(&changes), expected);
        let merged = merged(found, &changes);
        let expected = json!({"id": "7", "externalId": "k", "userName": "mira", "nickName": "M", "active": false,
            "name": {"familyName": "New", "givenName": "Mira", "middleName": "J", "phonetic": "mee-ra"},
            "emails": [{"value": "a@x", "primary": true, "display": "a"}, {"value": ""}]});
        assert_eq!(Json::Object(merged.clone()), expected);
        assert_eq!(super::changes(USERS, &merged, &wanted), []);
    }

    #[test]
    fn lists_are_compared_without_order() {
        let list = |values: Json| object(json!({ "emails": values }));
        let wanted = list(json!([{"value": "a", "type": "work"}, {"value": "b"}]));
        for (held, same) in [
            (json!([{"value": "b"}, {"value": "a", "type": "work"}]), true),
            (json!([{"value": "b"}, {"value": "a", "type": "home"}]), false),
            (json!([{"value": "a", "type": "work"}]), false),
            (json!([{"value": "a"}, {"value": "b"}, {"value": "c"}]), false),
            (json!(null), false),
        ] {
            assert_eq!(changes(USERS, &list(held.clone()), &wanted).is_empty(), same, "{held}");
        }
    }
}
