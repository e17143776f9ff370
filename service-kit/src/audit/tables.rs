//! The tables of a security log, the same in both services.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};

/// Makes the tables, in a migration. They are as they were when that was released: what changes them is a later migration.
///
/// # Errors
/// Those of the database.
pub async fn make<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    for statement in STATEMENTS {
        db.execute_unprepared(statement).await?;
    }
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("COMMENT ON TABLE audit_records IS 'append-only: cohort audit verify finds changes'")
            .await?;
    }
    Ok(())
}

const STATEMENTS: [&str; 5] = [
    // `at` in microseconds since 1970, so that the same bytes are hashed whatever the database makes of times.
    "CREATE TABLE audit_records (
        id bigint PRIMARY KEY NOT NULL,
        at bigint NOT NULL,
        actor text NOT NULL,
        address text,
        action text NOT NULL,
        resource text NOT NULL,
        resource_id bigint,
        co_id bigint,
        changes text NOT NULL,
        hash text NOT NULL
    )",
    "CREATE INDEX audit_records_co ON audit_records (co_id, id)",
    "CREATE INDEX audit_records_resource ON audit_records (resource, resource_id, id)",
    // Where the chain ends.
    "CREATE TABLE audit_head (
        id bigint PRIMARY KEY NOT NULL,
        last_id bigint NOT NULL,
        hash text NOT NULL,
        records bigint NOT NULL
    )",
    "INSERT INTO audit_head (id, last_id, hash, records) VALUES (1, 0, '', 0)",
];
