//! Rows that say something of a person, and taking them away.

use chrono::{DateTime, Utc};
use proto::table::Table;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

/// How many rows say something of a person, and go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// Records, deleted ones too.
    pub records: u64,
    /// What they were before.
    pub versions: u64,
    /// Lines of history.
    pub history: u64,
}

/// A person, its roles, and the org identities that are nobody else's.
#[derive(Clone, Debug)]
pub struct Person {
    id: i64,
    roles: Vec<i64>,
    org_identities: Vec<i64>,
}

impl Person {
    /// Finds what is a person's.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of<C: ConnectionTrait>(db: &C, id: i64) -> Result<Self, DbErr> {
        let roles = ids(db, id, "SELECT id FROM co_person_roles WHERE co_person_id = $1 ORDER BY id").await?;
        let of_nobody_else = "SELECT DISTINCT l.org_identity_id AS id FROM co_org_identity_links AS l \
                              WHERE l.co_person_id = $1 AND NOT EXISTS (SELECT 1 FROM co_org_identity_links AS o \
                              WHERE o.org_identity_id = l.org_identity_id AND o.co_person_id <> l.co_person_id \
                              AND NOT o.deleted) ORDER BY 1";
        let org_identities = ids(db, id, of_nobody_else).await?;
        Ok(Self { id, roles, org_identities })
    }

    /// The org identities that are nobody else's.
    #[must_use]
    pub fn org_identities(&self) -> &[i64] {
        &self.org_identities
    }

    /// How many rows say something of the person, without taking any away.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn counted<C: ConnectionTrait>(&self, db: &C) -> Result<Gone, DbErr> {
        let owned = self.owners().join(" OR ");
        let mut gone = Gone {
            records: 0,
            versions: count(db, &format!("record_versions WHERE {owned}")).await?,
            history: count(db, &format!("history_records WHERE {owned}")).await?,
        };
        let not_counted = format!("NOT COALESCE(({owned}), false)");
        for (table, whose) in self.tables() {
            let (path, singular) = (&table.path, &table.singular);
            gone.records += count(db, &format!("{path} WHERE {whose}")).await?;
            let versions = format!("resource = '{singular}' AND record_id IN (SELECT id FROM {path} WHERE {whose})");
            gone.versions += count(db, &format!("record_versions WHERE {versions} AND {not_counted}")).await?;
        }
        let itself = format!("resource = 'CoPerson' AND record_id = {}", self.id);
        gone.versions += count(db, &format!("record_versions WHERE {itself} AND {not_counted}")).await?;
        Ok(gone)
    }

    /// Takes away all rows that say something of the person; that it was there stays.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn erase<C: ConnectionTrait>(&self, db: &C, now: DateTime<Utc>) -> Result<(), DbErr> {
        let of_invites = format!("SELECT id FROM co_invites WHERE co_person_id = {}", self.id);
        run(db, &format!("DELETE FROM invite_mails WHERE co_invite_id IN ({of_invites})")).await?;
        for (table, whose) in self.tables() {
            let (path, singular) = (&table.path, &table.singular);
            let versions = format!("resource = '{singular}' AND record_id IN (SELECT id FROM {path} WHERE {whose})");
            run(db, &format!("DELETE FROM record_versions WHERE {versions}")).await?;
            let sql = match path.as_str() {
                // That there was one counts among those that a CO may send in an hour.
                "co_invites" => format!(
                    "UPDATE co_invites SET mail = '', invitation = NULL, email_address_id = NULL, deleted = true WHERE {whose}"
                ),
                _ => format!("DELETE FROM {path} WHERE {whose}"),
            };
            run(db, &sql).await?;
        }
        // Of records that hung on the person once, and on somebody else since.
        for whose in self.owners() {
            run(db, &format!("DELETE FROM record_versions WHERE {whose}")).await?;
            run(db, &format!("DELETE FROM history_records WHERE {whose}")).await?;
        }
        let itself = format!("DELETE FROM record_versions WHERE resource = 'CoPerson' AND record_id = {}", self.id);
        run(db, &itself).await?;
        let sql = "UPDATE co_people SET timezone = NULL, date_of_birth = NULL, erased = $2 WHERE id = $1";
        let values: [Value; 2] = [self.id.into(), now.into()];
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
        Ok(())
    }

    /// The tables with records that hang on the person, and which rows of them do.
    fn tables(&self) -> Vec<(&'static Table, String)> {
        let owned = Table::all().iter().filter(|table| table.has("Versions"));
        let mut found: Vec<_> = owned.filter_map(|table| Some((table, self.owned(table)?))).collect();
        let [person, links, identities] = [
            format!("co_person_id = {} AND mail <> ''", self.id),
            format!("co_person_id = {} OR {}", self.id, among("org_identity_id", &self.org_identities)),
            among("id", &self.org_identities),
        ];
        for (path, whose) in [("co_invites", person), ("co_org_identity_links", links), ("org_identities", identities)]
        {
            found.extend(Table::at(path).map(|table| (table, whose)));
        }
        found
    }

    /// Which rows of a table hang on the person, if it is a table of what hangs on something.
    fn owned(&self, table: &Table) -> Option<String> {
        let has = |column: &str| table.owners().any(|field| field.column == column);
        let whose: Vec<String> =
            self.owners().into_iter().zip(OWNERS).filter(|(_, column)| has(column)).map(|(whose, _)| whose).collect();
        (!whose.is_empty()).then(|| whose.join(" OR "))
    }

    /// What says in a row that it hangs on the person, in the order of [`OWNERS`].
    fn owners(&self) -> [String; 3] {
        let [person, role, org_identity] = OWNERS;
        [among(person, &[self.id]), among(role, &self.roles), among(org_identity, &self.org_identities)]
    }
}

/// The columns of owners.
const OWNERS: [&str; 3] = ["co_person_id", "co_person_role_id", "org_identity_id"];

/// That a column has one of some ids. They are numbers, and stand in the text as they are.
fn among(column: &str, ids: &[i64]) -> String {
    let list: Vec<String> = ids.iter().map(i64::to_string).collect();
    // Nothing is among NULL.
    format!("{column} IN ({})", if list.is_empty() { "NULL".to_owned() } else { list.join(", ") })
}

async fn ids<C: ConnectionTrait>(db: &C, of: i64, sql: &str) -> Result<Vec<i64>, DbErr> {
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [of.into()])).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

async fn run<C: ConnectionTrait>(db: &C, sql: &str) -> Result<(), DbErr> {
    db.execute_raw(Statement::from_string(db.get_database_backend(), sql)).await.map(drop)
}

/// How many rows there are of a table and a condition.
async fn count<C: ConnectionTrait>(db: &C, of: &str) -> Result<u64, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), format!("SELECT count(*) AS rows FROM {of}"));
    let row = db.query_one_raw(statement).await?;
    let rows: i64 = row.map_or(Ok(0), |row| row.try_get("", "rows"))?;
    Ok(rows.unsigned_abs())
}
