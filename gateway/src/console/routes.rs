//! The paths of the console, each stated once; what begins with a colon stands for an id or a name.

/// The pages.
pub const PAGES: [&str; 20] = [
    "",
    "people",
    "people/:person",
    "people/:person/history",
    "groups",
    "groups/:group",
    "lists",
    "lists/:list",
    "services",
    "services/:service",
    "targets/:target",
    "targets/:target/configuration",
    "targets/:target/plan/:subject",
    "requests",
    "requests/:request",
    "records/:resource/:record",
    "users",
    "log",
    "events",
    "login",
];

/// What forms are sent to.
pub const FORMS: [&str; 12] = [
    "targets/:target/retry",
    "targets/:target/release",
    "targets/:target/drop",
    "targets/:target/compare",
    "targets/:target/configuration",
    "targets/:target/provision/:subject",
    "requests/several",
    "requests/:request/retry",
    "requests/:request/cancel",
    "users/:user/key",
    "login",
    "logout",
];

/// The path that segments fit, and what stands in place of its names.
#[must_use]
pub fn find<'a>(paths: &[&'static str], segments: &[&'a str]) -> Option<(&'static str, Vec<&'a str>)> {
    paths.iter().find_map(|path| {
        let own: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let fits = |(own, segment): (&&str, &&str)| own.starts_with(':') || own == segment;
        let all = own.len() == segments.len() && own.iter().zip(segments).all(fits);
        let named = own.iter().zip(segments).filter(|(own, _)| own.starts_with(':'));
        all.then(|| (*path, named.map(|(_, segment)| *segment).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_find_their_path_and_what_it_names() {
        assert_eq!(find(&PAGES, &[]), Some(("", vec![])));
        assert_eq!(find(&PAGES, &["people", "7", "history"]), Some(("people/:person/history", vec!["7"])));
        assert_eq!(find(&FORMS, &["requests", "several"]), Some(("requests/several", vec![])));
        assert_eq!(find(&FORMS, &["requests", "7"]), None);
    }
}
