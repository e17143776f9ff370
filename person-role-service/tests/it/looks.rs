//! What a help desk looks at is found by indexes: nothing of it reads a table from beginning to end.

mod postgres {
    use person_role_service::{
        app::{last_change::last_change, list::list, read_subjects::read_subjects},
        store::entity::{
            co_group::CoGroups, co_group_member::CoGroupMembers, co_person::CoPeople, co_person_role::CoPersonRoles,
            history_record::HistoryRecords, name::Names,
        },
    };
    use proto::registry::v1::{self as v1, ListRequest, NamedText, ReadSubjectsRequest, Status, Subject, SubjectKind};
    use sea_orm::ConnectionTrait;

    use crate::house::House;

    /// People with what they are searched by, and what happened to them.
    const ROWS: [&str; 6] = [
        "INSERT INTO co_people (co_id, status, created, modified, revision, deleted) \
         SELECT 1, 'A', now(), now(), 0, false FROM generate_series(1, 100000)",
        "INSERT INTO names (co_id, co_person_id, given, family, type, primary_name, created, modified, revision, deleted) \
         SELECT 1, id, 'Given' || id, 'Family' || id, 'official', true, now(), now(), 0, false FROM co_people",
        "INSERT INTO email_addresses (co_id, co_person_id, mail, type, verified, created, modified, revision, deleted) \
         SELECT 1, id, 'mail' || id || '@example.org', 'official', false, now(), now(), 0, false FROM co_people",
        "INSERT INTO identifiers (co_id, co_person_id, identifier, type, login, status, created, modified, revision, deleted) \
         SELECT 1, id, 'number' || id || '@example.org', 'eppn', false, 'A', now(), now(), 0, false FROM co_people",
        "INSERT INTO history_records (co_id, co_person_id, action, comment, created, modified) \
         SELECT 1, p.id, CASE WHEN n > 0 THEN 'PCPA' ELSE 'ACPT' END, 'x', now(), now() \
         FROM generate_series(0, 2) AS n, (SELECT id FROM co_people) AS p",
        "ANALYZE",
    ];

    /// How a search is written, and how many it finds.
    const SEARCHES: [(&[(&str, &str)], usize); 6] = [
        (&[("given", "given4711")], 11),
        (&[("family", "FAMILY4711")], 11),
        (&[("given", "Given4711"), ("family", "Family47110")], 1),
        (&[("search.mail", "mail4711@example.org")], 1),
        (&[("mail", "MAIL4711@")], 1),
        (&[("search.identifier", "UMBER4711@")], 1),
    ];

    /// What was read of each table in sequence, since that was counted anew.
    const READ: &str =
        "SELECT relname, seq_tup_read FROM pg_stat_user_tables WHERE seq_tup_read > 1000 ORDER BY relname";

    fn asked(filters: &[(&str, &str)]) -> ListRequest {
        let named = |(name, value): &(&str, &str)| NamedText { name: (*name).to_owned(), value: (*value).to_owned() };
        ListRequest { filters: filters.iter().map(named).collect(), limit: 25, ..ListRequest::default() }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_looked_at_is_found_by_indexes() {
        let house = House::on_postgres().await;
        let co = house.co("Looks").await;
        assert_eq!(co, 1);
        let some = house.person(co, Status::Active).await.to_string();
        let writer = house.app().database.writer();
        for sql in ROWS {
            writer.execute_unprepared(sql).await.unwrap();
        }
        let row = writer.query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            "SELECT current_database() AS name, pg_stat_reset()::text",
        ));
        let name: String = row.await.unwrap().unwrap().try_get("", "name").unwrap();
        let (app, caller) = (house.app(), &house.caller);
        let subject = Subject { kind: SubjectKind::CoPerson.into(), id: 4711 };
        // Often enough for PostgreSQL to have a plan that it keeps.
        for _ in 0..7 {
            for (filters, found) in SEARCHES {
                let filters = [filters, &[("coid", "1")]].concat();
                let page = list::<CoPeople>(app, caller, &asked(&filters)).await.unwrap();
                assert_eq!(page.records.len(), found, "{filters:?}");
            }
            let of_person = asked(&[("copersonid", &some)]);
            list::<Names>(app, caller, &of_person).await.unwrap();
            list::<HistoryRecords>(app, caller, &of_person).await.unwrap();
            list::<CoGroups>(app, caller, &asked(&[("coid", "1")])).await.unwrap();
            assert_eq!(last_change(app, &subject).await.unwrap().sentence, "x");
            let read = ReadSubjectsRequest { subjects: vec![subject], contract: 2 };
            assert_eq!(read_subjects(app, &read).await.unwrap().len(), 1);
        }
        // What a connection has counted is told when it ends, if not before.
        house.app().database.clone().close().await;
        let server = testkit::postgres::Postgres::shared().await;
        let (url, looked) = (server.url(&name), "SELECT COALESCE(SUM(idx_scan), 0) FROM pg_stat_user_tables");
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while server.query(&url, looked).await.parse::<i64>().unwrap() < 7 * 5 {
            assert!(std::time::Instant::now() < deadline, "nothing was counted");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let connected =
            format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()");
        while server.query(&url, &connected).await != "0" {
            assert!(std::time::Instant::now() < deadline, "connections stay");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(server.query(&url, READ).await, "");
    }

    /// Of what others have, and of the rest of a long list, a page reads nothing: two COUs and two groups, in each the one whose
    /// rows came last.
    const LONG: [&str; 4] = [
        "INSERT INTO co_people (co_id, status, created, modified, revision, deleted) \
         SELECT 1, 'A', now(), now(), 0, false FROM generate_series(1, 20000)",
        "INSERT INTO co_person_roles (co_id, co_person_id, cou_id, affiliation, status, created, modified, revision, deleted) \
         SELECT 1, id, CASE WHEN n < 15000 THEN 1 ELSE 2 END, 'staff', 'A', now(), now(), 0, false \
         FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM co_people) AS p ORDER BY n",
        "INSERT INTO co_group_members (co_id, co_group_id, co_person_id, member, owner, created, modified, revision, deleted) \
         SELECT 1, CASE WHEN n < 15000 THEN $1 ELSE $2 END, id, true, false, now(), now(), 0, false \
         FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM co_people) AS p ORDER BY n",
        "ANALYZE",
    ];

    #[tokio::test(flavor = "multi_thread")]
    async fn a_page_reads_no_more_than_it_has() {
        let house = House::on_postgres().await;
        let co = house.co("Pages").await;
        assert_eq!((co, house.cou(co, "First").await, house.cou(co, "Second").await), (1, 1, 2));
        let group = async |name: &str| {
            let status = Some(v1::SuspendableStatus::Active.into());
            let group = v1::CoGroup { co_id: Some(1), name: Some(name.to_owned()), status, ..v1::CoGroup::default() };
            house.add::<CoGroups>(group).await.unwrap().to_string()
        };
        let (first, second) = (group("One").await, group("Two").await);
        let writer = house.app().database.writer();
        for sql in LONG {
            writer.execute_unprepared(&sql.replace("$1", &first).replace("$2", &second)).await.unwrap();
        }
        let row = writer.query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            "SELECT current_database() AS name, pg_stat_reset()::text",
        ));
        let name: String = row.await.unwrap().unwrap().try_get("", "name").unwrap();
        let (app, caller) = (house.app(), &house.caller);
        for _ in 0..7 {
            let roles = list::<CoPersonRoles>(app, caller, &asked(&[("couid", "2")])).await.unwrap();
            let members = list::<CoGroupMembers>(app, caller, &asked(&[("cogroupid", &second)])).await.unwrap();
            assert_eq!((roles.records.len(), members.records.len()), (25, 25));
        }
        house.app().database.clone().close().await;
        let (server, deadline) = (
            testkit::postgres::Postgres::shared().await,
            std::time::Instant::now() + std::time::Duration::from_secs(60),
        );
        let read = "SELECT COALESCE(MIN(idx_tup_fetch), 0) || ' ' || COALESCE(MAX(idx_tup_fetch + seq_tup_read), 0) \
                    FROM pg_stat_user_tables WHERE relname IN ('co_person_roles', 'co_group_members')";
        loop {
            let said = server.query(&server.url(&name), read).await;
            let (least, most) = said.split_once(' ').unwrap();
            if least.parse::<i64>().unwrap() >= 7 * 25 {
                let most: i64 = most.parse().unwrap();
                assert!(most < 7 * 100, "{most} rows were read for 7 pages of 25");
                return;
            }
            assert!(std::time::Instant::now() < deadline, "nothing was counted");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}
