//! Many people in seconds: those that were made over the API are copied inside of the database.
//!
//! Guarantees that a copy is what the API would have made: all columns are copied as they are, but for ids and what must
//! be unique. Fails, and says where to look, when the registry has a table or a reference that is not known here, when a
//! statement is refused, and when a copy does not read like its original.

use serde_json::Value;

use super::database::Database;
use crate::client::Client;

/// The tables with rows of a person, and the column that says whose they are. People first, because of references.
const COPIED: [(&str, &str); 7] = [
    ("co_people", "id"),
    ("names", "co_person_id"),
    ("email_addresses", "co_person_id"),
    ("identifiers", "co_person_id"),
    ("co_person_roles", "co_person_id"),
    ("co_group_members", "co_person_id"),
    ("history_records", "co_person_id"),
];

/// The counters of subjects: the kind 1 is people.
const REVISIONS: &str = "subject_revisions";

/// The tables that have nothing of a person who was only just made.
const LEFT: [&str; 29] = [
    "cos",
    "cous",
    "co_groups",
    "co_email_lists",
    "org_identities",
    "co_org_identity_links",
    "addresses",
    "telephone_numbers",
    "ad_hoc_attributes",
    "urls",
    "co_services",
    "co_extended_types",
    "co_extended_attributes",
    "co_invites",
    "invite_mails",
    "co_identifier_assignments",
    "identifier_sequences",
    "api_users",
    "api_user_uses",
    "audit_records",
    "audit_head",
    "record_versions",
    "idempotency_keys",
    "inbox",
    "outbox",
    "watermarks",
    "late_dates",
    "revision_floor",
    "seaql_migrations",
];

/// The references that a copy shares with its original.
const SHARED: [&str; 11] = [
    "co_id",
    "cou_id",
    "co_group_id",
    "co_email_list_id",
    "actor_api_user_id",
    "actor_co_person_id",
    "sponsor_co_person_id",
    "manager_co_person_id",
    "org_identity_id",
    "co_service_id",
    "source_org_identity_id",
];

const HERE: &str = "testkit/src/bench/bulk.rs";

/// Copies a person `count` times, with all that hangs on it. Gives the ids of the copies.
pub(super) async fn copy(database: &Database, client: &Client, original: i64, count: usize) -> Vec<i64> {
    for table in database.tables().await {
        let copied = COPIED.iter().any(|(name, _)| *name == table) || table == REVISIONS;
        let known = copied || LEFT.contains(&table.as_str());
        assert!(known, "the registry has the new table {table}: say in {HERE} whether it has rows of a person");
    }
    let roles = format!("SELECT id FROM co_person_roles WHERE co_person_id = {original} ORDER BY id");
    let copy = Copy {
        roles: database.numbers(&roles).await,
        after_people: database.number("SELECT max(id) FROM co_people").await,
        after_roles: database.number("SELECT max(id) FROM co_person_roles").await,
    };
    for (table, person) in COPIED {
        let columns = database.columns(table).await;
        assert!(!columns.is_empty(), "the registry has no table {table} any more: correct {HERE}");
        let (series, n) = database.series(count);
        let columns: Vec<(String, String)> =
            columns.into_iter().filter_map(|column| Some((copy.expression(table, &column, n)?, column))).collect();
        let names = columns.iter().map(|(_, column)| column.as_str()).collect::<Vec<_>>().join(", ");
        let values = columns.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS t, {series} \
             WHERE t.{person} = {original} ORDER BY {n}, t.id"
        );
        database.query(&sql).await;
    }
    let (series, n) = database.series(count);
    let sql = format!(
        "INSERT INTO {REVISIONS} (kind, subject_id, stripe, revision) SELECT t.kind, {} + {n}, t.stripe, t.revision \
         FROM {REVISIONS} AS t, {series} WHERE t.kind = 1 AND t.subject_id = {original}",
        copy.after_people
    );
    database.query(&sql).await;
    database.set_sequence("co_people").await;
    database.set_sequence("co_person_roles").await;
    let ids: Vec<i64> = (1..).take(count).map(|n| copy.after_people + n).collect();
    if let Some(last) = ids.last() {
        check(client, original, *last).await;
    }
    ids
}

/// Copies all requests and their attempts `times` times. The ids of a copy come after all before it. One in a hundred failed, and of
/// one subject in a hundred the last call did.
pub(super) async fn copy_requests(database: &Database, times: usize) {
    let (series, n) = database.series(times);
    let last = database.number("SELECT max(id) FROM provisioning_requests").await;
    for (table, request) in [("provisioning_requests", "id"), ("provisioning_attempts", "provisioning_request_id")] {
        let failed = format!("(t.{request} + {n}) % 100 = 0");
        let mut columns = Vec::new();
        for column in database.columns(table).await {
            let value = match column.as_str() {
                column if column == request => format!("t.{request} + {n} * {last}"),
                "id" => continue,
                "status" => format!("CASE WHEN {failed} THEN 'Failed' ELSE t.status END"),
                "last_error" | "message" => {
                    format!(
                        "CASE WHEN {failed} THEN 'The server answered 422 Unprocessable Entity.' ELSE t.{column} END"
                    )
                }
                _ => format!("t.{column}"),
            };
            columns.push((value, column));
        }
        let names = columns.iter().map(|(_, column)| column.as_str()).collect::<Vec<_>>().join(", ");
        let values = columns.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS t, {series} WHERE t.{request} <= {last} \
             ORDER BY {n}, t.id"
        );
        database.query(&sql).await;
        database.set_sequence(table).await;
    }
    let failing = "UPDATE subject_states SET last_error = 'The server answered 422 Unprocessable Entity.' \
                   WHERE subject_id % 100 = 0";
    database.query(failing).await;
}

struct Copy {
    roles: Vec<i64>,
    after_people: i64,
    after_roles: i64,
}

impl Copy {
    /// Gives what stands in a column of the copy number `n`; nothing where the database gives the id.
    fn expression(&self, table: &str, column: &str, n: &str) -> Option<String> {
        let person = format!("{} + {n}", self.after_people);
        Some(match (table, column) {
            ("co_people", "id") | (_, "co_person_id") => person,
            ("co_person_roles", "id") => self.role("t.id", n),
            (_, "id") => return None,
            (_, "co_person_role_id") => self.role("t.co_person_role_id", n),
            (_, "identifier" | "mail") => format!("CAST({person} AS text) || '.' || t.{column}"),
            (_, "co_provisioning_target_id") => format!("t.{column}"),
            (_, reference) if reference.ends_with("_id") => {
                let known = SHARED.contains(&reference);
                assert!(known, "{table} has the new reference {reference}: say in {HERE} what a copy refers to");
                format!("t.{column}")
            }
            _ => format!("t.{column}"),
        })
    }

    fn role(&self, of: &str, n: &str) -> String {
        if self.roles.is_empty() {
            return of.to_owned();
        }
        let (first, count) = (self.after_roles, self.roles.len());
        let cases =
            (1..).zip(&self.roles).map(|(rank, id)| format!(" WHEN {id} THEN {first} + ({n} - 1) * {count} + {rank}"));
        format!("CASE {of}{} END", cases.collect::<String>())
    }
}

/// Checks that a copy reads like its original: names, roles, memberships and history.
async fn check(client: &Client, original: i64, copy: i64) {
    for (path, list) in [
        ("names", "Names"),
        ("co_person_roles", "CoPersonRoles"),
        ("co_group_members", "CoGroupMembers"),
        ("history_records", "HistoryRecords"),
    ] {
        let read = async |id: i64| {
            let answer = client.get(&format!("{path}.json?copersonid={id}")).await.expect_status(200).json();
            let records = answer.get(list).and_then(Value::as_array).cloned();
            let mut records = records.unwrap_or_else(|| panic!("{path} is no list: {answer}"));
            for record in records.iter_mut().filter_map(Value::as_object_mut) {
                record.retain(|key, _| !matches!(key.as_str(), "Id" | "Person" | "CoPersonRoleId"));
            }
            records
        };
        let (first, second) = (read(original).await, read(copy).await);
        assert!(!first.is_empty(), "the person that is copied has no {path}");
        assert_eq!(first, second, "a copied person has other {path} than its original: correct {HERE}");
    }
}
