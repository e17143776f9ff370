//! The same document in OpenAPI 3.0.3, for tools that cannot read 3.1.

use serde_json::Value as Json;

const LICENSE: &str = "https://www.apache.org/licenses/LICENSE-2.0";

/// Turns a document of 3.1 into one of 3.0.3. Of what 3.1 has alone the document uses the summary of `info` and the
/// identifier of the licence.
pub(crate) fn of(document: &Json) -> Json {
    let mut older = document.clone();
    older["openapi"] = "3.0.3".into();
    older["info"]["license"]["url"] = LICENSE.into();
    for (place, member) in [("/info", "summary"), ("/info/license", "identifier")] {
        if let Some(members) = older.pointer_mut(place).and_then(Json::as_object_mut) {
            members.remove(member);
        }
    }
    older
}
