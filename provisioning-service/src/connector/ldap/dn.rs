//! Names of entries (RFC 4514).

use std::{iter::Peekable, slice::Iter};

use ldap3::dn_escape;

use crate::connector::ldap::matching::squeezed;

/// The part of a name that is an entry's own.
pub(super) fn rdn(attribute: &str, value: &str) -> String {
    format!("{attribute}={}", dn_escape(value.trim()))
}

/// What a name is written down as. A directory compares without case: two subjects whose names differ in that alone are
/// one to it, and must be one to whoever asks whose a name is.
pub(super) fn key(dn: &str) -> String {
    dn.to_lowercase()
}

/// The key of an entry below a base, as it is made of an attribute and its value, however the directory writes the name: of
/// the values that the attribute has, one is that of the name, blanks included.
pub(super) fn key_below(dn: &str, attribute: &str, values: &[String], base: &str) -> String {
    match (own(dn), written(dn, values)) {
        (Some((name, _)), Some(value)) if name.eq_ignore_ascii_case(attribute) => {
            key(&format!("{},{base}", rdn(attribute, &value)))
        }
        _ => key(dn),
    }
}

/// The keys that an entry below a base may have been given, as in [`key_below`]: several where none of the values that the
/// attribute has is that of the name as far as letters tell.
pub(super) fn keys_below(dn: &str, attribute: &str, values: &[String], base: &str) -> Vec<String> {
    let is_named = own(dn).is_some_and(|(name, value)| {
        !name.eq_ignore_ascii_case(attribute) || values.iter().any(|other| squeezed(other) == squeezed(&value))
    });
    if is_named || values.len() < 2 {
        return vec![key_below(dn, attribute, values, base)];
    }
    values.iter().map(|value| key(&format!("{},{base}", rdn(attribute, value)))).collect()
}

/// Whether the own names of two entries differ by more than case and blanks.
pub(super) fn is_spelt_otherwise(dn: &str, other: &str) -> bool {
    own(dn).zip(own(other)).is_some_and(|((name, value), (other_name, other))| {
        name.eq_ignore_ascii_case(other_name) && squeezed(&value) != squeezed(&other)
    })
}

/// What an entry is below, as its name says; `None` if it is written in a way that is not read.
pub(super) fn above(dn: &str) -> Option<&str> {
    let mut escaped = false;
    let comma = |(_, byte): &(usize, u8)| {
        let ends = *byte == b',' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    };
    let (at, _) = dn.bytes().enumerate().find(comma)?;
    dn.get(at + 1..)
}

/// The value that names an entry, as the entry has it among those of the attribute: a name may be written otherwise. Which letters are
/// alike the directory alone knows: the only value of the attribute is that of the name.
pub(super) fn written(dn: &str, values: &[String]) -> Option<String> {
    let (_, value) = own(dn)?;
    let named = values.iter().find(|other| squeezed(other) == squeezed(&value));
    let only = if let [only] = values { Some(only) } else { None };
    Some(named.or(only).cloned().unwrap_or(value))
}

/// The attribute and value that a name begins with; `None` if there are several, or it is written in a way that is not read.
pub(super) fn own(dn: &str) -> Option<(&str, String)> {
    let (name, rest) = dn.split_once('=')?;
    let (mut value, mut bytes) = (Vec::new(), rest.trim_start().as_bytes().iter().peekable());
    // Blanks at the end count only where they are escaped.
    let mut kept = 0;
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                value.push(escaped(&mut bytes)?);
                kept = value.len();
            }
            b',' => break,
            b'+' => return None,
            b'#' if value.is_empty() => return None,
            byte => {
                value.push(*byte);
                kept = if *byte == b' ' { kept } else { value.len() };
            }
        }
    }
    value.truncate(kept);
    Some((name.trim(), String::from_utf8(value).ok()?))
}

/// A name so that two ways to write one are the same.
pub(super) fn canonical(dn: &str) -> String {
    let (mut bytes, mut canonical, mut separated) =
        (dn.as_bytes().iter().peekable(), Vec::with_capacity(dn.len()), false);
    while let Some(byte) = bytes.next() {
        let escaped = match byte {
            b'\\' => escaped(&mut bytes),
            b' ' if separated => continue,
            _ => None,
        };
        separated = *byte == b',';
        match escaped {
            Some(byte @ (b',' | b'+' | b'\\')) => canonical.extend([b'\\', byte]),
            Some(byte) => canonical.push(byte),
            None => canonical.push(*byte),
        }
    }
    String::from_utf8_lossy(&canonical).to_lowercase()
}

/// What stands after a backslash: two hexadecimal digits, or the letter itself.
fn escaped(bytes: &mut Peekable<Iter<'_, u8>>) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let first = *bytes.next()?;
    match (digit(first), bytes.peek().and_then(|byte| digit(**byte))) {
        (Some(high), Some(low)) => {
            bytes.next();
            Some(high * 16 + low)
        }
        _ => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_to_write_a_name_are_the_same() {
        assert_eq!(canonical(r"uid=a\2Cb\C3\A4,ou=X, dc=y"), canonical(r"UID=a\,bä,ou=x,dc=y"));
        assert_ne!(canonical(r"uid=a\,b,dc=y"), canonical("uid=a,b,dc=y"));
        assert_eq!(canonical(r"uid=\23x\3dy,dc=y"), canonical(r"uid=\#x=y,dc=y"));
    }

    #[test]
    fn a_key_is_the_same_however_the_directory_writes_it() {
        for value in ["mira", r#"a,b+c="d"\e/f;<g>#h*(i)"#, "#x", "a  b", "Ünï 名 😀", "x y"] {
            let key = key(&format!("{},dc=y", rdn("uid", value)));
            let all: String = value.bytes().map(|byte| format!("\\{byte:02x}")).collect();
            for written in [key.clone(), format!("UID={all},dc=y"), format!("uid = {} ,dc=y", dn_escape(value))] {
                assert_eq!(key_below(&written, "uid", &[], "dc=Y"), key, "{written}");
            }
        }
        assert_eq!(own(r"uid=a\ \20  , dc=y"), Some(("uid", "a  ".to_owned())));
        assert_eq!(own("uid=a+cn=b,dc=y"), None);
        let values = ["z".to_owned(), "A  b".to_owned()];
        assert_eq!(key_below("uid=a b,DC=y", "uid", &values, "dc=y"), "uid=a  b,dc=y");
        assert_eq!(key_below("CN=A,DC=y", "uid", &values, "dc=y"), "cn=a,dc=y");
    }

    #[test]
    fn of_several_values_none_of_which_is_the_name_each_may_be() {
        let values = ["\u{fb01}n".to_owned(), "m2".to_owned()];
        assert_eq!(keys_below("uid=fin,dc=y", "uid", &values, "dc=y"), ["uid=\u{fb01}n,dc=y", "uid=m2,dc=y"]);
        assert_eq!(keys_below("uid=M2,dc=y", "uid", &values, "dc=y"), ["uid=m2,dc=y"]);
        assert_eq!(keys_below("uid=fin,dc=y", "uid", &values[..1], "dc=y"), ["uid=\u{fb01}n,dc=y"]);
        assert_eq!(keys_below("cn=a,dc=y", "uid", &values, "dc=y"), ["cn=a,dc=y"]);
    }

    #[test]
    fn an_entry_is_below_what_follows_its_own_name() {
        for value in ["mira", r#"a,b+c="d"\e/f;<g>#h*(i)"#, r"ends\"] {
            assert_eq!(above(&format!("{},ou=x,dc=y", rdn("uid", value))), Some("ou=x,dc=y"), "{value}");
        }
        assert_eq!(above("dc=y"), None);
    }
}
