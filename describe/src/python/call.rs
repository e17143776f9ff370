//! A method for an operation of its own.

use serde_json::Value as Json;

use super::{resolved, resource::Operation, snake, types::Types};

/// A parameter, as Python and as HTTP write it.
struct Parameter<'a> {
    name: &'a str,
    place: &'a str,
    written: String,
    required: bool,
    of: String,
    about: &'a str,
}

/// Writes it.
pub(super) fn method(document: &Json, operation: &Operation<'_>, types: &mut Types<'_>) -> String {
    let own = operation.own;
    let parameters = parameters(document, operation, types);
    let body = own["requestBody"].is_object();
    let mut arguments = vec!["self".to_owned()];
    arguments
        .extend(parameters.iter().filter(|one| one.place == "path").map(|one| format!("{}: {}", one.written, one.of)));
    if body {
        let required = own["requestBody"]["required"] == true;
        arguments.push(format!("body: Mapping[str, Any]{}", if required { "" } else { " | None = None" }));
    }
    let mut named: Vec<&Parameter<'_>> = parameters.iter().filter(|one| one.place != "path").collect();
    named.sort_by_key(|one| !one.required);
    if !named.is_empty() {
        arguments.push("*".to_owned());
    }
    for one in named {
        let none = if one.required { "" } else { " | None = None" };
        arguments.push(format!("{}: {}{none}", one.written, one.of));
    }
    let path = operation.path.trim_start_matches('/').replace("{format}", "json");
    let mut call = format!("self._call(\"{}\", f\"{path}\"", operation.method.to_uppercase());
    for (place, keyword) in [("query", "query"), ("header", "headers")] {
        let sent: Vec<String> = parameters.iter().filter(|one| one.place == place).map(Parameter::sent).collect();
        if !sent.is_empty() {
            call.push_str(&format!(", {keyword}={{{}}}", sent.join(", ")));
        }
    }
    call.push_str(if body { ", body=body)" } else { ")" });
    let answer = answer(own, types);
    let name = snake(own["operationId"].as_str().unwrap_or_default());
    let head = format!("\n    def {name}({}) -> {answer}:\n{}", arguments.join(", "), about(own, &parameters));
    match answer.as_str() {
        "None" => format!("{head}        {call}\n"),
        _ => format!("{head}        answer: {answer} = {call}\n        return answer\n"),
    }
}

impl Parameter<'_> {
    fn sent(&self) -> String {
        let made = if self.written == "idempotency_key" { " or key()" } else { "" };
        format!("\"{}\": {}{made}", self.name, self.written)
    }
}

fn parameters<'a>(document: &'a Json, operation: &Operation<'a>, types: &mut Types<'_>) -> Vec<Parameter<'a>> {
    let lists = [operation.shared, &operation.own["parameters"]];
    let all = lists.into_iter().filter_map(Json::as_array).flatten().map(|parameter| resolved(document, parameter));
    let mut parameters = Vec::new();
    for parameter in all {
        let text = |member: &str| parameter[member].as_str().unwrap_or_default();
        if text("name") != "format" {
            parameters.push(Parameter {
                name: text("name"),
                place: text("in"),
                written: snake(text("name")),
                required: parameter["required"] == true,
                of: types.of(&parameter["schema"], ""),
                about: text("description"),
            });
        }
    }
    parameters
}

/// The type of what is answered, where all goes well.
fn answer(own: &Json, types: &mut Types<'_>) -> String {
    let mut answers = Vec::new();
    for (status, response) in own["responses"].as_object().into_iter().flatten() {
        if status.starts_with('2') {
            let schema = &response["content"]["application/json"]["schema"];
            answers.push(if schema.is_object() { types.of(schema, "") } else { "None".to_owned() });
        }
    }
    answers.sort_by_key(|answer| answer == "None");
    answers.join(" | ")
}

fn about(own: &Json, parameters: &[Parameter<'_>]) -> String {
    let text = |member: &str| own[member].as_str().map(|text| text.trim_end_matches('.').to_owned());
    let mut lines: Vec<String> =
        [text("summary"), text("description")].into_iter().flatten().map(|text| text + ".").collect();
    let done = own["responses"].as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
    lines.extend(done.filter_map(|(status, answer)| Some(format!("{status} {}", answer["description"].as_str()?))));
    lines.extend(
        parameters.iter().filter(|one| one.written != "id").map(|one| format!("`{}`: {}", one.written, one.about)),
    );
    let body = &own["requestBody"]["content"]["application/json"];
    for (member, of) in body["schema"]["properties"].as_object().into_iter().flatten() {
        lines.extend(of["description"].as_str().map(|about| format!("`body[\"{member}\"]`: {about}")));
    }
    lines.extend(body.get("example").map(|example| format!("`body`, for example: {example}")));
    format!("        \"\"\"{}\n        \"\"\"\n", lines.join("\n        "))
}
