//! How a sealed secret stands in a configuration: `{"$sealed": "v1:<data key>:<base64 of nonce, ciphertext and tag>"}`.
//!
//! An object where a connector expects a text: a program that knows nothing of envelopes fails, and takes it for no
//! password.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Map, Value as Json};

use crate::{domain::ids::TargetId, secrets::Key};

const NAME: &str = "$sealed";

/// Whether a value is sealed, whatever it says besides.
#[must_use]
pub fn is_sealed(value: &Json) -> bool {
    value.as_object().is_some_and(|object| object.contains_key(NAME))
}

/// Whether there is something sealed in a configuration, at any depth.
#[must_use]
pub fn any(configuration: &Map<String, Json>) -> bool {
    fn within(value: &Json) -> bool {
        match value {
            Json::Object(object) => is_sealed(value) || object.values().any(within),
            Json::Array(items) => items.iter().any(within),
            _ => false,
        }
    }
    configuration.values().any(within)
}

/// Visits what is sealed in a configuration, with its path: `Attributes[2].Password`.
pub fn each(configuration: &mut Map<String, Json>, visit: &mut dyn FnMut(&str, &mut Json)) {
    fn within(path: &str, value: &mut Json, visit: &mut dyn FnMut(&str, &mut Json)) {
        if is_sealed(value) {
            return visit(path, value);
        }
        match value {
            Json::Object(object) => {
                object.iter_mut().for_each(|(name, value)| within(&format!("{path}.{name}"), value, visit));
            }
            Json::Array(items) => {
                items.iter_mut().enumerate().for_each(|(at, item)| within(&format!("{path}[{at}]"), item, visit));
            }
            _ => {}
        }
    }
    configuration.iter_mut().for_each(|(name, value)| within(name, value, visit));
}

/// Takes what is sealed out of a configuration.
pub fn strip(configuration: &mut Map<String, Json>) {
    fn within(value: &mut Json) -> bool {
        match value {
            _ if is_sealed(value) => return false,
            Json::Object(object) => strip(object),
            Json::Array(items) => items.retain_mut(within),
            _ => {}
        }
        true
    }
    configuration.retain(|_, value| within(value));
}

/// The data key of a sealed value; none if it does not say it as it should.
#[must_use]
pub fn data_key(sealed: &Json) -> Option<i64> {
    parts(sealed).map(|(data_key, _)| data_key)
}

/// What every value that is sealed under a data key begins with, as text of a configuration.
#[must_use]
pub fn beginning(data_key: i64) -> String {
    format!("\"{NAME}\":\"v1:{data_key}:")
}

/// Where a secret belongs: it opens nowhere else.
fn place(target: TargetId, path: &str) -> String {
    format!("cohort/co_provisioning_targets/{target}/{path}")
}

/// Seals a value under a data key; none if it cannot be.
#[must_use]
pub fn seal(key: &Key, data_key: i64, target: TargetId, path: &str, value: &Json) -> Option<Json> {
    let sealed = key.seal(&place(target, path), value.to_string().as_bytes())?;
    let text = format!("v1:{data_key}:{}", BASE64.encode(sealed));
    Some(Json::Object(Map::from_iter([(NAME.to_owned(), Json::from(text))])))
}

/// Opens a value that is sealed under this data key; none if it is not.
#[must_use]
pub fn open(key: &Key, target: TargetId, path: &str, sealed: &Json) -> Option<Json> {
    let (_, body) = parts(sealed)?;
    let clear = key.open(&place(target, path), &BASE64.decode(body).ok()?)?;
    serde_json::from_slice(&clear).ok()
}

fn parts(sealed: &Json) -> Option<(i64, &str)> {
    let (data_key, body) = sealed.get(NAME)?.as_str()?.strip_prefix("v1:")?.split_once(':')?;
    Some((data_key.parse().ok()?, body))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_envelope_belongs_to_its_row_and_path() {
        let key = Key::of(&[7; 32]).unwrap();
        let sealed = seal(&key, 3, TargetId(42), "Lists[1].Password", &json!("s3cret")).unwrap();
        assert_eq!((data_key(&sealed), is_sealed(&sealed)), (Some(3), true));
        assert!(sealed.to_string().contains(&beginning(3)) && !sealed.to_string().contains(&beginning(30)));
        assert_eq!(open(&key, TargetId(42), "Lists[1].Password", &sealed), Some(json!("s3cret")));
        assert_eq!(open(&key, TargetId(42), "Lists[0].Password", &sealed), None);
        assert_eq!(open(&key, TargetId(43), "Lists[1].Password", &sealed), None);
        for broken in [json!({"$sealed": 5}), json!({"$sealed": "v2:3:AAAA"}), json!({"$sealed": "v1:3:%"}), json!({})]
        {
            assert_eq!(open(&key, TargetId(42), "Lists[1].Password", &broken), None, "{broken}");
        }
    }

    #[test]
    fn what_is_sealed_is_found_at_any_depth() {
        let sealed = json!({"$sealed": "v1:1:AAAA"});
        let configuration = json!({"A": sealed, "B": "clear", "C": [{"D": sealed, "E": {"F": sealed}}, "x"]});
        let mut configuration = configuration.as_object().unwrap().clone();
        let mut found = Vec::new();
        each(&mut configuration, &mut |path, _| found.push(path.to_owned()));
        assert_eq!(found, ["A", "C[0].D", "C[0].E.F"]);
        assert!(any(&configuration));
        strip(&mut configuration);
        assert_eq!(Json::from(configuration), json!({"B": "clear", "C": [{"E": {}}, "x"]}));
        assert!(!any(json!({"B": "$sealed", "C": [1]}).as_object().unwrap()));
    }
}
