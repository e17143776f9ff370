//! What release 0.1 is told, and wrote, while its processes run beside those of this one.

use person_role_service::{
    app::read_subjects::read_subjects,
    context::App,
    store::entity::{co_group::CoGroups, co_group_member::CoGroupMembers, co_person::CoPeople},
};
use proto::registry::v1::{
    self as v1, ReadSubjectsRequest, Status, Subject, SubjectKind, SubjectState, SuspendableStatus, subject_state::Data,
};
use sea_orm::{ConnectionTrait, Statement};

use crate::house::House;

/// The contract of release 0.1, and the present one.
const CONTRACTS: [u32; 2] = [0, 2];

async fn told(app: &App, kind: SubjectKind, id: i64, contract: u32) -> SubjectState {
    let request = ReadSubjectsRequest { subjects: vec![Subject { kind: kind.into(), id }], contract };
    read_subjects(app, &request).await.unwrap().remove(0)
}

async fn revision(app: &App, id: i64, contract: u32) -> i64 {
    told(app, SubjectKind::CoPerson, id, contract).await.revision
}

async fn run(app: &App, sql: &str) {
    app.database.writer().execute_unprepared(sql).await.unwrap();
}

/// What release 0.1 took for the revision of a person.
async fn newest(app: &App, id: i64) -> i64 {
    let db = app.database.writer();
    let sql = format!("SELECT MAX(id) AS n FROM history_records WHERE co_person_id = {id}");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    row.unwrap().try_get("", "n").unwrap()
}

/// A change as release 0.1 makes it: it leaves the counters alone.
async fn change_of_old(app: &App, co: i64, person: i64) {
    let sql = format!(
        "INSERT INTO history_records (co_id, co_person_id, action, created, modified) \
         VALUES ({co}, {person}, 'ECOP', '2026-03-01 12:00:00+00:00', '2026-03-01 12:00:00+00:00')"
    );
    run(app, &sql).await;
}

async fn change_of_new(house: &House, co: i64, person: i64, timezone: &str) {
    let record = v1::CoPerson {
        co_id: Some(co),
        status: Some(Status::Active.into()),
        timezone: Some(timezone.to_owned()),
        ..v1::CoPerson::default()
    };
    house.edit::<CoPeople>(person, record).await.unwrap();
}

/// Else a target would keep what it has: a state with a smaller revision is taken for an older one.
pub(crate) async fn revisions_never_go_back_from_release_0_1_to_this_one(house: &House) {
    let app = house.app();
    // As in a database that release 0.1 worked on.
    run(app, "DELETE FROM revision_floor").await;
    let co = house.co("Former").await;
    let [changed, unchanged] = [house.person(co, Status::Active).await, house.person(co, Status::Active).await];
    for _ in 0..20 {
        change_of_old(app, co, unchanged).await;
    }
    for round in 0..3 {
        let before = revision(app, changed, 0).await;
        change_of_old(app, co, changed).await;
        assert_eq!(revision(app, changed, 0).await, newest(app, changed).await);
        change_of_new(house, co, changed, ["Europe/Berlin", "Europe/Rome", "Europe/Oslo"][round]).await;
        assert_eq!(revision(app, changed, 0).await, newest(app, changed).await);
        assert!(revision(app, changed, 0).await > before);
    }
    let (of_changed, of_unchanged) = (revision(app, changed, 0).await, revision(app, unchanged, 0).await);

    // The first provisioning-service of this release asks.
    for contract in CONTRACTS.into_iter().rev() {
        assert_eq!(revision(app, changed, contract).await, of_changed);
        assert_eq!(revision(app, unchanged, contract).await, of_unchanged);
    }
    let beside = house.with_clock(house.clock.clone()).await;
    let mut last = of_changed;
    for timezone in ["Europe/Paris", "Europe/Madrid"] {
        change_of_new(house, co, changed, timezone).await;
        let now = revision(app, changed, 2).await;
        assert!(now > last && now > newest(app, unchanged).await, "{now} after {last}");
        for process in [app, beside.app()] {
            for contract in CONTRACTS {
                assert_eq!(revision(process, changed, contract).await, now);
            }
        }
        last = now;
    }
    // Outcomes of provisioning are history, too, and change nothing of a person.
    change_of_old(app, co, changed).await;
    assert_eq!(revision(app, changed, 2).await, last);
    assert!(revision(app, house.person(co, Status::Active).await, 2).await > of_changed);
}

/// Release 0.1 asks for no members by themselves, and would think that there are none.
pub(crate) async fn release_0_1_is_told_the_members_with_the_group(house: &House) {
    let co = house.co("Members").await;
    let status = Some(SuspendableStatus::Active.into());
    let group = v1::CoGroup { co_id: Some(co), name: Some("Poets".to_owned()), status, ..v1::CoGroup::default() };
    let group = house.add::<CoGroups>(group).await.unwrap();
    let mut people = Vec::new();
    for member in [true, true, false] {
        let person = house.person(co, Status::Active).await;
        let membership = v1::CoGroupMember {
            co_group_id: Some(group),
            co_person_id: Some(person),
            member: Some(member),
            owner: Some(!member),
            ..v1::CoGroupMember::default()
        };
        house.add::<CoGroupMembers>(membership).await.unwrap();
        people.extend(member.then_some(person));
    }
    for (contract, told_with_it) in [(0, people), (2, Vec::new())] {
        let Some(Data::Group(state)) = told(house.app(), SubjectKind::CoGroup, group, contract).await.data else {
            panic!("a group is told");
        };
        assert_eq!(state.member_ids, told_with_it);
    }
}
