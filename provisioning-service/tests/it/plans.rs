//! What a statement reads does not grow with what is there, whatever PostgreSQL knows of its tables.
//!
//! Measured are the pages that the statements of the programs themselves ask for, those of indexes among them; each often
//! enough for PostgreSQL to have a plan that it keeps.

pub(crate) mod postgres {
    use chrono::Duration;
    use proto::provisioning::v1::Mode;
    use provisioning_service::{
        domain::{
            ids::{RequestId, TargetId},
            status::Status,
            subject::{Kind, Subject},
        },
        store::{
            DbErr, awaited, children,
            claim::{self, Room, Scope},
            gauges,
            keys::{self, Key},
            leases::{self, Held},
            outcomes::{self, Change},
            parents, requests,
            states::{self, Place},
            unsettled, wanting,
        },
    };
    use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};
    use service_kit::statistics;

    use crate::rig::{CO, Rig};

    /// The target at which little waits; a lot does at those before it.
    const QUICK: i64 = 5;
    const SLOW: [i64; 4] = [1, 2, 3, 4];
    /// PostgreSQL makes a plan anew five times, and may keep one from then on.
    const TIMES: usize = 7;

    const ROWS: [&str; 7] = [
        "ALTER TABLE provisioning_requests SET (autovacuum_enabled = false)",
        "ALTER TABLE subject_states SET (autovacuum_enabled = false)",
        "ALTER TABLE provisioning_request_children SET (autovacuum_enabled = false)",
        // What has ended, and what waits at targets that are slow.
        "INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, manual, \
         askers, attempts, tries, fence, due, expanded, created, modified, ended) \
         SELECT 2, 5, 'co_person', n, 'Succeeded', false, 0, 1, 1, 1, t, false, t, t, t \
         FROM generate_series(1, 100000) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t",
        "INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, manual, \
         askers, attempts, tries, fence, due, expanded, created, modified) \
         SELECT 2, CASE WHEN n > 200000 THEN 5 ELSE 1 + n % 4 END, 'co_person', n, 'Queued', false, 0, 0, 0, 0, \
         t + n * INTERVAL '1 millisecond', false, t, t \
         FROM generate_series(1, 200006) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t",
        // A request for many, of which one has not ended.
        "WITH parent AS (INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, \
         status, manual, askers, attempts, tries, fence, due, expanded, created, modified) \
         SELECT 2, 5, 'co', 2, 'Expanded', true, 1, 1, 1, 1, t, true, t, t FROM (SELECT TIMESTAMPTZ '2025-06-01' AS t) \
         AS t RETURNING id) INSERT INTO provisioning_request_children (parent_id, child_id, ended) \
         SELECT parent.id, n, n <> 50000 FROM parent, generate_series(1, 100000) AS n",
        "INSERT INTO subject_states (co_provisioning_target_id, subject_kind, subject_id, status, revision, applied_key, \
         modified) SELECT 5, 'co_person', n, 'Provisioned', 1, 'key-' || n, TIMESTAMPTZ '2025-06-01' \
         FROM generate_series(1, 100000) AS n",
    ];

    async fn read_so_far(db: &DatabaseTransaction, sql: &str) -> i64 {
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    const PAGES: &str = "SELECT SUM(pg_stat_get_xact_blocks_fetched(c.oid))::bigint AS n FROM pg_class AS c \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')";

    /// The most pages that something reads, of several times; nothing of it is kept.
    pub(crate) async fn pages(rig: &Rig, mut what: impl AsyncFnMut(&DatabaseTransaction) -> Result<(), DbErr>) -> i64 {
        let mut most = 0;
        for _ in 0..TIMES {
            let transaction = rig.database.begin().await.unwrap();
            let before = read_so_far(&transaction, PAGES).await;
            what(&transaction).await.unwrap();
            most = most.max(read_so_far(&transaction, PAGES).await - before);
            transaction.rollback().await.unwrap();
        }
        most
    }

    fn wish(target_id: i64, id: i64) -> requests::New {
        let (subject, action) = (Subject::new(Kind::Person, id), Some("PU".to_owned()));
        requests::New {
            co_id: CO,
            target_id: TargetId(target_id),
            subject,
            action,
            askers: 0,
            actor: None,
            traceparent: None,
            wish: requests::Wish::default(),
        }
    }

    /// What each statement reads, and the most that it may.
    async fn measure(rig: &Rig) -> Vec<(&'static str, i64, i64)> {
        let (clock, lease) = (&rig.clock, Duration::seconds(20));
        let places: Vec<Place> = (1..=50)
            .map(|n| Place { target_id: TargetId(QUICK), subject: Subject::new(Kind::Person, n * 1999) })
            .collect();
        let merged: Vec<_> = (1..=50).map(|n| wish(1 + (n * 3000) % 4, n * 3000)).collect();
        let made: Vec<_> = (1..=50).map(|n| wish(QUICK, 300_000 + n)).collect();
        let now = clock.now();
        let due = async |scope: Scope| {
            pages(rig, async |db| {
                let taken = claim::due(db, (&scope, &Room::endless()), clock, lease, 6).await?;
                assert_eq!(taken.len(), 6);
                Ok(())
            })
            .await
        };
        vec![
            ("states of 50 places", pages(rig, async |db| states::find(db, &places).await.map(|_| ())).await, 600),
            (
                "50 that merge",
                pages(rig, async |db| requests::enqueue(db, &merged, clock).await.map(|_| ())).await,
                4000,
            ),
            (
                "50 that are made",
                pages(rig, async |db| requests::enqueue(db, &made, clock).await.map(|_| ())).await,
                4000,
            ),
            ("claim at all", due(Scope::AllBut(Vec::new())).await, 900),
            ("claim at all but slow ones", due(Scope::AllBut(SLOW.map(TargetId).to_vec())).await, 900),
            ("claim at one", due(Scope::Only(TargetId(QUICK))).await, 900),
            ("abandoned", pages(rig, async |db| claim::abandoned(db, clock, lease, 9).await.map(|_| ())).await, 100),
            ("a parent of 100,000", pages(rig, async |db| parents::settle(db, clock).await.map(|_| ())).await, 200),
            ("a child that ends", pages(rig, async |db| children::end(db, &[RequestId(50_000)]).await).await, 200),
            ("due places", pages(rig, async |db| unsettled::take(db, Some(now), now).await.map(|_| ())).await, 200),
            ("what failed", pages(rig, async |db| wanting::targets(db).await.map(|_| ())).await, 200),
            ("a page of places", pages(rig, async |db| there(db).await).await, 1500),
        ]
    }

    async fn there(db: &DatabaseTransaction) -> Result<(), DbErr> {
        assert_eq!(states::there(db, TargetId(QUICK), Kind::Person, 50_000, 500).await?.len(), 500);
        Ok(())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_statements_read_does_not_grow_with_what_is_there() {
        let rig = Rig::postgres().await;
        for _ in 0..QUICK {
            rig.target(CO, Mode::Manual).await;
        }
        let db = rig.database.writer();
        for rows in ROWS {
            db.execute_unprepared(rows).await.unwrap();
        }
        let mut wrong = Vec::new();
        for statistics in ["without statistics", "with statistics"] {
            for (what, pages, most) in measure(&rig).await {
                println!("{statistics}: {what}: {pages} pages of {most}");
                wrong.extend((pages > most).then(|| format!("{statistics}: {what}: {pages} pages, and not {most}")));
            }
            db.execute_unprepared("ANALYZE").await.unwrap();
        }
        wrong.extend(history(&rig).await);
        assert_eq!(wrong, Vec::<String>::new());
        rig.end().await;
    }

    /// A crowd that came since statistics were made, and one of which runs.
    const CROWD: [&str; 3] = [
        "ALTER TABLE provisioning_requests SET (autovacuum_enabled = false)",
        "INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, manual, \
         askers, attempts, tries, fence, due, expanded, created, modified) \
         SELECT 2, 1, 'co_person', -n, 'Succeeded', false, 0, 0, 0, 0, t, false, t, t \
         FROM generate_series(1, 1000) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t; ANALYZE",
        "INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, manual, \
         askers, attempts, tries, fence, due, lease_until, expanded, created, modified) \
         SELECT 2, 1, 'co_person', n, CASE WHEN n > 2000 THEN 'Queued' ELSE 'Running' END, false, 0, 0, 0, 0, t, \
         t + INTERVAL '1 year', false, t, t \
         FROM generate_series(1, 12000) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t",
    ];

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_crowd_is_claimed_without_reading_the_crowd_that_runs() {
        let rig = Rig::postgres().await;
        rig.target(CO, Mode::Manual).await;
        for rows in CROWD {
            rig.database.writer().execute_unprepared(rows).await.unwrap();
        }
        for (scope, what) in [(Scope::AllBut(Vec::new()), "at all"), (Scope::Only(TargetId(1)), "at one")] {
            let read = pages(&rig, async |db| {
                let taken = claim::due(db, (&scope, &Room::endless()), &rig.clock, Duration::seconds(20), 256).await?;
                assert_eq!(taken.len(), 256);
                Ok(())
            });
            let read = read.await;
            println!("{what}: {read} pages");
            // Of each five indexes are written.
            assert!(read < 256 * 60, "{what}: {read} pages");
        }
        rig.database.writer().execute_unprepared("TRUNCATE provisioning_requests CASCADE").await.unwrap();
        rig.end().await;
    }

    /// Many that ran and have ended, of which the index of what runs knows still; fifty that run.
    const RAN: &str = "INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, \
         manual, askers, attempts, tries, fence, due, lease_until, expanded, created, modified) \
         SELECT 2, 1, 'co_person', n, 'Running', false, 0, 0, 0, 1, t, t + INTERVAL '1 year', false, t, t \
         FROM generate_series(1, 60000) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t; \
         UPDATE provisioning_requests SET status = 'Succeeded', ended = due, lease_until = NULL; \
         INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, \
         manual, askers, attempts, tries, fence, due, lease_until, expanded, created, modified) \
         SELECT 2, 1, 'co_person', n, 'Running', false, 0, 1, 1, 1, t, t + INTERVAL '1 year', false, t, t \
         FROM generate_series(1, 50) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t";

    /// The pages that something reads for each of fifty requests that run, by a plan that was made while nothing was there.
    async fn read_for_each(
        rig: &Rig,
        what: impl AsyncFn(&DatabaseTransaction, &[Held]) -> Result<usize, DbErr>,
    ) -> i64 {
        let db = rig.database.begin().await.unwrap();
        db.execute_unprepared("DISCARD PLANS").await.unwrap();
        let nobody: Vec<Held> = (1..=50).map(|n| Held { id: RequestId(n), fence: 7 }).collect();
        for _ in 0..TIMES {
            what(&db, &nobody).await.unwrap();
        }
        db.execute_unprepared(RAN).await.unwrap();
        let sql = "SELECT id FROM provisioning_requests WHERE status = 'Running'";
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        let held: Vec<Held> = rows.iter().map(|row| Held { id: row.try_get("", "id").unwrap(), fence: 1 }).collect();
        assert_eq!(held.len(), 50);
        let before = read_so_far(&db, PAGES).await;
        assert_eq!(what(&db, &held).await.unwrap(), 50);
        let read = read_so_far(&db, PAGES).await - before;
        db.rollback().await.unwrap();
        read / 50
    }

    fn ended(held: &Held) -> Change {
        Change {
            held: *held,
            status: Status::Succeeded,
            error: None,
            due: None,
            counts: true,
            uses_try: true,
            wanting: false,
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_holds_requests_does_not_read_all_that_ever_ran() {
        let rig = Rig::postgres().await;
        rig.target(CO, Mode::Manual).await;
        let (clock, lease) = (&rig.clock, Duration::seconds(20));
        for sql in ["ALTER TABLE provisioning_requests SET (autovacuum_enabled = false)", "VACUUM ANALYZE"] {
            rig.database.writer().execute_unprepared(sql).await.unwrap();
        }
        let place = |held: &Held| Place { target_id: TargetId(1), subject: Subject::new(Kind::Person, held.id.0) };
        let key = |held: &Held| (*held, place(held), Key { key: format!("key-{}", held.id), wanted: true });
        let name = |held: &Held| (*held, place(held), format!("key-{}", held.id));
        let found = [
            (
                "ended",
                read_for_each(&rig, async |db, held| {
                    Ok(outcomes::write(db, &held.iter().map(ended).collect::<Vec<_>>(), clock).await?.len())
                })
                .await,
            ),
            (
                "held longer",
                read_for_each(&rig, async |db, held| Ok(leases::renew(db, held, clock, lease).await?.len())).await,
            ),
            (
                "keys",
                read_for_each(&rig, async |db, held| {
                    keys::intend_by(db, &held.iter().map(key).collect::<Vec<_>>()).await.map(|()| held.len())
                })
                .await,
            ),
            (
                "keys taken back",
                read_for_each(&rig, async |db, held| {
                    keys::withdraw(db, &held.iter().map(key).collect::<Vec<_>>()).await.map(|()| held.len())
                })
                .await,
            ),
            (
                "names",
                read_for_each(&rig, async |db, held| {
                    awaited::wait(db, &held.iter().map(name).collect::<Vec<_>>()).await.map(|()| held.len())
                })
                .await,
            ),
            // Each of these is one look, and not one for each.
            (
                "requests for many",
                read_for_each(&rig, async |db, held| parents::settle(db, clock).await.map(|_| held.len())).await,
            ),
            (
                "due places",
                read_for_each(&rig, async |db, held| {
                    unsettled::take(db, Some(clock.now()), clock.now()).await.map(|_| held.len())
                })
                .await,
            ),
        ];
        let wrong: Vec<_> =
            found.into_iter().inspect(|found| println!("{found:?}")).filter(|(_, read)| *read > 40).collect();
        assert_eq!(wrong, Vec::new());
        rig.end().await;
    }

    /// Who renews leases and who writes outcomes change the same requests at the same time.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn leases_and_outcomes_do_not_wait_for_each_other() {
        let rig = Rig::postgres().await;
        rig.target(CO, Mode::Manual).await;
        // Where they stand in the table is another order than that of their ids.
        let moved = "UPDATE provisioning_requests SET modified = due WHERE status = 'Running' AND id % 3 =";
        for sql in [RAN, &format!("{moved} 1"), &format!("{moved} 0")] {
            rig.database.writer().execute_unprepared(sql).await.unwrap();
        }
        let sql = "SELECT id FROM provisioning_requests WHERE status = 'Running' ORDER BY id";
        let rows =
            rig.database.writer().query_all_raw(Statement::from_string(rig.database.backend(), sql)).await.unwrap();
        let held: Vec<Held> = rows.iter().map(|row| Held { id: row.try_get("", "id").unwrap(), fence: 1 }).collect();
        let backwards: Vec<Held> = held.iter().rev().copied().collect();
        let (clock, lease) = (&rig.clock, Duration::seconds(20));
        for round in 0..40 {
            let renewed = async {
                let db = rig.database.begin().await.unwrap();
                let kept = leases::renew(&db, &backwards, clock, lease).await;
                db.rollback().await.unwrap();
                kept.map(|kept| kept.len())
            };
            let written = async {
                let db = rig.database.begin().await.unwrap();
                let changes: Vec<Change> = if round % 2 == 0 { &held } else { &backwards }.iter().map(ended).collect();
                let written = outcomes::write(&db, &changes, clock).await;
                db.rollback().await.unwrap();
                written.map(|written| written.len())
            };
            let (renewed, written) = tokio::join!(renewed, written);
            assert_eq!((renewed.unwrap(), written.unwrap()), (50, 50), "round {round}");
        }
        rig.database.writer().execute_unprepared("TRUNCATE provisioning_requests CASCADE").await.unwrap();
        rig.end().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_table_that_has_grown_is_looked_at_again_once() {
        let rig = Rig::postgres().await;
        let db = rig.database.writer();
        db.execute_unprepared("ALTER TABLE provisioning_requests SET (autovacuum_enabled = false)").await.unwrap();
        assert_eq!(statistics::look(&rig.database).await.unwrap(), Vec::<String>::new());
        db.execute_unprepared(RAN).await.unwrap();
        assert_eq!(statistics::look(&rig.database).await.unwrap(), ["provisioning_requests"]);
        assert_eq!(statistics::look(&rig.database).await.unwrap(), Vec::<String>::new());
        db.execute_unprepared("TRUNCATE provisioning_requests CASCADE").await.unwrap();
        rig.end().await;
    }

    /// The pages that a claim of 256 reads, by a plan that was made while nothing was there.
    async fn read_by_a_plan_of_nothing(rig: &Rig, planning: &str) -> i64 {
        let db = rig.database.begin().await.unwrap();
        db.execute_unprepared(&format!("DISCARD PLANS; {planning}")).await.unwrap();
        let claim = async || {
            let scope = Scope::AllBut(Vec::new());
            claim::due(&db, (&scope, &Room::endless()), &rig.clock, Duration::seconds(20), 256).await.unwrap().len()
        };
        for _ in 0..TIMES {
            assert_eq!(claim().await, 0);
        }
        db.execute_unprepared(CROWD[2]).await.unwrap();
        let before = read_so_far(&db, PAGES).await;
        assert_eq!(claim().await, 256);
        let read = read_so_far(&db, PAGES).await - before;
        db.rollback().await.unwrap();
        read
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_plan_that_was_made_while_nothing_was_there_does_not_read_everything_later() {
        let rig = Rig::postgres().await;
        rig.target(CO, Mode::Manual).await;
        let db = rig.database.writer();
        for sql in ["ALTER TABLE provisioning_requests SET (autovacuum_enabled = false)", "VACUUM ANALYZE"] {
            db.execute_unprepared(sql).await.unwrap();
        }
        let free = read_by_a_plan_of_nothing(&rig, "SET LOCAL enable_seqscan = on").await;
        assert!(free > 1_000_000, "else this shows nothing: {free} pages");
        let read = read_by_a_plan_of_nothing(&rig, "SET LOCAL jit = off").await;
        assert!(read < 256 * 60, "{read} pages");
        rig.end().await;
    }

    /// Who looks how much waits does not read what has ended.
    async fn history(rig: &Rig) -> Vec<String> {
        let db = rig.database.writer();
        for sql in [
            "UPDATE provisioning_requests SET status = 'Canceled', ended = due \
             WHERE status = 'Queued' AND co_provisioning_target_id <> 5",
            "VACUUM provisioning_requests",
            "DELETE FROM pg_statistic WHERE starelid = 'provisioning_requests'::regclass",
            "UPDATE pg_class SET reltuples = -1 WHERE relname LIKE '%requests%'",
        ] {
            db.execute_unprepared(sql).await.unwrap();
        }
        let mut wrong = Vec::new();
        for statistics in ["without statistics", "with statistics"] {
            let read = pages(rig, async |db| gauges::read(db).await.map(|read| assert_eq!(read.waiting, 6))).await;
            println!("{statistics}: gauges: {read} pages");
            wrong.extend((read > 200).then(|| format!("{statistics}: gauges: {read} pages")));
            db.execute_unprepared("ANALYZE").await.unwrap();
        }
        wrong
    }
}
