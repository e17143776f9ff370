//! What is kept, and what goes away when it is long past.

use chrono::Duration;
use proto::{
    events::v1::Action,
    provisioning::v1::{Mode, RequestStatus},
    registry::v1::SubjectKind,
};
use provisioning_service::{
    RetentionSettings,
    app::{plan_retention, sweep},
    domain::outcome::ConnectorError,
    store::{DbErr, inbox, retention},
};
use sea_orm::{ConnectionTrait, Statement};
use service_kit::planted::{self, Bug};

use crate::rig::{ADA, CO, GROUP, Rig};

const KEEP: RetentionSettings = RetentionSettings { requests_days: 30, inbox_days: 14, events_hours: 24 };

async fn count(rig: &Rig, table: &str) -> i64 {
    rig.numbers(&format!("SELECT COUNT(*) AS n FROM {table}")).await[0]
}

pub(crate) async fn what_is_long_past_goes_away_and_what_is_needed_stays(rig: Rig) {
    rig.run();
    let target = rig.target(CO, Mode::Automatic).await;
    // Of a request for many, children and parent; a change; and one that waits for its target to answer.
    let whole = rig.provision(target, "coid", CO).await.unwrap();
    rig.becomes(whole, RequestStatus::Succeeded).await;
    rig.change("old", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.quiet().await;
    let away = rig.target(CO, Mode::Manual).await;
    rig.connector.fail(away, Some(ConnectorError::permanent("Away.")));
    let wanting = rig.provision(away, "cogroupid", GROUP).await.unwrap();
    rig.becomes(wanting, RequestStatus::Failed).await;
    let app = rig.app();
    rig.pass(Duration::days(15)).await;
    assert_eq!(sweep::forget(&app, &KEEP).await.unwrap(), 1, "the event");
    assert_eq!(count(&rig, "inbox").await, 0);
    rig.pass(Duration::days(14)).await;
    rig.change("new", CO, SubjectKind::CoPerson, ADA, Action::Updated).await;
    rig.pass(Duration::days(2)).await;
    // Only now, as nobody is to look whether the target answers before.
    rig.numbers(&format!("UPDATE provisioning_requests SET wanting = true WHERE id = {wanting} RETURNING id AS n"))
        .await;
    let planned = plan_retention::run(rig.database.reader(), &KEEP, rig.clock.now()).await.unwrap();
    let of = |name: &str| planned.iter().find(|(kind, _)| *kind == name).map(|(_, rows)| *rows);
    assert_eq!((of("Requests"), of("Messages")), (Some(4), Some(0)), "as goes below: {planned:?}");
    // Two children are untied, then they go with their parent and the old change.
    assert_eq!(sweep::forget(&app, &RetentionSettings { requests_days: 0, ..KEEP }).await.unwrap(), 0, "0: for ever");
    assert_eq!(sweep::forget(&app, &KEEP).await.unwrap(), 2 + 4);
    assert_eq!(sweep::forget(&app, &KEEP).await.unwrap(), 0);
    let left = rig.numbers("SELECT id AS n FROM provisioning_requests WHERE ended IS NOT NULL ORDER BY id").await;
    assert_eq!(left.len(), 2, "the newer change, and what waits for its target: {left:?}");
    assert!(left.contains(&wanting));
    let orphans = "provisioning_attempts WHERE provisioning_request_id NOT IN (SELECT id FROM provisioning_requests)";
    assert_eq!(count(&rig, orphans).await, 0, "attempts go with their requests");
    assert_eq!((count(&rig, "inbox").await, count(&rig, "provisioning_request_children").await), (1, 0));
    assert_eq!(count(&rig, "subject_states WHERE status = 'Provisioned'").await, 2, "what is known of subjects stays");
    rig.connector.fail(away, None);
    rig.in_time(rig.becomes(wanting, RequestStatus::Succeeded)).await;
    rig.end().await;
}

pub(crate) async fn it_goes_away_in_small_steps(rig: Rig) {
    let (db, before) = (rig.database.writer(), rig.clock.now());
    let now = before - Duration::days(1);
    let number = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 25)";
    for sql in [
        format!("{number} INSERT INTO inbox (event_id, received) SELECT 'e' || n, $1 FROM number"),
        format!(
            "{number} INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, \
             status, manual, askers, attempts, tries, fence, due, expanded, created, modified, ended) \
             SELECT 2, 1, 'co_person', n, 'Succeeded', false, 0, 1, 1, 1, $1, false, $1, $1, $1 FROM number"
        ),
        "INSERT INTO provisioning_request_children (parent_id, child_id) SELECT 1, id FROM provisioning_requests \
         WHERE id > 1 AND $1 IS NOT NULL"
            .to_owned(),
    ] {
        // PostgreSQL does not guess the type of a parameter that stands alone.
        let sql = if db.get_database_backend() == sea_orm::DbBackend::Postgres {
            sql.replace("$1", "$1::timestamptz")
        } else {
            sql
        };
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [now.into()])).await.unwrap();
    }
    for expected in [10, 10, 5, 0] {
        assert_eq!(inbox::forget(db, before, 10).await.unwrap(), expected);
    }
    assert!(retention::remove(db, before, 10).await.unwrap().is_empty(), "those that are tied stay");
    for expected in [10, 10, 4, 0] {
        assert_eq!(retention::untie(db, before, 10).await.unwrap(), expected);
    }
    for expected in [10, 10, 5, 0] {
        assert_eq!(retention::remove(db, before, 10).await.unwrap().len(), expected);
    }
    rig.end().await;
}

pub(crate) async fn an_event_that_was_taken_in_is_known_and_a_planted_bug_would_be_seen(rig: Rig) {
    let (db, now) = (rig.database.writer(), rig.clock.now());
    let take = async |ids: &[&str]| -> Result<Vec<String>, DbErr> { inbox::take(db, ids, now).await };
    assert_eq!(take(&["a", "b"]).await.unwrap().len(), 2);
    assert_eq!(take(&["b", "c"]).await.unwrap(), ["c"]);
    let _planted = planted::plant(Bug::NoInbox);
    assert_eq!(take(&["c", "d"]).await.unwrap(), ["c"], "what came already, and not what is new");
    rig.end().await;
}
