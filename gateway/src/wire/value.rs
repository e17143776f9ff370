//! A value of the wire as a value of a field: the spellings that D17 accepts, and no others.

use proto::{
    record::{Slot, Value},
    table::{Field, Kind},
};
use serde_json::Value as Tree;

use super::time;

/// Reads the value of a field; `None` if it cannot be read as the field's kind.
#[must_use]
pub fn read(field: &Field, tree: &Tree) -> Option<Slot> {
    match tree {
        Tree::Null => return Some(Slot::Cleared),
        Tree::String(text) if text.is_empty() => return Some(Slot::Cleared),
        Tree::Array(items) if items.is_empty() && field.kind == Kind::Texts => return Some(Slot::Cleared),
        _ => {}
    }
    let value = match &field.kind {
        Kind::Int => Value::Int(integer(tree)?),
        Kind::Bool => Value::Bool(boolean(tree)?),
        Kind::Text => Value::Text(text(tree)?),
        Kind::Time => Value::Time(time::read(tree.as_str()?)?),
        Kind::Enum(_) => Value::Enum(field.number_of_wire(tree.as_str()?.trim())?),
        Kind::Texts => Value::Texts(texts(field, tree)?),
        Kind::Object => Value::Object(tree.as_object()?.clone()),
        Kind::Objects => Value::Objects(tree.as_array()?.clone()),
    };
    Some(Slot::Is(value))
}

/// Reads a whole number: exact decimal, as a number or as text.
#[must_use]
pub fn integer(tree: &Tree) -> Option<i64> {
    match tree {
        Tree::Number(number) => number.as_i64(),
        Tree::String(text) => {
            let text = text.trim();
            let digits = text.strip_prefix('-').unwrap_or(text);
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
        }
        Tree::Null | Tree::Bool(_) | Tree::Array(_) | Tree::Object(_) => None,
    }
}

/// Reads true or false: as such, as 1 or 0, or as the text of either.
#[must_use]
pub fn boolean(tree: &Tree) -> Option<bool> {
    match tree {
        Tree::Bool(truth) => Some(*truth),
        Tree::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Tree::String(text) => match text.trim() {
            "1" => Some(true),
            "0" => Some(false),
            word if word.eq_ignore_ascii_case("true") => Some(true),
            word if word.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        },
        Tree::Null | Tree::Array(_) | Tree::Object(_) => None,
    }
}

/// Reads a text; a number is the text of its digits. Blanks stay: the service trims, and refuses blanks alone (D20).
fn text(tree: &Tree) -> Option<String> {
    match tree {
        Tree::String(text) => Some(text.clone()),
        Tree::Number(number) => Some(number.to_string()),
        Tree::Null | Tree::Bool(_) | Tree::Array(_) | Tree::Object(_) => None,
    }
}

/// Reads a list of texts; one text is a list of one, as XML cannot tell them apart. There its items are called by the
/// singular of the field, or `Value`.
fn texts(field: &Field, tree: &Tree) -> Option<Vec<String>> {
    match tree {
        Tree::Object(members) if members.len() == 1 => texts(field, members.get(field.item())?),
        Tree::Array(items) => items.iter().map(text).collect(),
        Tree::String(text) => Some(vec![text.clone()]),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proto::{
        provisioning::v1::CoProvisioningTarget,
        registry::v1::{ApiUser, CoGroup, CoPersonRole},
        table::Table,
    };
    use serde_json::json;

    use super::*;

    fn of(table: &Table, column: &str, tree: Tree) -> Option<Slot> {
        read(table.field(column).unwrap(), &tree)
    }

    #[test]
    fn whole_numbers_are_exact_decimals() {
        let read = |tree| of(Table::of::<CoPersonRole>(), "cou_id", tree);
        for tree in [json!(7), json!("7"), json!(" 7\n"), json!("007")] {
            assert_eq!(read(tree.clone()), Some(Slot::Is(Value::Int(7))), "{tree}");
        }
        assert_eq!(read(json!("-5")), Some(Slot::Is(Value::Int(-5))));
        for tree in [
            json!("abc"),
            json!("0x1"),
            json!("1.5"),
            json!(1.5),
            json!(1.0),
            json!(true),
            json!([1]),
            json!({"a": 1}),
            json!("99999999999999999999"),
            json!(99_999_999_999_999_999_999.0),
            json!(u64::MAX),
            json!("+1"),
            json!("-"),
            json!(" "),
            json!("1 2"),
            json!("1e3"),
            json!("٣"),
        ] {
            assert_eq!(read(tree.clone()), None, "{tree}");
        }
    }

    #[test]
    fn null_and_the_empty_text_clear_any_field() {
        for table in Table::all() {
            for field in &table.fields {
                assert_eq!(read(field, &json!(null)), Some(Slot::Cleared));
                assert_eq!(read(field, &json!("")), Some(Slot::Cleared));
            }
        }
    }

    #[test]
    fn booleans_are_read_in_both_formats_spelling() {
        let read = |tree| of(Table::of::<CoGroup>(), "open", tree);
        for (trees, truth) in [
            ([json!(true), json!("true"), json!("True"), json!("1"), json!(1)], true),
            ([json!(false), json!("false"), json!("FALSE"), json!(" 0 "), json!(0)], false),
        ] {
            for tree in trees {
                assert_eq!(read(tree.clone()), Some(Slot::Is(Value::Bool(truth))), "{tree}");
            }
        }
        for tree in [json!(2), json!("yes"), json!([true]), json!("on"), json!(1.0), json!({})] {
            assert_eq!(read(tree.clone()), None, "{tree}");
        }
    }

    #[test]
    fn each_other_kind_takes_its_own() {
        let (role, user, target) =
            (Table::of::<CoPersonRole>(), Table::of::<ApiUser>(), Table::of::<CoProvisioningTarget>());
        let status = role.field("status").unwrap().number_of_wire("Active").unwrap();
        assert_eq!(of(role, "status", json!("Active")), Some(Slot::Is(Value::Enum(status))));
        assert_eq!(of(target, "status", json!("QueueMode")), of(target, "status", json!("Q")));
        for tree in [json!("A"), json!("active"), json!(1), json!({"a": 1}), json!(["Active"])] {
            assert_eq!(of(role, "status", tree.clone()), None, "{tree}");
        }
        assert_eq!(of(role, "title", json!(12)), Some(Slot::Is(Value::Text("12".to_owned()))));
        assert_eq!(of(role, "title", json!("  ")), Some(Slot::Is(Value::Text("  ".to_owned()))));
        assert_eq!(of(role, "title", json!(true)), None);
        assert_eq!(of(role, "valid_from", json!("1970-01-02")), Some(Slot::Is(Value::Time(86_400))));
        assert_eq!(of(role, "valid_from", json!(86_400)), None);
        let one = Some(Slot::Is(Value::Texts(vec!["::/0".to_owned()])));
        assert_eq!((of(user, "remote_ip", json!(["::/0"])), of(user, "remote_ip", json!("::/0"))), (one.clone(), one));
        assert_eq!(of(user, "remote_ip", json!([])), Some(Slot::Cleared));
        assert_eq!(of(user, "remote_ip", json!([["a"]])), None);
        assert!(matches!(of(target, "configuration", json!({"LogFile": "x"})), Some(Slot::Is(Value::Object(_)))));
        assert_eq!(of(target, "configuration", json!("x")), None);
    }
}
