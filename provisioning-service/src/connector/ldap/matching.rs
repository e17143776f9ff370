//! Which values of an attribute a directory takes for one (RFC 4517 §4.2, RFC 4518 §2.6).
//!
//! Guarantee: no two values are sent that are one to the directory, which refuses them with all else. Mechanism: values are
//! compared by what is left of them when all is gone that the rule of the attribute passes over.

/// Numbers: blanks and hyphens count for nothing.
const DIALLED: [&str; 5] = ["telephoneNumber", "facsimileTelephoneNumber", "mobile", "pager", "homePhone"];
/// Here case counts.
const EXACT: &str = "labeledURI";

/// What all values of an attribute, with or without options, have in common that are one to a directory.
pub(super) fn matched(attribute: &str, value: &str) -> String {
    let name = base_of(attribute);
    if DIALLED.iter().any(|dialled| dialled.eq_ignore_ascii_case(name)) {
        let counts = |letter: &char| !letter.is_whitespace() && *letter != '-';
        return value.chars().filter(counts).collect::<String>().to_lowercase();
    }
    if name.eq_ignore_ascii_case(EXACT) { spaced(value) } else { squeezed(value) }
}

/// Whether two values of an attribute are one to a directory.
pub(super) fn same(attribute: &str, one: &str, other: &str) -> bool {
    matched(attribute, one) == matched(attribute, other)
}

/// A value with one blank wherever there are some, as no directory tells more from one.
pub(super) fn spaced(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same, in small letters.
pub(super) fn squeezed(value: &str) -> String {
    spaced(value).to_lowercase()
}

/// The name of an attribute without its options.
pub(super) fn base_of(name: &str) -> &str {
    name.split_once(';').map_or(name, |(base, _)| base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attribute_has_its_rule() {
        for (attribute, one, other, expected) in [
            ("title;role-7", "Lab Head", " lab  HEAD ", true),
            ("title", "Lab Head", "LabHead", false),
            ("telephonenumber", "+1 555-0100 x7", "+15550100X7", true),
            ("mobile", "555-0100", "555-0101", false),
            ("labeledURI", "https://x/A  a", "https://x/A a", true),
            ("labeledURI", "https://x/A", "https://x/a", false),
        ] {
            assert_eq!(same(attribute, one, other), expected, "{attribute}: {one}, {other}");
        }
    }
}
