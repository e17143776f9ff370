//! Holds an answer against what is expected, and keeps what later steps need of it.

use super::client::Answer;
use super::document::{json_at, parse_xml, xml_at};
use super::error::{KitError, Stop, short};
use super::json::Json;
use super::matcher::{Complaint, Integers};
use super::pattern;
use super::scope::Scope;
use super::step::{Expect, Request};

/// Returns every complaint about an answer.
pub(super) fn check(
    expect: &Expect,
    answer: &Answer,
    scope: Scope<'_>,
    integers: Integers,
) -> Result<Vec<Complaint>, Stop> {
    let mut out = Vec::new();
    if let Some(status) = &expect.status
        && !status.choices().contains(&answer.status)
    {
        let choices: Vec<String> = status.choices().iter().map(u16::to_string).collect();
        let got = format!("{} {}", answer.status, answer.reason);
        out.push(Complaint::new("status", format!("expected {}", choices.join(" or ")), got));
    }
    if let Some(reason) = &expect.reason {
        let want = Json::Text(scope.text(reason)?);
        out.extend(integers.compare(&want, &Json::text(answer.reason.as_str()), "reason")?);
    }
    for (name, want) in &expect.headers {
        let got = answer.header(name).map_or(Json::Null, Json::Text);
        out.extend(integers.compare(&scope.fill(want)?, &got, &format!("header {name}"))?);
    }
    if expect.empty && !answer.body.iter().all(u8::is_ascii_whitespace) {
        out.push(Complaint::new("body", "expected an empty body", answer.text()));
    }
    if let Some(want) = &expect.text {
        out.extend(integers.compare(&scope.fill(want)?, &Json::Text(answer.text()), "body")?);
    }
    if expect.json.is_some() || expect.absent.is_some() {
        match Json::parse(&answer.text()) {
            Ok(document) => out.extend(check_json(expect, &document, scope, integers)?),
            Err(error) => {
                out.push(Complaint::new("body", format!("expected a JSON document ({error})"), answer.text()));
                return Ok(out);
            }
        }
    }
    if let Some(paths) = &expect.xml {
        match parse_xml(&answer.body) {
            Ok(document) => {
                for (path, want) in paths {
                    let path = scope.text(path)?;
                    let got = xml_at(&document, &path)?;
                    out.extend(integers.compare(&scope.fill(want)?, &got, &format!("xml {path}"))?);
                }
            }
            Err(error) => {
                out.push(Complaint::new("body", format!("expected an XML document ({error})"), answer.text()));
            }
        }
    }
    Ok(out)
}

fn check_json(expect: &Expect, document: &Json, scope: Scope<'_>, integers: Integers) -> Result<Vec<Complaint>, Stop> {
    let mut out = match &expect.json {
        Some(want) => integers.compare(&scope.fill(want)?, document, "")?,
        None => Vec::new(),
    };
    for path in expect.absent.iter().flatten() {
        if let Some(there) = json_at(document, &scope.text(path)?)? {
            out.push(Complaint::new(path, "expected to be absent", there.as_shown()));
        }
    }
    Ok(out)
}

/// Returns the variables that a request captures from its answer.
pub(super) fn capture(request: &Request, answer: &Answer, scope: Scope<'_>) -> Result<Vec<(String, Json)>, Stop> {
    request
        .capture
        .iter()
        .map(|(variable, source)| {
            let (source, regex) = source.split_once('~').map_or((source.as_str(), None), |(s, r)| (s, Some(r)));
            let source = scope.text(source)?;
            let mut value = find(&source, answer)?;
            if let (Some(found), Some(regex)) = (&value, regex) {
                value = pattern::first_group(regex, &found.as_text())?.map(Json::Text);
            }
            let value = value.ok_or_else(|| {
                let body = short(&answer.text(), 300);
                Stop::Failed(format!("cannot capture {variable} from {source}\n      body: {body}"))
            })?;
            Ok((variable.clone(), value))
        })
        .collect()
}

fn find(source: &str, answer: &Answer) -> Result<Option<Json>, KitError> {
    match source.split_once(':') {
        Some(("json", path)) => match Json::parse(&answer.text()) {
            Ok(document) => json_at(&document, path),
            Err(_) => Ok(None),
        },
        Some(("xml", path)) => match parse_xml(&answer.body) {
            Ok(document) => xml_at(&document, path).map(|found| Some(found).filter(|found| *found != Json::Null)),
            Err(_) => Ok(None),
        },
        Some(("header", name)) => Ok(answer.header(name).filter(|value| !value.is_empty()).map(Json::Text)),
        _ => Err(KitError::new(format!("unknown capture source {source:?}"))),
    }
}
