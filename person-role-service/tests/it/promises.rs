//! What the registry must do so that targets end up right: revisions, snapshots, dates, automatic groups.

use chrono::Duration;
use person_role_service::{
    app::{
        follow_membership_dates::follow_membership_dates,
        follow_validity::follow_validity,
        list_members::{list_members, list_owners},
        read_subjects::read_subjects,
        reconcile::reconcile,
    },
    context::App,
    store::entity::{
        co_group::CoGroups, co_group_member, co_group_member::CoGroupMembers, co_person::CoPeople,
        co_person_role::CoPersonRoles, cou::Cous, email_address::EmailAddresses, identifier::Identifiers, name::Names,
    },
};
use prost::Message;
use proto::events::v1 as v1_events;
use proto::registry::v1::subject_state::Data;
use proto::registry::v1::{
    self as v1, ListMembersRequest, Provisionable, ReadSubjectsRequest, Status, Subject, SubjectKind, SubjectState,
    SuspendableStatus,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement, TransactionTrait, sea_query::Expr,
};
use service_kit::planted::{Bug, plant};

use crate::house::{House, role};

fn subject(kind: SubjectKind, id: i64) -> Subject {
    Subject { kind: kind.into(), id }
}

async fn read(app: &App, kind: SubjectKind, id: i64) -> SubjectState {
    let request = ReadSubjectsRequest { subjects: vec![subject(kind, id)], contract: 2 };
    read_subjects(app, &request).await.unwrap().remove(0)
}

/// The state without its revision: what a target is given.
fn content(mut state: SubjectState) -> (i64, Vec<u8>) {
    let revision = std::mem::take(&mut state.revision);
    (revision, state.encode_to_vec())
}

async fn group(house: &House, co: i64, name: &str) -> i64 {
    let status = Some(SuspendableStatus::Active.into());
    let group = v1::CoGroup { co_id: Some(co), name: Some(name.to_owned()), status, ..v1::CoGroup::default() };
    house.add::<CoGroups>(group).await.unwrap()
}

fn membership(group: i64, person: i64) -> v1::CoGroupMember {
    v1::CoGroupMember {
        co_group_id: Some(group),
        co_person_id: Some(person),
        member: Some(true),
        ..v1::CoGroupMember::default()
    }
}

/// Each way to change what a target is given of a person raises the person's revision.
pub(crate) async fn every_change_of_a_subject_raises_its_revision(house: &House) {
    let co = house.co("Revisions").await;
    let cou = house.cou(co, "Lab").await;
    let person = house.person(co, Status::Active).await;
    let own = group(house, co, "own").await;
    let mut last = content(read(house.app(), SubjectKind::CoPerson, person).await);
    let mut step = 0;
    let role_id = house.role(person, Some(cou), Status::Active).await;
    let name = v1::Name {
        co_person_id: Some(person),
        given: Some("Ada".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::Name::default()
    };
    let mail = v1::EmailAddress {
        co_person_id: Some(person),
        mail: Some("a@example.org".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::EmailAddress::default()
    };
    let identifier = v1::Identifier {
        co_person_id: Some(person),
        identifier: Some("ada".to_owned()),
        r#type: Some("uid".to_owned()),
        status: Some(SuspendableStatus::Active.into()),
        ..v1::Identifier::default()
    };
    loop {
        let now = content(read(house.app(), SubjectKind::CoPerson, person).await);
        assert!(now.0 > last.0, "step {step}: the revision stays {}", now.0);
        assert_ne!(now.1, last.1, "step {step} changes what is passed on");
        last = now;
        step += 1;
        match step {
            1 => drop(house.add::<Names>(name.clone()).await.unwrap()),
            2 => drop(house.add::<EmailAddresses>(mail.clone()).await.unwrap()),
            3 => drop(house.add::<Identifiers>(identifier.clone()).await.unwrap()),
            4 => drop(house.add::<CoGroupMembers>(membership(own, person)).await.unwrap()),
            5 => house
                .edit::<CoPersonRoles>(
                    role_id,
                    v1::CoPersonRole { title: Some("Dr".to_owned()), ..role(person, Some(cou), Status::Active) },
                )
                .await
                .unwrap(),
            6 => house
                .edit::<CoGroups>(
                    own,
                    v1::CoGroup {
                        co_id: Some(co),
                        name: Some("renamed".to_owned()),
                        status: Some(SuspendableStatus::Active.into()),
                        ..v1::CoGroup::default()
                    },
                )
                .await
                .unwrap(),
            // What is passed on of a person holds the COUs of the roles, whole.
            7 => house
                .edit::<Cous>(
                    cou,
                    v1::Cou {
                        co_id: Some(co),
                        name: Some("Lab".to_owned()),
                        description: Some("of light".to_owned()),
                        ..v1::Cou::default()
                    },
                )
                .await
                .unwrap(),
            8 => house
                .edit::<CoPeople>(
                    person,
                    v1::CoPerson { co_id: Some(co), status: Some(Status::Suspended.into()), ..v1::CoPerson::default() },
                )
                .await
                .unwrap(),
            9 => house.delete::<CoPersonRoles>(role_id).await.unwrap(),
            10 => house.delete::<CoPeople>(person).await.unwrap(),
            _ => break,
        }
    }
    assert_eq!(step, 11);
}

/// While writers change a person, whoever reads never sees two contents under one revision, nor an older one under a
/// greater.
pub(crate) async fn equal_revisions_mean_equal_content(house: &House) {
    let co = house.co("Snapshots").await;
    let cou = house.cou(co, "Lab").await;
    let person = house.person(co, Status::Active).await;
    let writers = (0..4).map(|writer| async move {
        for number in 0..12 {
            let id = house.role(person, Some(cou), Status::Active).await;
            let title = Some(format!("{writer}-{number}"));
            house
                .edit::<CoPersonRoles>(id, v1::CoPersonRole { title, ..role(person, Some(cou), Status::Active) })
                .await
                .unwrap();
            house.delete::<CoPersonRoles>(id).await.unwrap();
        }
    });
    let readers = (0..2).map(|_| async {
        let mut seen = Vec::new();
        for _ in 0..150 {
            seen.push(content(read(house.app(), SubjectKind::CoPerson, person).await));
        }
        seen
    });
    let (_, seen) = futures::future::join(futures::future::join_all(writers), futures::future::join_all(readers)).await;
    let mut by_revision = std::collections::BTreeMap::new();
    for (revision, content) in seen.into_iter().flatten() {
        let known = by_revision.entry(revision).or_insert_with(|| content.clone());
        assert_eq!(*known, content, "revision {revision} means two contents");
    }
    assert!(by_revision.len() > 3, "only {} revisions were seen", by_revision.len());
}

/// A process whose clock is behind reads a date that another's sweep has told of.
pub(crate) async fn a_date_is_not_lost_between_clocks(house: &House) {
    let co = house.co("Clocks").await;
    let person = house.person(co, Status::Active).await;
    let own = group(house, co, "later").await;
    follow_membership_dates(house.app()).await.unwrap();
    let from = house.clock.now() + Duration::seconds(60);
    let valid_from = Some(prost_types::Timestamp { seconds: from.timestamp(), nanos: 0 });
    house.add::<CoGroupMembers>(v1::CoGroupMember { valid_from, ..membership(own, person) }).await.unwrap();
    house.events().await;
    // One process is half a minute ahead, the other half a minute behind.
    let ahead = App { clock: house.clock.ahead_by(Duration::seconds(30)), ..house.app().clone() };
    let behind = App { clock: house.clock.ahead_by(Duration::seconds(-30)), ..house.app().clone() };
    house.clock.advance(Duration::seconds(40));
    follow_membership_dates(&ahead).await.unwrap();
    assert!(house.events().await.is_empty(), "nothing has passed yet, whatever a clock says");
    house.clock.advance(Duration::seconds(20));
    follow_membership_dates(&ahead).await.unwrap();
    let told = house.events().await;
    assert!(told.iter().any(|event| {
        event.subject.as_ref().is_some_and(|subject| subject.id == own && subject.kind() == SubjectKind::CoGroup)
    }));
    let request = ListMembersRequest { co_group_id: own, after: 0, limit: 10 };
    let members = list_members(&behind, &request).await.unwrap();
    assert_eq!(members.co_person_ids, [person], "what was told is what is read");
    let state = read(&behind, SubjectKind::CoPerson, person).await;
    assert!(String::from_utf8_lossy(&state.encode_to_vec()).contains("later"));
}

/// Whoever reads what is provisioned goes by the watermark: it must not see a person who is active without the role that
/// made it so, and whom targets would be given twice.
pub(crate) async fn who_becomes_active_is_seen_with_the_role(house: &House) {
    let co = house.co("Begins").await;
    let cou = house.cou(co, "B").await;
    let person = house.person(co, Status::Pending).await;
    house.dates().await;
    let from = house.clock.now() + Duration::seconds(60);
    let valid_from = Some(prost_types::Timestamp { seconds: from.timestamp(), nanos: 0 });
    house
        .add::<CoPersonRoles>(v1::CoPersonRole { valid_from, ..role(person, Some(cou), Status::Active) })
        .await
        .unwrap();
    house.clock.advance(Duration::seconds(60));
    let seen = async || {
        let state = read(house.app(), SubjectKind::CoPerson, person).await;
        let Some(Data::Person(state)) = state.data else { panic!("{state:?}") };
        (state.provisionable() == Provisionable::Everything, state.roles.len())
    };
    follow_validity(house.app()).await.unwrap();
    assert_eq!(seen().await, (false, 0), "the watermark has not passed the date");
    follow_membership_dates(house.app()).await.unwrap();
    assert_eq!(seen().await, (false, 0));
    follow_validity(house.app()).await.unwrap();
    assert_eq!(seen().await, (true, 1));
}

/// People who join while a group is reconciled stay in it.
pub(crate) async fn reconciling_takes_nobody_away_who_belongs(house: &House) {
    let co = house.co("Reconciled").await;
    let groups = house.list::<CoGroups>("coid", co).await;
    let active = groups.iter().find(|group| group.name.as_deref() == Some("CO:members:active")).unwrap().id.unwrap();
    let mut stray = Vec::new();
    for _ in 0..6 {
        stray.push(house.person(co, Status::Active).await);
    }
    // Somebody took them out behind the server's back.
    co_group_member::Entity::update_many()
        .col_expr(co_group_member::Column::Deleted, Expr::value(true))
        .filter(co_group_member::Column::CoGroupId.eq(active))
        .exec(house.app().database.writer())
        .await
        .unwrap();
    let joining = async {
        let mut new = Vec::new();
        for number in 0..40 {
            let status = if number % 2 == 0 { Status::Active } else { Status::Pending };
            let person = house.person(co, status).await;
            if status == Status::Pending {
                house.role(person, None, Status::Active).await;
            }
            new.push(person);
        }
        new
    };
    let reconciling = async {
        for _ in 0..10 {
            reconcile(house.app(), &house.caller, active).await.unwrap();
        }
    };
    let (new, ()) = futures::future::join(joining, reconciling).await;
    let mut wanted: Vec<i64> = stray.into_iter().chain(new).collect();
    wanted.sort_unstable();
    let members = house.list::<CoGroupMembers>("cogroupid", active).await;
    let mut there: Vec<i64> = members.into_iter().filter_map(|member| member.co_person_id).collect();
    there.sort_unstable();
    assert_eq!(there, wanted);
}

/// A group is told without its members, and they are listed page by page, none left out.
pub(crate) async fn members_are_listed_page_by_page(house: &House) {
    let co = house.co("Pages").await;
    let own = group(house, co, "paged").await;
    let mut people = Vec::new();
    for _ in 0..7 {
        let person = house.person(co, Status::Active).await;
        house.add::<CoGroupMembers>(membership(own, person)).await.unwrap();
        people.push(person);
    }
    // Who owns it and is no member, is none of them.
    let owner = house.person(co, Status::Active).await;
    let owns = v1::CoGroupMember { member: Some(false), owner: Some(true), ..membership(own, owner) };
    house.add::<CoGroupMembers>(owns).await.unwrap();
    let asked = ListMembersRequest { co_group_id: own, after: 0, limit: 3 };
    let owners = list_owners(house.app(), &asked).await.unwrap();
    assert_eq!((owners.co_person_ids, owners.more), (vec![owner], false));
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let request = ListMembersRequest { co_group_id: own, after, limit: 3 };
        let page = list_members(house.app(), &request).await.unwrap();
        assert!(page.co_person_ids.len() <= 3);
        seen.extend(&page.co_person_ids);
        after = *seen.last().unwrap();
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, people);
}

/// Who is suspended is listed as a member of the groups of all members alone, as targets are told of the person (§3); nobody is
/// of a group that is suspended.
pub(crate) async fn who_is_suspended_is_no_member_for_targets(house: &House) {
    let co = house.co("Suspended").await;
    let own = group(house, co, "laboratory").await;
    let all = house.list::<CoGroups>("coid", co).await;
    let all = all.iter().find(|group| group.name.as_deref() == Some("CO:members:all")).unwrap().id.unwrap();
    let mut people = Vec::new();
    for _ in 0..2 {
        let person = house.person(co, Status::Active).await;
        house.add::<CoGroupMembers>(v1::CoGroupMember { owner: Some(true), ..membership(own, person) }).await.unwrap();
        people.push(person);
    }
    let listed = async |group| {
        let asked = ListMembersRequest { co_group_id: group, after: 0, limit: 10 };
        let members = list_members(house.app(), &asked).await.unwrap().co_person_ids;
        (members, list_owners(house.app(), &asked).await.unwrap().co_person_ids)
    };
    assert_eq!(listed(own).await, (people.clone(), people.clone()));
    let become_of = async |status: Status| {
        let person = house.view::<CoPeople>(people[0]).await;
        let edited = v1::CoPerson { status: Some(status.into()), ..person };
        house.edit::<CoPeople>(people[0], edited).await.unwrap();
    };
    become_of(Status::Suspended).await;
    assert_eq!(listed(own).await, (people[1..].to_vec(), people[1..].to_vec()));
    assert_eq!(listed(all).await, (people.clone(), Vec::new()));
    become_of(Status::Denied).await;
    assert_eq!(listed(all).await.0, people[1..]);
    let status = Some(SuspendableStatus::Suspended.into());
    let suspended = v1::CoGroup { status, ..house.view::<CoGroups>(own).await };
    house.edit::<CoGroups>(own, suspended).await.unwrap();
    assert_eq!(listed(own).await, (Vec::new(), Vec::new()));
}

/// A change whose messages cannot be written is not made; and this test would notice if they were written after it.
pub(crate) async fn a_change_and_its_messages_are_one(house: &House) {
    let co = house.co("One").await;
    let before = house.list::<CoPeople>("coid", co).await.len();
    let writer = house.app().database.writer();
    writer.execute_unprepared("ALTER TABLE outbox RENAME TO outbox_away").await.unwrap();
    let person = || v1::CoPerson { co_id: Some(co), status: Some(Status::Active.into()), ..v1::CoPerson::default() };
    house.add::<CoPeople>(person()).await.unwrap_err();
    assert_eq!(house.list::<CoPeople>("coid", co).await.len(), before, "nothing of the change is there");
    let planted = plant(Bug::MessagesAfterCommit);
    house.add::<CoPeople>(person()).await.unwrap_err();
    drop(planted);
    assert_eq!(house.list::<CoPeople>("coid", co).await.len(), before + 1, "the planted bug is seen here");
    writer.execute_unprepared("ALTER TABLE outbox_away RENAME TO outbox").await.unwrap();
}

/// What is joined beside a rename, or a role that is added, has no event of the rename: whoever lists the people waits for those
/// who are about to come. Only a database with several writers can be at both at once.
mod beside {
    use super::*;

    async fn is_told(house: &House, hold: &str, person: i64, rename: impl Future<Output = ()> + Send) {
        house.messages().await;
        let coming = house.app().database.writer().begin().await.unwrap();
        coming.execute_unprepared(hold).await.unwrap();
        let mut rename = std::pin::pin!(rename);
        let renamed = tokio::select! {
            () = &mut rename => true,
            () = house.so_many_wait(1) => false,
        };
        coming.commit().await.unwrap();
        if !renamed {
            rename.await;
        }
        let told = house.events().await;
        let of_person =
            |event: &v1_events::RegistryEvent| event.subject == Some(subject(SubjectKind::CoPerson, person));
        assert!(told.iter().any(of_person), "{hold}: {told:?}");
    }

    /// Whoever tells of dates that have passed has looked already, and not ended: what is written with such a date meanwhile is
    /// read as it was before, and the next look tells that it is over.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_passes_while_dates_are_told_of_is_told_next() {
        let house = House::on_postgres().await;
        let co = house.co("Passing").await;
        let (ada, bea) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
        let group = group(&house, co, "Team").await;
        let joined = membership(group, ada);
        let membership = house.add::<CoGroupMembers>(joined.clone()).await.unwrap();
        let held = house.role(bea, None, Status::Active).await;
        house.dates().await;
        house.clock.advance(Duration::seconds(6));
        house.dates().await;
        house.clock.advance(Duration::seconds(6));
        let telling = house.app().database.writer().begin().await.unwrap();
        telling.execute_unprepared("SELECT name FROM watermarks FOR NO KEY UPDATE").await.unwrap();
        let at = |seconds: i64| {
            let at = house.clock.now() + Duration::seconds(seconds);
            Some(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 })
        };
        let begins = async |seconds: i64| {
            let of_role = v1::CoPersonRole { valid_from: at(seconds), ..role(bea, None, Status::Active) };
            house.edit::<CoPersonRoles>(held, of_role).await.unwrap();
        };
        let noted = async || {
            let sql = "SELECT COUNT(*) AS n FROM late_dates";
            let row =
                house.app().database.reader().query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
            row.unwrap().unwrap().try_get::<i64>("", "n").unwrap()
        };
        // What has passed long since, or does not for long, is not missed.
        begins(-86_400).await;
        begins(86_400).await;
        assert_eq!(noted().await, 0);
        let ended = v1::CoGroupMember { valid_through: at(-1), ..joined.clone() };
        house.edit::<CoGroupMembers>(membership, ended).await.unwrap();
        begins(-1).await;
        assert_eq!(noted().await, 2);
        let told = format!("UPDATE watermarks SET reached = '{}'", house.clock.now().to_rfc3339());
        telling.execute_unprepared(&told).await.unwrap();
        telling.commit().await.unwrap();
        house.events().await;
        house.clock.advance(Duration::seconds(1));
        follow_membership_dates(house.app()).await.unwrap();
        let told: Vec<_> = house.events().await.into_iter().filter_map(|event| event.subject).collect();
        for of in [
            subject(SubjectKind::CoPerson, ada),
            subject(SubjectKind::CoGroup, group),
            subject(SubjectKind::CoPerson, bea),
        ] {
            assert!(told.contains(&of), "{of:?} of {told:?}");
        }
        house.clock.advance(Duration::seconds(1));
        follow_membership_dates(house.app()).await.unwrap();
        assert_eq!((noted().await, house.events().await), (0, Vec::new()), "once");
        // What is noted and has not passed yet is told in its time.
        let soon = v1::CoGroupMember { valid_from: at(-600), valid_through: at(30), ..joined };
        house.edit::<CoGroupMembers>(membership, soon).await.unwrap();
        assert_eq!(noted().await, 1);
        house.events().await;
        house.clock.advance(Duration::seconds(1));
        follow_membership_dates(house.app()).await.unwrap();
        assert_eq!((noted().await, house.events().await), (0, Vec::new()));
        house.clock.advance(Duration::seconds(30));
        follow_membership_dates(house.app()).await.unwrap();
        assert!(!house.events().await.is_empty());
    }

    /// A counter of many rows does not begin in each of them above what release 0.1 counted.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn revisions_do_not_run_away_from_the_floor() {
        let house = House::on_postgres().await;
        let sql =
            "INSERT INTO revision_floor (id, floor) VALUES (1, 1000000) ON CONFLICT (id) DO UPDATE SET floor = 1000000";
        house.app().database.writer().execute_unprepared(sql).await.unwrap();
        let co = house.co("Striped").await;
        let team = group(&house, co, "Team").await;
        for _ in 0..4 {
            let joins = async || {
                let person = house.person(co, Status::Active).await;
                house.add::<CoGroupMembers>(membership(team, person)).await.unwrap();
            };
            futures::future::join_all((0..4).map(|_| joins())).await;
        }
        let rows = Statement::from_string(
            DbBackend::Postgres,
            format!("SELECT revision FROM subject_revisions WHERE kind = 2 AND subject_id = {team}"),
        );
        let rows = house.app().database.reader().query_all_raw(rows).await.unwrap().len();
        let revision = read(house.app(), SubjectKind::CoGroup, team).await.revision;
        assert!(rows > 1 && (1_000_001..1_001_000).contains(&revision), "{revision} of {rows} rows");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_joins_while_a_group_is_renamed_is_told_of_it() {
        let house = House::on_postgres().await;
        let co = house.co("Beside").await;
        let (person, group, other) =
            (house.person(co, Status::Active).await, group(&house, co, "Team").await, group(&house, co, "Other").await);
        let membership = house.add::<CoGroupMembers>(membership(other, person)).await.unwrap();
        let joins = format!(
            "SELECT id FROM co_groups WHERE id = {group} FOR KEY SHARE; \
             UPDATE co_group_members SET co_group_id = {group} WHERE id = {membership}"
        );
        let renamed = v1::CoGroup {
            co_id: Some(co),
            name: Some("Crew".to_owned()),
            status: Some(SuspendableStatus::Active.into()),
            ..v1::CoGroup::default()
        };
        is_told(&house, &joins, person, async { house.edit::<CoGroups>(group, renamed).await.unwrap() }).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_gets_a_role_while_a_cou_is_renamed_is_told_of_it() {
        let house = House::on_postgres().await;
        let co = house.co("Beside").await;
        let (cou, other) = (house.cou(co, "Physics").await, house.cou(co, "Other").await);
        let person = house.person(co, Status::Active).await;
        let role = house.role(person, Some(other), Status::Active).await;
        let comes = format!(
            "SELECT pg_advisory_xact_lock_shared({}); UPDATE co_person_roles SET cou_id = {cou} WHERE id = {role}",
            (2_i64 << 60) | cou
        );
        let renamed = v1::Cou { co_id: Some(co), name: Some("Optics".to_owned()), ..v1::Cou::default() };
        is_told(&house, &comes, person, async { house.edit::<Cous>(cou, renamed).await.unwrap() }).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_goes_to_another_person_waits_for_who_renames_what_it_is_in() {
        let house = House::on_postgres().await;
        let co = house.co("Beside").await;
        let (ada, bea) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
        let (group, cou) = (group(&house, co, "Team").await, house.cou(co, "Physics").await);
        let of_group = membership(group, ada);
        let membership = house.add::<CoGroupMembers>(of_group.clone()).await.unwrap();
        let of_ada = house.role(ada, Some(cou), Status::Active).await;
        let renaming = house.app().database.writer().begin().await.unwrap();
        let alone = format!(
            "SELECT id FROM co_groups WHERE id = {group} FOR UPDATE; SELECT pg_advisory_xact_lock({})",
            (2_i64 << 60) | cou
        );
        renaming.execute_unprepared(&alone).await.unwrap();
        let mut moves: Vec<futures::future::BoxFuture<'_, ()>> = vec![
            Box::pin(async {
                let moved = v1::CoGroupMember { co_person_id: Some(bea), ..of_group.clone() };
                house.edit::<CoGroupMembers>(membership, moved).await.unwrap();
            }),
            Box::pin(async {
                house.edit::<CoPersonRoles>(of_ada, role(bea, Some(cou), Status::Active)).await.unwrap();
            }),
        ];
        for (before, moving) in moves.iter_mut().enumerate() {
            tokio::select! {
                () = moving => panic!("it does not wait"),
                () = house.so_many_wait(before + 1) => {}
            }
        }
        renaming.commit().await.unwrap();
        futures::future::join_all(moves).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_moved_elsewhere_does_not_go_with_what_it_was_in() {
        let house = House::on_postgres().await;
        let co = house.co("Beside").await;
        let person = house.person(co, Status::Active).await;
        let (goes, stays) = (group(&house, co, "Goes").await, group(&house, co, "Stays").await);
        let membership = house.add::<CoGroupMembers>(membership(goes, person)).await.unwrap();
        let moving = house.app().database.writer().begin().await.unwrap();
        let sql = format!("UPDATE co_group_members SET co_group_id = {stays} WHERE id = {membership}");
        moving.execute_unprepared(&sql).await.unwrap();
        let mut deleting = std::pin::pin!(async { house.delete::<CoGroups>(goes).await.unwrap() });
        tokio::select! {
            () = &mut deleting => panic!("it does not wait"),
            () = house.so_many_wait(1) => {}
        }
        moving.commit().await.unwrap();
        deleting.await;
        assert_eq!(house.view::<CoGroupMembers>(membership).await.co_group_id, Some(stays));
    }
}
