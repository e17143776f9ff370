//! What COmanage Registry has and Cohort has not: a client that asks for it is told so, and not that it cannot spell.

/// Other APIs of COmanage Registry, each by the segments that its paths begin with.
pub const APIS: [(&[&str], &str); 10] = [
    (&["api", "co"], "the Core API (api/co/<co>/core/v1)"),
    (&["api_source"], "the API of the ApiSource plugin (api_source)"),
    (&["api", "v2"], "the API of Registry PE (api/v2)"),
    (&["voot"], "the VOOT API (voot)"),
    (&["unix_cluster"], "the API of the UnixCluster plugin (unix_cluster)"),
    (&["ssh_key_authenticator"], "the API of the SshKeyAuthenticator plugin (ssh_key_authenticator)"),
    (&["password_authenticator"], "the API of the PasswordAuthenticator plugin (password_authenticator)"),
    (&["certificate_authenticator"], "the API of the CertificateAuthenticator plugin (certificate_authenticator)"),
    (&["match"], "the API of COmanage Match (match)"),
    (&["application_preferences"], "the application preferences (application_preferences)"),
];

/// Resources of the REST API v1 that are not built.
pub const RESOURCES: [&str; 15] = [
    "attribute_enumerations",
    "authenticators",
    "clusters",
    "co_departments",
    "co_enrollment_flows",
    "co_group_nestings",
    "co_jobs",
    "co_notifications",
    "co_petitions",
    "co_t_and_c_agreements",
    "co_terms_and_conditions",
    "contacts",
    "org_identity_sources",
    "organizations",
    "vetting_requests",
];

/// What to say of a path that is another API's, or of a resource that is not built.
#[must_use]
pub fn named(segments: &[&str]) -> Option<String> {
    let is = |of: &[&str]| segments.starts_with(of) || stem(segments).starts_with(of);
    if let Some((_, api)) = APIS.iter().find(|(of, _)| is(of)) {
        return Some(format!(
            "This path belongs to {api}, which Cohort does not have. It serves the REST API v1 of COmanage Registry."
        ));
    }
    let resource = RESOURCES.iter().find(|resource| is(&[resource]))?;
    Some(format!("Cohort does not have the resource {resource} of the REST API v1."))
}

/// A path of one segment, its suffix left out: an unknown one is still there.
fn stem<'a>(segments: &[&'a str]) -> Vec<&'a str> {
    match segments {
        [only] => only.split('.').take(1).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use proto::table::Table;

    use super::*;

    #[test]
    fn what_is_not_built_is_in_the_documentation_and_nowhere_else() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md")).unwrap();
        let (_, text) = text.split_once("\n## Not built yet\n").unwrap();
        for (segments, _) in APIS {
            assert!(text.contains(&format!("`/{}", segments.join("/"))), "{segments:?} is not in docs/api.md");
        }
        for resource in RESOURCES {
            assert!(text.contains(&format!("`{resource}`")), "{resource} is not in docs/api.md");
            assert!(Table::at(resource).is_none(), "{resource} is built");
        }
    }
}
