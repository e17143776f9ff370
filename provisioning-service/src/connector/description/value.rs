//! Reading one value as the kind of its key. XML has only texts: numbers and booleans are read from texts too, and a
//! list may come as `<Classes><Class>a</Class>…</Classes>`.

use reqwest::Url;
use rustls::pki_types::pem::{PemObject, SectionKind};
use serde_json::Value as Json;

use crate::connector::description::{Key, Kind, MASK, Pem, words};

/// What a value was read as.
pub(super) enum Read {
    /// It is absent.
    Absent,
    /// It is a secret that was written back masked.
    Masked,
    /// The value, with the type of its key.
    Is(Json),
    /// What is wrong with it.
    Wrong(String),
}

/// Reads a value that is no list of objects.
pub(super) fn read(key: &Key, sent: Option<&Json>) -> Read {
    let trimmed = match sent {
        None | Some(Json::Null) => return Read::Absent,
        Some(Json::String(text)) => Json::from(if key.secret { text.as_str() } else { text.trim() }),
        Some(other) => other.clone(),
    };
    match &trimmed {
        Json::String(text) if text.is_empty() => return Read::Absent,
        Json::String(text) if key.secret && text == MASK => return Read::Masked,
        Json::Array(items) if items.is_empty() && matches!(key.kind, Kind::Texts) => return Read::Absent,
        _ => {}
    }
    let Some(value) = typed(key, trimmed) else { return Read::Wrong(words::must(key)) };
    let broken = |text: &str| key.rule.filter(|rule| !(rule.holds)(text));
    match value.as_str().and_then(broken) {
        Some(rule) => Read::Wrong(rule.sentence.to_owned()),
        None => Read::Is(value),
    }
}

fn typed(key: &Key, sent: Json) -> Option<Json> {
    match &key.kind {
        Kind::Text => sent.is_string().then_some(sent),
        Kind::Integer { min, max } => integer(&sent).filter(|number| (min..=max).contains(&number)).map(Json::from),
        Kind::Boolean => boolean(&sent).map(Json::from),
        Kind::Choice(values) => sent.as_str().is_some_and(|text| values.contains(&text)).then_some(sent),
        Kind::Address { schemes, user } => {
            sent.as_str().is_some_and(|text| is_address(text, schemes, *user)).then_some(sent)
        }
        Kind::Pem(holds) => sent.as_str().is_some_and(|text| is_pem(text, *holds)).then_some(sent),
        Kind::Texts => texts(key.name, sent),
        Kind::Objects { .. } => None,
    }
}

fn integer(sent: &Json) -> Option<i64> {
    match sent {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}

fn boolean(sent: &Json) -> Option<bool> {
    match sent {
        Json::Bool(truth) => Some(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Json::String(text) => match text.as_str() {
            "1" => Some(true),
            "0" => Some(false),
            word if word.eq_ignore_ascii_case("true") => Some(true),
            word if word.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A list of texts; one text is a list of one.
fn texts(name: &str, sent: Json) -> Option<Json> {
    let text = |item: &Json| item.as_str().map(str::trim).filter(|text| !text.is_empty()).map(Json::from);
    match items(name, sent) {
        Json::Array(items) => items.iter().map(text).collect::<Option<Json>>(),
        one => text(&one).map(|text| Json::from(vec![text])),
    }
}

/// The items of a list that XML wraps in elements named by the singular: `{"Attribute": […]}` of `Attributes`. One
/// element is a list of one. Anything else is as it came.
pub(super) fn items(name: &str, sent: Json) -> Json {
    let singular = |member: &str| match name.strip_prefix(member) {
        Some(ending) => matches!(ending, "s" | "es"),
        None => name.strip_suffix("ies").is_some_and(|stem| member.strip_suffix('y') == Some(stem)),
    };
    match sent {
        Json::Object(mut object) if object.len() == 1 && object.keys().all(|member| singular(member)) => {
            match object.values_mut().next().map(Json::take) {
                Some(Json::Array(items)) => Json::Array(items),
                one => Json::from_iter(one),
            }
        }
        other => other,
    }
}

fn is_address(text: &str, schemes: &[&str], user: bool) -> bool {
    Url::parse(text).is_ok_and(|url| {
        schemes.contains(&url.scheme())
            && url.host_str().is_some_and(|host| !host.is_empty())
            && (user || url.username().is_empty())
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

fn is_pem(text: &str, holds: Pem) -> bool {
    let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>();
    sections.is_ok_and(|sections| match holds {
        Pem::Certificates => {
            !sections.is_empty() && sections.iter().all(|(kind, _)| matches!(kind, SectionKind::Certificate))
        }
        Pem::PrivateKey => matches!(
            sections.as_slice(),
            [(SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey, _)]
        ),
    })
}

/// Whether two values of a key say the same place: two addresses do if scheme, host, port and path are the same, a slash
/// at the end aside. Behind another path of a host may be somebody else.
pub(super) fn same_place(kind: &Kind, one: Option<&Json>, other: Option<&Json>) -> bool {
    let place = |value: Option<&Json>| {
        let url = value.and_then(Json::as_str).and_then(|text| Url::parse(text).ok())?;
        let (host, path) = (url.host_str()?.to_ascii_lowercase(), url.path().trim_end_matches('/').to_owned());
        Some((url.scheme().to_owned(), host, url.port_or_known_default(), path))
    };
    one == other || matches!(kind, Kind::Address { .. }) && place(one).is_some_and(|one| place(other) == Some(one))
}
