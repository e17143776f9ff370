//! The filters that are code and no options of a field.

/// A filter of a resource: the path, the parameter, and what it does.
pub(crate) const OWN: [(&str, &str, &str); 13] = [
    ("audit_records", "from", "Not written before this time."),
    ("audit_records", "through", "Not written after this second."),
    (
        "co_groups",
        "search.identifier",
        "An identifier contains this, in any case. Without limit, those of which one is this come first.",
    ),
    ("co_groups", "search.identifier.equals", "An identifier is this."),
    (
        "co_people",
        "search.identifier",
        "An identifier contains this, in any case. Without limit, those of which one is this come first.",
    ),
    ("co_people", "search.identifier.equals", "An identifier is this."),
    ("co_people", "search.mail", "An address is this one."),
    ("co_people", "given", "A given name begins with this, at least three characters."),
    ("co_people", "family", "A family name begins with this, at least three characters."),
    ("co_people", "mail", "An address begins with this, at least three characters, in any case."),
    (
        "org_identities",
        "search.identifier",
        "An identifier contains this, in any case. Without limit, those of which one is this come first.",
    ),
    ("org_identities", "search.identifier.equals", "An identifier is this."),
    ("org_identities", "search.mail", "An address is this one."),
];
