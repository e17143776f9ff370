//! What a help desk looks at reads a few pages, however many requests were made: explanations, how a target fares, requests by
//! where they stand and whom they are about, how far a request for many is.

mod postgres {
    use proto::provisioning::v1::Mode;
    use provisioning_service::{
        domain::{
            ids::{RequestId, TargetId},
            status::Status,
            subject::{Kind, Subject},
        },
        store::{health, places, progress, requests, states::Place},
    };
    use sea_orm::ConnectionTrait;

    use crate::{
        plans::postgres::pages,
        rig::{CO, Rig},
    };

    const TARGETS: i64 = 5;
    /// So many are on a page of the console, and so many failed ones are looked at for what they say.
    const PAGE: u64 = 51;
    const CAUSES: u64 = 501;
    /// Where PostgreSQL knows nothing of its tables, it may read an index of all requests of the CO along, twice for two ways to
    /// stand there; never the requests.
    const WHOLE: i64 = 2000;

    const ROWS: [&str; 7] = [
        "ALTER TABLE provisioning_requests SET (autovacuum_enabled = false)",
        "ALTER TABLE provisioning_attempts SET (autovacuum_enabled = false)",
        // What was made, twice for each subject, and how it went.
        "INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, manual, \
         askers, attempts, tries, fence, due, expanded, created, modified, ended) \
         SELECT 2, 1 + n % 5, 'co_person', n % 100000, 'Succeeded', false, 0, 1, 1, 1, t, false, t, t, t \
         FROM generate_series(1, 200000) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t",
        "INSERT INTO provisioning_attempts (provisioning_request_id, fence, status, outcome, started, ended) \
         SELECT id, 1, 'Succeeded', 'Succeeded', created, created FROM provisioning_requests",
        "INSERT INTO subject_states (co_provisioning_target_id, subject_kind, subject_id, status, revision, applied_key, \
         applied, last_error, modified) SELECT 5, 'co_person', n, 'Provisioned', 1, 'key-' || n, t, \
         CASE WHEN n < 20 THEN 'no' END, t FROM generate_series(1, 100000) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t",
        // What failed, is held, and waits, all of it lately.
        "INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, status, manual, \
         askers, attempts, tries, fence, due, expanded, created, modified) \
         SELECT 2, 5, 'co_person', 300000 + n, (ARRAY['Failed', 'Held', 'Queued', 'Retrying'])[1 + n % 4], false, 0, 1, 1, 1, \
         t, false, t, t FROM generate_series(1, 200) AS n, (SELECT TIMESTAMPTZ '2025-06-01' AS t) AS t",
        // A request for many that has ended, of which one failed.
        "WITH parent AS (INSERT INTO provisioning_requests (co_id, co_provisioning_target_id, subject_kind, subject_id, \
         status, manual, askers, attempts, tries, fence, due, expanded, created, modified) \
         SELECT 2, 5, 'co', 2, 'Succeeded', true, 1, 1, 1, 1, t, true, t, t FROM (SELECT TIMESTAMPTZ '2025-06-01' AS t) \
         AS t RETURNING id) INSERT INTO provisioning_request_children (parent_id, child_id, ended) \
         SELECT parent.id, n, true FROM parent, generate_series(100002, 200004) AS n",
    ];

    /// A filter of a CO, or of a target, whose CO is not asked for besides.
    fn by(target: Option<i64>, status: &[Status], subjects: &[Subject]) -> requests::Filter {
        let (status, subjects) = (status.to_vec(), subjects.to_vec());
        requests::Filter { co_id: target.is_none().then_some(CO), target_id: target.map(TargetId), subjects, status }
    }

    /// What is read of requests that a filter finds, and how many it finds.
    async fn listed(rig: &Rig, filter: requests::Filter, limit: u64, found: usize) -> i64 {
        pages(rig, async |db| {
            assert_eq!(requests::list(db, &filter, 0, limit).await?.len(), found, "{filter:?}");
            Ok(())
        })
        .await
    }

    async fn measure(rig: &Rig, parent: i64) -> Vec<(&'static str, i64, i64)> {
        let person = Subject::new(Kind::Person, 4711);
        let place = Place { target_id: TargetId(1 + 4711 % TARGETS), subject: person };
        let targets: Vec<TargetId> = (1..=TARGETS).map(TargetId).collect();
        let explained = pages(rig, async |db| {
            places::state(db, place).await?;
            let requests = places::requests(db, place).await?;
            assert_eq!(requests.len(), 2);
            let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
            assert_eq!(places::calls(db, &ids).await?.len(), 2);
            Ok(())
        });
        let fare = pages(rig, async |db| {
            let fare = health::of(db, &targets).await?;
            let last = fare.iter().find(|one| one.target == TargetId(5)).unwrap();
            assert_eq!((last.waiting, last.failing, last.held), (100, 19, 50));
            Ok(())
        });
        let far =
            pages(rig, async |db| progress::of(db, &[RequestId(parent)]).await.map(|far| assert_eq!(far.len(), 1)));
        vec![
            ("an explanation", explained.await, 200),
            ("how five targets fare", fare.await, 800),
            ("what failed at a target", listed(rig, by(Some(5), &[Status::Failed], &[]), CAUSES, 50).await, 400),
            ("what is held at a target", listed(rig, by(Some(5), &[Status::Held], &[]), CAUSES, 50).await, 400),
            ("what failed in a CO", listed(rig, by(None, &[Status::Failed], &[]), PAGE, 50).await, WHOLE),
            ("what is held in a CO", listed(rig, by(None, &[Status::Held], &[]), PAGE, 50).await, WHOLE),
            ("what waits in a CO", listed(rig, by(None, &[Status::Queued], &[]), PAGE, 50).await, WHOLE),
            ("what runs in a CO", listed(rig, by(None, &[Status::Running], &[]), PAGE, 0).await, WHOLE),
            ("what waits at a target", listed(rig, by(Some(5), &[Status::Retrying], &[]), PAGE, 50).await, 800),
            ("requests of a CO", listed(rig, by(None, &[], &[]), PAGE, 51).await, 400),
            ("requests of a target", listed(rig, by(Some(3), &[], &[]), PAGE, 51).await, 400),
            ("requests about a person", listed(rig, by(None, &[], &[person]), PAGE, 2).await, 200),
            ("how far a request for many is", far.await, 2000),
        ]
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_looked_at_does_not_grow_with_what_was_made() {
        let rig = Rig::postgres().await;
        for _ in 0..TARGETS {
            rig.target(CO, Mode::Manual).await;
        }
        let db = rig.database.writer();
        for rows in ROWS {
            db.execute_unprepared(rows).await.unwrap();
        }
        let newest = "SELECT MAX(id) AS id FROM provisioning_requests";
        let newest = sea_orm::Statement::from_string(db.get_database_backend(), newest);
        let parent = db.query_one_raw(newest).await.unwrap().unwrap().try_get("", "id").unwrap();
        let mut wrong = Vec::new();
        for statistics in ["without statistics", "with statistics"] {
            for (what, pages, most) in measure(&rig, parent).await {
                println!("{statistics}: {what}: {pages} pages of {most}");
                wrong.extend((pages > most).then(|| format!("{statistics}: {what}: {pages} pages, and not {most}")));
            }
            db.execute_unprepared("ANALYZE").await.unwrap();
        }
        assert_eq!(wrong, Vec::<String>::new());
        rig.end().await;
    }
}
