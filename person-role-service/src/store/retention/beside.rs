//! What goes with rows, as conditions. `these` is a list of ids, or a query that gives them.

use proto::table::Table;

/// The versions that rows of a table were.
pub(super) fn versions(table: &Table, these: &str) -> String {
    format!("resource = '{}' AND record_id IN ({these})", table.singular)
}

/// The lines of history that name rows of a table; none where the history has no column for them.
pub(super) fn history(table: &Table, these: &str) -> Option<String> {
    let column = match table.singular.as_str() {
        "CoPerson" => "co_person_id",
        "CoGroup" => "co_group_id",
        "CoEmailList" => "co_email_list_id",
        "CoService" => "co_service_id",
        "OrgIdentity" => "org_identity_id",
        // Found by the people whose roles they are and were: there is no index by role.
        "CoPersonRole" => {
            let people = format!(
                "SELECT co_person_id FROM co_person_roles WHERE id IN ({these}) UNION SELECT co_person_id \
                 FROM record_versions WHERE {}",
                versions(table, these)
            );
            return Some(format!("co_person_id IN ({people}) AND co_person_role_id IN ({these})"));
        }
        _ => return None,
    };
    Some(format!("{column} IN ({these})"))
}

/// The rows of another table that are for rows of this one alone, with the name of that table.
pub(super) fn alone(table: &Table, these: &str) -> Option<String> {
    let column = match table.singular.as_str() {
        "CoInvite" => "invite_mails WHERE co_invite_id",
        "CoIdentifierAssignment" => "identifier_sequences WHERE co_identifier_assignment_id",
        _ => return None,
    };
    Some(format!("{column} IN ({these})"))
}
