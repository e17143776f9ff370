//! The past: what was true at the end of a second (D45), and what each revision changed (D46).

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{Duration, SubsecRound};
use futures::future::join_all;
use person_role_service::{
    app::{edit::edit, list::list, versions::versions, view::view_as_of},
    context::Fault,
    migration::m0009_fill::fill,
    resource::Resource,
    store::entity::{
        co_group::CoGroups, co_group_member::CoGroupMembers, co_person::CoPeople, co_person_role::CoPersonRoles,
        cou::Cous, identifier::Identifiers, name::Names,
    },
};
use proto::{
    record::Record,
    refusal::Refusal,
    registry::v1::{self as v1, ListRequest, NamedText, RecordVersion, Status, VersionsRequest},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use service_kit::clock::Clock;

use crate::house::{House, role};

fn titled(person: i64, title: &str) -> v1::CoPersonRole {
    v1::CoPersonRole { title: Some(title.to_owned()), ..role(person, None, Status::Active) }
}

/// Lets a second pass; gives the one that has passed.
fn tick(house: &House) -> i64 {
    let second = house.clock.now().timestamp();
    house.clock.advance(Duration::seconds(1));
    second
}

async fn at<R: Resource>(house: &House, id: i64, as_of: i64) -> Result<R::Message, Fault> {
    view_as_of::<R>(house.app(), &house.caller, id, Some(as_of)).await.map(|record| record.to_message().unwrap())
}

async fn listed<R: Resource>(house: &House, as_of: Option<i64>, filters: &[(&str, &str)]) -> Result<Vec<i64>, Refusal> {
    let mut found = Vec::new();
    let mut request = ListRequest { limit: 2, as_of, ..ListRequest::default() };
    let named = |(name, value): &(&str, &str)| NamedText { name: (*name).to_owned(), value: (*value).to_owned() };
    request.filters = filters.iter().map(named).collect();
    loop {
        let page = list::<R>(house.app(), &house.caller, &request).await.map_err(Fault::into_refusal)?;
        found.extend(page.records.iter().filter_map(|record| record.int("id")));
        match found.last().filter(|_| page.more) {
            Some(last) => request.after = *last,
            None => return Ok(found),
        }
    }
}

fn is_unknown(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Unknown { .. })
}

pub(crate) async fn a_record_is_shown_as_it_was(house: &House) {
    let co = house.co("Past").await;
    let person = house.person(co, Status::Active).await;
    let before = tick(house);
    let id = house.add::<CoPersonRoles>(titled(person, "first")).await.unwrap();
    let first = tick(house);
    house.edit::<CoPersonRoles>(id, titled(person, "second")).await.unwrap();
    house.edit::<CoPersonRoles>(id, titled(person, "third")).await.unwrap();
    let third = tick(house);
    house.delete::<CoPersonRoles>(id).await.unwrap();
    let gone = tick(house);
    let titles = async |as_of| at::<CoPersonRoles>(house, id, as_of).await.map(|role| (role.title, role.revision));
    let is = |title: &str, revision| (Some(title.to_owned()), Some(revision));
    assert!(is_unknown(&titles(before).await.unwrap_err().into_refusal()));
    assert_eq!(titles(first).await.unwrap(), is("first", 0));
    assert_eq!(titles(third).await.unwrap(), is("third", 2), "what was true for less than a second is no answer");
    assert!(is_unknown(&titles(gone).await.unwrap_err().into_refusal()));
    let text = person.to_string();
    let of_person = async |as_of| listed::<CoPersonRoles>(house, Some(as_of), &[("copersonid", &text)]).await;
    assert_eq!(of_person(before).await.unwrap(), [0; 0]);
    assert_eq!(of_person(first).await.unwrap(), [id]);
    assert_eq!(of_person(third).await.unwrap(), [id]);
    assert_eq!(of_person(gone).await.unwrap(), [0; 0]);
    let now = house.clock.now().timestamp();
    let late = house.role(person, None, Status::Active).await;
    assert_eq!(of_person(now).await.unwrap(), [late], "the present second reads as now");
    let Refusal::InvalidFields(wrong) = of_person(now + 1).await.unwrap_err() else { panic!("fields") };
    assert_eq!(wrong.0.keys().collect::<Vec<_>>(), ["as_of"]);
}

pub(crate) async fn filters_look_at_the_same_second(house: &House) {
    let co = house.co("Filters of the past").await;
    let cou = house.cou(co, "Physics").await;
    let (ada, bob) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
    let [name, identifier] = named(house, ada).await;
    let in_cou = house.role(ada, Some(cou), Status::Active).await;
    let others = [house.role(bob, None, Status::Active).await, house.role(bob, None, Status::Active).await];
    let then = tick(house);
    let moved = v1::CoPersonRole { sponsor_co_person_id: Some(bob), ..role(ada, None, Status::Suspended) };
    let moved = Record::of(&moved)
        .with_sent(&["co_person_id", "cou_id", "affiliation", "status", "sponsor_co_person_id"].map(str::to_owned));
    edit::<CoPersonRoles>(house.app(), &house.caller, in_cou, moved, &[], None).await.unwrap();
    for id in others {
        house.delete::<CoPersonRoles>(id).await.unwrap();
    }
    house.delete::<CoPeople>(bob).await.unwrap();
    house.delete::<Cous>(cou).await.unwrap();
    house.delete::<Identifiers>(identifier).await.unwrap();
    house.edit::<Names>(name, a_name(ada, "Augusta")).await.unwrap();
    let now = tick(house);
    let (co_text, cou_text, bob_text) = (co.to_string(), cou.to_string(), bob.to_string());
    let roles = async |as_of, filters: &[(&str, &str)]| listed::<CoPersonRoles>(house, Some(as_of), filters).await;
    assert_eq!(roles(then, &[("couid", &cou_text)]).await.unwrap(), [in_cou], "the COU has gone since");
    assert!(is_unknown(&roles(now, &[("couid", &cou_text)]).await.unwrap_err()));
    assert_eq!(roles(then, &[("copersonid", &bob_text)]).await.unwrap(), others);
    assert_eq!(roles(then, &[("coid", &co_text)]).await.unwrap(), [in_cou, others[0], others[1]]);
    assert_eq!(roles(now, &[("coid", &co_text)]).await.unwrap(), [in_cou]);
    assert_eq!(roles(then, &[("status", "Active"), ("affiliation", "staff")]).await.unwrap().len(), 3);
    assert_eq!(roles(then, &[("status", "Suspended")]).await.unwrap(), [0; 0]);
    assert_eq!(roles(now, &[("status", "Suspended")]).await.unwrap(), [in_cou]);
    let people = async |as_of, filters: &[(&str, &str)]| listed::<CoPeople>(house, Some(as_of), filters).await;
    for (filter, value) in [("search.identifier", "ADA@"), ("given", "ada")] {
        assert_eq!(people(then, &[("coid", &co_text), (filter, value)]).await.unwrap(), [ada], "{filter}");
        assert_eq!(people(now, &[("coid", &co_text), (filter, value)]).await.unwrap(), [0; 0], "{filter}");
    }
    assert_eq!(people(now, &[("coid", &co_text), ("given", "aug")]).await.unwrap(), [ada]);
    let earlier = at::<Cous>(house, cou, then).await.unwrap();
    assert_eq!((earlier.lft, earlier.rght), (Some(1), Some(2)));
}

fn a_name(person: i64, given: &str) -> v1::Name {
    v1::Name {
        given: Some(given.to_owned()),
        r#type: Some("official".to_owned()),
        co_person_id: Some(person),
        ..v1::Name::default()
    }
}

async fn named(house: &House, person: i64) -> [i64; 2] {
    let identifier = v1::Identifier {
        identifier: Some("ada@example.org".to_owned()),
        r#type: Some("eppn".to_owned()),
        status: Some(v1::SuspendableStatus::Active.into()),
        co_person_id: Some(person),
        ..v1::Identifier::default()
    };
    let name = house.add::<Names>(a_name(person, "Ada")).await.unwrap();
    [name, house.add::<Identifiers>(identifier).await.unwrap()]
}

pub(crate) async fn the_groups_of_a_person_are_those_of_the_second(house: &House) {
    let co = house.co("Groups of the past").await;
    let person = house.person(co, Status::Active).await;
    let status = Some(v1::SuspendableStatus::Active.into());
    let group = v1::CoGroup { co_id: Some(co), name: Some("choir".to_owned()), status, ..v1::CoGroup::default() };
    let group = house.add::<CoGroups>(group).await.unwrap();
    let member = v1::CoGroupMember {
        co_group_id: Some(group),
        co_person_id: Some(person),
        member: Some(true),
        ..v1::CoGroupMember::default()
    };
    let member = house.add::<CoGroupMembers>(member).await.unwrap();
    let then = tick(house);
    house.delete::<CoGroupMembers>(member).await.unwrap();
    let now = tick(house);
    let text = person.to_string();
    let groups = async |as_of| listed::<CoGroups>(house, Some(as_of), &[("copersonid", &text)]).await.unwrap();
    assert!(groups(then).await.contains(&group));
    assert!(!groups(now).await.contains(&group));
    assert_eq!(groups(then).await.len(), groups(now).await.len() + 1);
}

pub(crate) async fn versions_say_what_changed(house: &House) {
    let co = house.co("Versions of a role").await;
    let person = house.person(co, Status::Active).await;
    let id = house.add::<CoPersonRoles>(titled(person, "first")).await.unwrap();
    let begun = tick(house);
    house.edit::<CoPersonRoles>(id, titled(person, "second")).await.unwrap();
    tick(house);
    house.delete::<CoPersonRoles>(id).await.unwrap();
    let of = async |after, limit| {
        let request = VersionsRequest { id, after, limit };
        versions::<CoPersonRoles>(house.app(), &house.caller, &request).await.unwrap()
    };
    let all = of(None, 0).await;
    let revisions = |versions: &[RecordVersion]| versions.iter().map(|version| version.revision).collect::<Vec<_>>();
    assert_eq!((revisions(&all.versions), all.more), (vec![2, 1, 0], false));
    let [deleted, edited, added] = all.versions.as_slice() else { panic!("three") };
    let role = |bytes: &[u8]| <v1::CoPersonRole as prost::Message>::decode(bytes).unwrap();
    assert!(deleted.deleted && deleted.through.is_none() && deleted.after.is_empty());
    assert_eq!((role(&edited.before).title(), role(&edited.after).title()), ("first", "second"));
    assert_eq!(role(&edited.after).affiliation, None, "only what changed");
    let first = role(&added.after);
    assert!(added.before.is_empty());
    assert_eq!((first.title(), first.co_person_id, first.id, first.revision), ("first", Some(person), None, None));
    assert_eq!(added.actor_identifier.as_deref(), Some("tester"));
    assert_eq!(added.from.map(|time| time.seconds), Some(begun));
    assert_eq!(added.through, edited.from);
    let page = of(None, 2).await;
    assert_eq!((revisions(&page.versions), page.more), (vec![2, 1], true));
    assert_eq!(page.versions[1], *edited, "a page is a part of the whole");
    let page = of(Some(1), 2).await;
    assert_eq!((revisions(&page.versions), page.more), (vec![0], false));
    assert_eq!(page.versions[0], *added);
    let foreign = proto::caller::Caller { co_id: Some(house.co("Elsewhere").await), ..house.caller.clone() };
    let request = VersionsRequest { id, ..VersionsRequest::default() };
    let refused = versions::<CoPersonRoles>(house.app(), &foreign, &request).await.unwrap_err().into_refusal();
    assert_eq!(refused, Refusal::unknown("CoPersonRole"));
}

pub(crate) async fn versions_are_told_by_the_thousand(house: &House) {
    let co = house.co("Many versions").await;
    let person = house.person(co, Status::Active).await;
    let id = house.add::<CoPersonRoles>(titled(person, "first")).await.unwrap();
    house.edit::<CoPersonRoles>(id, titled(person, "second")).await.unwrap();
    let writer = house.app().database.writer();
    let columns = "resource, record_id, co_id, content, valid_from, valid_until, filled, co_person_id";
    let numbers = (1..=1_050).map(|number| format!("({number})")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "INSERT INTO record_versions (revision, {columns}) SELECT -n.column1, {columns} FROM record_versions, \
         (VALUES {numbers}) AS n WHERE resource = 'CoPersonRole' AND record_id = {id}"
    );
    writer.execute_unprepared(&sql).await.unwrap();
    let of = async |limit| {
        let request = VersionsRequest { id, after: None, limit };
        versions::<CoPersonRoles>(house.app(), &house.caller, &request).await.unwrap()
    };
    for limit in [0, 1_000, 100_000] {
        let told = of(limit).await;
        assert_eq!((told.versions.len(), told.more), (1_000, true), "{limit}");
    }
}

/// Versions as programs of the version before write them, which know nothing of what lists look for.
pub(crate) async fn old_versions_are_filled(house: &House) {
    let co = house.co("Old versions").await;
    let person = house.person(co, Status::Active).await;
    let id = house.role(person, None, Status::Active).await;
    let [name, identifier] = named(house, person).await;
    let then = tick(house);
    house.delete::<CoPersonRoles>(id).await.unwrap();
    house.edit::<Names>(name, a_name(person, "Augusta")).await.unwrap();
    house.delete::<Identifiers>(identifier).await.unwrap();
    tick(house);
    let writer = house.app().database.writer();
    let kept = async || {
        let sql = "SELECT id, filled, co_person_id, cou_id, owner, status, affiliation, identifier, given \
                   FROM record_versions ORDER BY id";
        let rows = writer.query_all_raw(Statement::from_string(house.app().database.backend(), sql)).await.unwrap();
        let row = |row: &sea_orm::QueryResult| {
            let text = |column: &str| row.try_get::<Option<String>>("", column).unwrap();
            let texts = ["status", "affiliation", "identifier", "given"].map(text);
            (row.try_get::<bool>("", "filled").unwrap(), row.try_get::<Option<i64>>("", "co_person_id").unwrap(), texts)
        };
        rows.iter().map(row).collect::<Vec<_>>()
    };
    let as_written = kept().await;
    let text = person.to_string();
    let roles =
        async || listed::<CoPersonRoles>(house, Some(then), &[("copersonid", &text), ("status", "Active")]).await;
    assert_eq!(roles().await.unwrap(), [id]);
    let emptied = "UPDATE record_versions SET filled = false, co_person_id = NULL, status = NULL, affiliation = NULL, \
                   identifier = NULL, given = NULL";
    writer.execute_unprepared(emptied).await.unwrap();
    assert_eq!(roles().await.unwrap(), [0; 0]);
    while fill(writer).await.unwrap() {}
    assert_eq!(kept().await, as_written);
    assert_eq!(roles().await.unwrap(), [id]);
}

/// Several connections edit while readers look at the past: each answer is what was answered to the editors, and the same
/// for ever. Runs by the database's own time.
pub(crate) async fn the_past_is_exact_under_edits_at_once(house: &House) {
    let house = &house.with_clock(Clock::system()).await;
    let co = house.co("Edits at once").await;
    let person = house.person(co, Status::Active).await;
    let mut roles = Vec::new();
    for _ in 0..4 {
        roles.push(house.add::<CoPersonRoles>(titled(person, "0")).await.unwrap());
    }
    let done = AtomicBool::new(false);
    let editors = roles.iter().enumerate().flat_map(|(at, id)| [(at, *id), (at, *id)]).map(async |(_, id)| {
        // Each edit, with the time before it and after it.
        let mut edits = Vec::new();
        while !done.load(Ordering::Relaxed) {
            let began = database_time(house).await;
            let mark = format!("{began}-{:x}", rand::random::<u32>());
            house.edit::<CoPersonRoles>(id, titled(person, &mark)).await.unwrap();
            edits.push((id, began, database_time(house).await, mark));
        }
        edits
    });
    let text = person.to_string();
    let readers = (0..2).map(async |_| {
        let mut seen = Vec::new();
        while !done.load(Ordering::Relaxed) {
            let second = database_time(house).await.div_euclid(1_000_000) - 1;
            seen.push((second, titles(house, second, &text).await));
        }
        seen
    });
    let timer = async {
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        done.store(true, Ordering::Relaxed);
    };
    let (edits, seen, ()) = tokio::join!(join_all(editors), join_all(readers), timer);
    let edits: Vec<_> = edits.into_iter().flatten().collect();
    let seconds: std::collections::BTreeSet<i64> = seen.iter().flatten().map(|(second, _)| *second).collect();
    assert!(edits.len() > 20 && seconds.len() > 2, "{} edits, {} seconds", edits.len(), seconds.len());
    for second in seconds {
        let (end, found) = ((second + 1) * 1_000_000, titles(house, second, &text).await);
        let there = found.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        assert!(there.windows(2).all(|two| two[0] < two[1]), "each once: {there:?}");
        for (id, title) in &found {
            let of_role = || edits.iter().filter(|(role, ..)| role == id);
            // What was shown had begun by then, and nothing that had ended by then came after it.
            let shown = of_role().find(|(.., mark)| mark == title);
            assert!(shown.is_none_or(|(_, began, ..)| *began < end), "{title} had not begun at {end}");
            if let Some((_, later, ..)) = of_role().find(|(_, began, ended, _)| {
                *ended < end && shown.is_none_or(|(_, _, shown_ended, _)| began > shown_ended)
            }) {
                panic!("{title} was shown at {end} although an edit of {later} had ended");
            }
            assert_eq!(at::<CoPersonRoles>(house, *id, second).await.unwrap().title.as_ref(), Some(title));
        }
    }
}

async fn titles(house: &House, second: i64, person: &str) -> Vec<(i64, String)> {
    let filters = vec![NamedText { name: "copersonid".to_owned(), value: person.to_owned() }];
    let request = ListRequest { filters, as_of: Some(second), ..ListRequest::default() };
    let page = match list::<CoPersonRoles>(house.app(), &house.caller, &request).await.map_err(Fault::into_refusal) {
        Ok(page) => page,
        // The person is younger.
        Err(Refusal::Unknown { .. }) => return Vec::new(),
        Err(refusal) => panic!("{refusal}"),
    };
    let of = |record: &Record| (record.int("id").unwrap(), record.text("title").unwrap_or_default().to_owned());
    page.records.iter().map(of).collect()
}

/// Microseconds since 1970.
async fn database_time(house: &House) -> i64 {
    let backend = house.app().database.backend();
    if backend != DbBackend::Postgres {
        return house.clock.now().timestamp_micros();
    }
    let sql = Statement::from_string(backend, "SELECT clock_timestamp() AS now");
    let row = house.app().database.reader().query_one_raw(sql).await.unwrap().unwrap();
    row.try_get::<chrono::DateTime<chrono::Utc>>("", "now").unwrap().trunc_subsecs(6).timestamp_micros()
}

pub(crate) async fn filters_of_roles_are_combined(house: &House) {
    let co = house.co("Filters of roles").await;
    let (ada, bob) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
    let (ada_text, bob_text) = (ada.to_string(), bob.to_string());
    let plain = house.role(ada, None, Status::Active).await;
    house.clock.advance(Duration::minutes(1));
    let since = house.clock.now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let with = v1::CoPersonRole {
        affiliation: Some("faculty".to_owned()),
        manager_co_person_id: Some(bob),
        sponsor_co_person_id: Some(ada),
        ..role(bob, None, Status::Suspended)
    };
    let managed = house.add::<CoPersonRoles>(with).await.unwrap();
    let of_co = co.to_string();
    let roles = async |filters: &[(&str, &str)]| {
        let filters: Vec<_> = filters.iter().copied().chain([("coid", of_co.as_str())]).collect();
        listed::<CoPersonRoles>(house, None, &filters).await
    };
    for (filters, expected) in [
        (vec![], vec![plain, managed]),
        (vec![("status", "Active")], vec![plain]),
        (vec![("status", "Expired")], vec![]),
        (vec![("affiliation", "faculty")], vec![managed]),
        (vec![("manager_copersonid", bob_text.as_str())], vec![managed]),
        (vec![("sponsor_copersonid", ada_text.as_str())], vec![managed]),
        (vec![("sponsor_copersonid", ada_text.as_str()), ("status", "Active")], vec![]),
        (vec![("modified_since", since.as_str())], vec![managed]),
        (vec![("modified_since", "2000-01-01"), ("copersonid", ada_text.as_str())], vec![plain]),
    ] {
        assert_eq!(roles(&filters).await.unwrap(), expected, "{filters:?}");
    }
    let wrong = [("status", "Nonsense"), ("affiliation", "wizard"), ("modified_since", "yesterday")];
    let Refusal::InvalidFields(fields) = roles(&wrong).await.unwrap_err() else { panic!("fields") };
    assert_eq!(fields.0.keys().collect::<Vec<_>>(), ["affiliation", "modified_since", "status"]);
    assert!(is_unknown(&roles(&[("manager_copersonid", "999999999")]).await.unwrap_err()));
    assert!(is_unknown(&roles(&[("sponsor_copersonid", "x")]).await.unwrap_err()));
}

mod postgres {
    use super::*;

    /// Without an index of its own each such list would read all roles.
    #[tokio::test(flavor = "multi_thread")]
    async fn roles_are_found_by_whom_they_name() {
        let house = House::on_postgres().await;
        let writer = house.app().database.writer();
        let sql = "INSERT INTO co_person_roles (co_id, co_person_id, affiliation, status, manager_co_person_id, \
                   sponsor_co_person_id, created, modified, revision, deleted) \
                   SELECT 1, n, 'staff', 'A', CASE WHEN n % 500 = 0 THEN n END, CASE WHEN n % 500 = 1 THEN n END, \
                   now(), now(), 0, false FROM generate_series(1, 20000) AS n";
        writer.execute_unprepared(sql).await.unwrap();
        writer.execute_unprepared("ANALYZE co_person_roles").await.unwrap();
        for column in ["manager_co_person_id", "sponsor_co_person_id"] {
            let sql = format!(
                "EXPLAIN SELECT * FROM co_person_roles WHERE NOT deleted AND {column} = 7 AND co_id = 1 ORDER BY id LIMIT 101"
            );
            let rows = writer.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
            let plan = plan.join("\n");
            assert!(plan.contains(&format!("co_person_roles_{column}")), "{plan}");
        }
    }
}
