//! What answers have in common: errors with their phrases, NewObject, headers.

use proto::table::Table;
use serde_json::{Map, Value as Json, json};

use crate::schemas::named;

/// Statuses, their usual phrases, and what they mean.
const REFUSED: [(u16, &str, &str); 14] = [
    (
        400,
        "Invalid Fields, Bad Request, No Email Address, CoPerson Unknown",
        "Fields are wrong, all of them at once; or the body or the query cannot be read.",
    ),
    (401, "Unauthorized", "No login or a wrong one, with WWW-Authenticate; or the login may not do this."),
    (403, "", "What is asked for is against a rule: something does not exist, is taken, or hangs on the record."),
    (404, "", "There is no such record, or the user has no rights on its CO."),
    (405, "Method Not Allowed", "Allow lists what the path takes."),
    (408, "Request Timeout", "The body did not come in time."),
    (
        409,
        "Conflict, CoProvisioningTarget Disabled, CoProvisioningRequest Canceled, Plan Outdated, Idempotency Key In Use",
        "Not in this state; or the first request with this Idempotency-Key is under way.",
    ),
    (412, "Precondition Failed", "The record is not what If-Match says, or is not there. Nothing was changed."),
    (413, "Payload Too Large", "The body has more than 1 MiB."),
    (
        422,
        "Unprocessable Entity, Cannot Be Compared, Idempotency Key Reused",
        "The resource cannot be searched by this; or another request was sent with this Idempotency-Key.",
    ),
    (429, "Too Many Requests", "More at once than is allowed; Retry-After says when to try again."),
    (500, "Other Error", "The message of the target that was waited for, or a fault of the server."),
    (503, "Service Unavailable", "Something is away; Retry-After says when to try again."),
    (304, "Not Modified", "The client has it."),
];

/// The answers of an operation: those that it gives when it succeeds, and the errors. Every path is unknown with another suffix
/// (D3).
pub(crate) fn refused<const N: usize>(codes: &[u16], successes: [(&str, Json); N]) -> Json {
    let mut all: Map<String, Json> = successes.into_iter().map(|(code, answer)| (code.to_owned(), answer)).collect();
    for code in codes.iter().chain(&[404, 429, 500]) {
        all.insert(code.to_string(), json!({"$ref": format!("#/components/responses/{code}")}));
    }
    Json::Object(all)
}

fn phrases(code: u16) -> Vec<String> {
    let of_fields =
        || Table::all().iter().flat_map(|table| &table.fields).map(|field| field.options.unknown_phrase.clone());
    let mut phrases: Vec<String> = match code {
        403 => of_fields().filter(|phrase| !phrase.is_empty()).collect(),
        404 => Table::all().iter().map(|table| format!("{} Unknown", table.singular)).collect(),
        _ => Vec::new(),
    };
    match code {
        403 => phrases.extend(
            [
                "Name In Use",
                "Name Reserved",
                "No Person Specified",
                "CoPersonRole Exists",
                "CoPerson Exists",
                "Type In Use",
                "Identifier In Use",
                "Child COU Exists",
                "Parent Would Create Cycle",
                "Automatic groups may not be edited directly",
                "Memberships in automatic groups can not be edited",
                "CoPerson Already Member",
                "OrgIdentity Already Linked",
                "Not An Automatic Group",
                "Primary Name Cannot Be Deleted",
                "This group cannot be deleted",
                "Cannot Edit COmanage CO",
                "Cannot Remove COmanage CO",
                "Expired",
                "Limit Reached",
                "Foreign Origin",
            ]
            .map(str::to_owned),
        ),
        404 => phrases.push("CoProvisioningTarget Not Found".to_owned()),
        _ => {}
    }
    phrases.sort();
    phrases.dedup();
    phrases
}

/// The errors that operations refer to.
pub(crate) fn responses() -> Json {
    let error = |(code, phrase, means): &(u16, &str, &str)| {
        let listed = phrases(*code).join(", ");
        let phrase = if phrase.is_empty() { listed } else { (*phrase).to_owned() };
        let example = match code {
            400 => json!({"ResponseType": "ErrorResponse", "Version": "1.0", "Id": "New",
                "InvalidFields": {"status": ["A valid status must be selected"]}}),
            403 => error_of("COU Does Not Exist: There is no COU with the id that \"CouId\" gives. Check the id."),
            404 => error_of("CoPersonRole Unknown: There is no CoPersonRole with this id. Check the id."),
            _ => error_of(&format!("{}: {means}", phrase.split(", ").next().unwrap_or_default())),
        };
        let headers: Map<String, Json> = ["X-Request-Id"]
            .into_iter()
            .chain(match code {
                401 => Some("WWW-Authenticate"),
                405 => Some("Allow"),
                429 | 503 => Some("Retry-After"),
                _ => None,
            })
            .map(|name| (name.to_owned(), json!({"$ref": format!("#/components/headers/{name}")})))
            .collect();
        let answer = json!({
            "description": format!("{means} Phrases: {phrase}."),
            "headers": headers,
            "content": {
                "application/json": {"schema": named("ErrorResponse"), "example": example},
                "application/xml": {"schema": named("ErrorResponseXml")},
            },
        });
        (code.to_string(), answer)
    };
    REFUSED.iter().filter(|(code, ..)| *code >= 400).map(error).collect::<Map<_, _>>().into()
}

fn error_of(words: &str) -> Json {
    json!({"ResponseType": "ErrorResponse", "Version": "1.0", "Error": words})
}

/// The headers that answers refer to.
pub(crate) fn headers() -> Json {
    let header = |about: &str| json!({"description": about, "schema": {"type": "string"}});
    json!({
        "X-Request-Id": header("The client's own if it sent one, else one that was made; it is in the server's log lines."),
        "ETag": header("The tag of what is stored of the record, the same in both formats."),
        "Link": header("With limit, where there are more: the next page, rel=\"next\"."),
        "Location": header("The monitor of the provisioning request."),
        "Retry-After": header("In how many seconds to ask again."),
        "Allow": header("The methods that the path takes."),
        "WWW-Authenticate": header("Basic, where there is no login or a wrong one."),
    })
}

/// Adds the schemas of errors and of NewObject.
pub(crate) fn add_schemas(schemas: &mut Map<String, Json>) {
    let text = || json!({"type": "string"});
    let version = || json!({"type": "string", "enum": ["1.0"]});
    let attribute = || json!({"type": "string", "enum": ["1.0"], "xml": {"attribute": true}});
    let id = || json!({"type": "string", "pattern": "^[0-9]+$"});
    schemas.insert(
        "ErrorResponse".to_owned(),
        json!({
            "type": "object",
            "description": "Wrong fields by their columns, or an error: the reason phrase and what to do.",
            "properties": {
                "ResponseType": {"type": "string", "enum": ["ErrorResponse"]}, "Version": version(),
                "Id": {"type": "string", "description": "New, or the id of the path."},
                "InvalidFields": {"type": "object", "additionalProperties": {"type": "array", "items": text()}},
                "Error": text(),
                "Memberships": {"type": "object", "additionalProperties": text(),
                    "description": "Of CoPerson Exists: the CO by its id."},
            },
            "required": ["ResponseType", "Version"],
        }),
    );
    schemas.insert(
        "ErrorResponseXml".to_owned(),
        json!({
            "type": "object", "xml": {"name": "ErrorResponse"},
            "properties": {
                "Version": attribute(), "Id": {"type": "string", "xml": {"attribute": true}}, "Error": text(),
                "InvalidFields": {"type": "array", "xml": {"wrapped": true}, "items": {
                    "type": "object", "xml": {"name": "InvalidField"},
                    "properties": {"Field": {"type": "string", "xml": {"attribute": true}},
                        "Error": {"type": "array", "items": text()}}}},
            },
        }),
    );
    schemas.insert(
        "RecordVersions".to_owned(),
        json!({
            "type": "object",
            "properties": {
                "ResponseType": {"type": "string", "enum": ["RecordVersions"]}, "Version": version(),
                "RecordVersions": {"type": "array", "description": "The newest first.", "items": {
                    "type": "object",
                    "properties": {
                        "Version": version(), "Revision": {"type": "integer"}, "From": text(),
                        "Through": {"type": "string", "description": "Absent: it still is."},
                        "ActorIdentifier": text(), "Deleted": {"type": "boolean"},
                        "Changes": {"type": "array", "items": {"type": "object",
                            "properties": {"Field": text(), "Old": {}, "New": {}}, "required": ["Field"]}},
                    },
                    "required": ["Revision"],
                }},
            },
            "required": ["ResponseType", "Version", "RecordVersions"],
        }),
    );
    let mut new = |name: &str, extras: &[&str]| {
        let mut properties = json!({"ResponseType": {"type": "string", "enum": ["NewObject"]}, "Version": version(),
            "ObjectType": text(), "Id": id()});
        let mut of_xml = json!({"Version": attribute(), "ObjectType": text(), "Id": id()});
        let mut required = vec!["ResponseType", "Version", "ObjectType", "Id"];
        for extra in extras {
            (properties[extra], of_xml[extra]) = (text(), text());
            required.push(extra);
        }
        schemas.insert(name.to_owned(), json!({"type": "object", "properties": properties, "required": required}));
        let of_xml = json!({"type": "object", "xml": {"name": "NewObjectResponse"}, "properties": of_xml});
        schemas.insert(format!("{name}Xml"), of_xml);
    };
    new("NewObject", &[]);
    new("NewApiUser", &["Username", "ApiKey"]);
}
