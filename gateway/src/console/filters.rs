//! The filters of the list of requests, which all must hold.

use crate::console::{
    visit::Visit,
    words::{Word, say},
};

/// Filters by ids, and what people call them.
pub const BY_ID: [(&str, Word); 6] = [
    ("coprovisioningtargetid", say!("target")),
    ("copersonid", say!("person")),
    ("cogroupid", say!("group")),
    ("coemaillistid", say!("list")),
    ("coserviceid", say!("service")),
    ("couid", say!("cou")),
];

/// The filters that a visit names; without a status, those that failed.
#[must_use]
pub fn of(visit: &Visit<'_>) -> Vec<(&'static str, String)> {
    let status = visit.given.get("status").map_or("Failed", |text| text.trim());
    let mut filters: Vec<_> = BY_ID.iter().map(|(name, _)| (*name, visit.text(name).to_owned())).collect();
    filters.retain(|(_, value)| !value.is_empty());
    filters.push(("status", status.to_owned()));
    filters
}

/// The path of the page that filters find.
#[must_use]
pub fn path(filters: &[(&str, String)], after: Option<i64>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(filters).extend_pairs(after.map(|after| ("after", after.to_string())));
    format!("/requests?{}", query.finish())
}
