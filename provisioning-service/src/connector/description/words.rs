//! What is said to people: of wrong values, and of what a key takes.

use crate::connector::description::{Key, Kind, Pem, Required, When};

/// Texts as an enumeration: `None, Basic or Bearer`.
pub(super) fn any_of(texts: &[&str]) -> String {
    match texts {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn schemes(schemes: &[&str]) -> String {
    let schemes: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}://")).collect();
    any_of(&schemes.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What is said of a value that is not of its key's kind.
pub(super) fn must(key: &Key) -> String {
    if let Some(sentence) = key.must {
        return sentence.to_owned();
    }
    match &key.kind {
        Kind::Text => "must be a text.".to_owned(),
        Kind::Integer { min, max: i64::MAX } => format!("must be a whole number of at least {min}."),
        Kind::Integer { min, max } => format!("must be a whole number from {min} to {max}."),
        Kind::Boolean => "must be true or false.".to_owned(),
        Kind::Choice(values) => format!("must be {}.", any_of(values)),
        Kind::Address { schemes: known, user } => {
            let never = if *user { "password" } else { "user, password" };
            format!("must be an address that begins with {}, without {never}, query or fragment.", schemes(known))
        }
        Kind::Pem(_) => format!("must be {}, and nothing else.", kinds(key)),
        Kind::Texts => "must be a list of texts, none of them empty.".to_owned(),
        Kind::Objects { .. } => "must be a list of objects.".to_owned(),
    }
}

/// What is said of a key that is not there and must be.
pub(super) fn missing(key: &Key) -> String {
    match (&key.required, &key.kind) {
        (Required::When(when), _) => format!("must be provided with {}.", with(when)),
        (_, Kind::Choice(values)) => format!("must be provided: {}.", any_of(values)),
        (_, Kind::Address { schemes: known, .. }) => {
            format!("must be provided: {}, {}.", key.help, schemes(known))
        }
        _ => format!("must be provided: {}.", key.help),
    }
}

fn with(when: &When) -> String {
    format!("{} {}", when.key, any_of(when.is)).trim_end().to_owned()
}

/// What is said of a key that is not known.
pub(super) fn unknown(owner: &str, keys: &[Key]) -> String {
    let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
    let known = match names.as_slice() {
        [] => "it has none".to_owned(),
        [only] => format!("its only key is {only}"),
        _ => format!("its keys are {}", names.join(", ")),
    };
    format!("is not a key of {owner}; {known}.")
}

/// What a key takes, for documents: the values of a choice, the schemes of an address. Empty where its kind is all.
#[must_use]
pub fn kinds(key: &Key) -> String {
    let quoted =
        |texts: &[&str], end: &str| texts.iter().map(|text| format!("`{text}{end}`")).collect::<Vec<_>>().join(", ");
    match &key.kind {
        Kind::Text => String::new(),
        Kind::Integer { min, max } => format!("{min} to {max}"),
        Kind::Boolean => "`true`, `false`".to_owned(),
        Kind::Choice(values) => quoted(values, ""),
        Kind::Address { schemes, .. } => quoted(schemes, "://"),
        Kind::Pem(Pem::Certificates) => "certificates in PEM".to_owned(),
        Kind::Pem(Pem::PrivateKey) => "one private key in PEM".to_owned(),
        Kind::Texts => "a list of texts".to_owned(),
        Kind::Objects { .. } => "a list of objects".to_owned(),
    }
}
