//! The same document in OpenAPI 3.0.3, for tools that cannot read 3.1.

use serde_json::Value as Json;

/// Turns a document of 3.1 into one of 3.0.3. Of what 3.1 has alone the document uses `examples` of schemas, the summary of
/// `info` and the identifier of the licence.
pub(crate) fn of(document: &Json) -> Json {
    let mut older = document.clone();
    older["openapi"] = "3.0.3".into();
    if let Some(info) = older.get_mut("info").and_then(Json::as_object_mut) {
        info.remove("summary");
    }
    if let Some(license) = older.pointer_mut("/info/license").and_then(Json::as_object_mut) {
        license.remove("identifier");
    }
    turn(&mut older);
    older
}

fn turn(tree: &mut Json) {
    match tree {
        Json::Object(members) => {
            if let Some(Json::Array(examples)) = members.remove("examples") {
                members.extend(examples.into_iter().take(1).map(|example| ("example".to_owned(), example)));
            }
            members.values_mut().for_each(turn);
        }
        Json::Array(items) => items.iter_mut().for_each(turn),
        _ => {}
    }
}
