//! What must hold on every database.

use chrono::Duration;
use person_role_service::{
    app::{
        follow_membership_dates::follow_membership_dates, list::list, read_subjects::read_subjects,
        reconcile::reconcile, record_outcomes::record_outcomes, view::view,
    },
    context::Fault,
    domain::person_status::rank,
    resource::Resource,
    store::{
        entity::{
            co::Cos, co_group::CoGroups, co_group_member::CoGroupMembers, co_person, co_person::CoPeople,
            co_person_role::CoPersonRoles, cou::Cous, history_record, history_record::HistoryRecords, name::Names,
            record_version,
        },
        stored::Stored,
    },
};
use prost::Message;
use proto::{
    caller::Caller,
    events::v1::{Action, ProvisioningOutcome},
    record::Record,
    refusal::Refusal,
    registry::v1::{
        self as v1, ListRequest, Provisionable, ReadSubjectsRequest, Status, Subject, SubjectKind, subject_state::Data,
    },
    table::Table,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

use crate::house::{House, role};

async fn group_names(house: &House, person: i64) -> Vec<String> {
    let mut names: Vec<String> =
        house.list::<CoGroups>("copersonid", person).await.into_iter().filter_map(|group| group.name).collect();
    names.sort();
    names
}

async fn actions(house: &House, person: i64) -> Vec<String> {
    house.list::<HistoryRecords>("copersonid", person).await.into_iter().filter_map(|record| record.action).collect()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Fault>) -> Refusal {
    result.expect_err("a refusal").into_refusal()
}

pub(crate) async fn roles_changed_at_once_leave_status_and_memberships_right(house: &House) {
    let co = house.co("Concurrent").await;
    let cous = [house.cou(co, "A").await, house.cou(co, "B").await];
    let person = house.person(co, Status::Pending).await;
    let statuses = [Status::Active, Status::Suspended, Status::GracePeriod, Status::Expired, Status::Pending];
    let tasks = (0..20).map(|number| {
        let cou = Some(cous[number % 2]);
        let (status, next) = (statuses[number % 5], statuses[(number * 3 + 1) % 5]);
        async move {
            let id = house.role(person, cou, status).await;
            house.edit::<CoPersonRoles>(id, role(person, cou, next)).await.unwrap();
            if number % 4 == 0 {
                house.delete::<CoPersonRoles>(id).await.unwrap();
            }
        }
    });
    futures::future::join_all(tasks).await;
    let roles = house.list::<CoPersonRoles>("copersonid", person).await;
    assert_eq!(roles.len(), 15);
    let best = roles.iter().map(|role| role.status()).max_by_key(|status| rank(*status)).unwrap();
    assert_eq!(house.status(person).await, best);
    let active_in = |cou: i64| roles.iter().any(|role| role.cou_id == Some(cou) && rank(role.status()) >= 14);
    let names = group_names(house, person).await;
    assert_eq!(names.contains(&"CO:COU:A:members:active".to_owned()), active_in(cous[0]));
    assert_eq!(names.contains(&"CO:COU:B:members:active".to_owned()), active_in(cous[1]));
    assert!(names.contains(&"CO:COU:A:members:all".to_owned()) && names.contains(&"CO:COU:B:members:all".to_owned()));
    let told = actions(house, person).await;
    let count = |action: &str| told.iter().filter(|told| *told == action).count();
    assert_eq!((count("ACRM"), count("DCRM")), (20, 5));
}

pub(crate) async fn validity_acts_when_its_time_comes(house: &House) {
    let co = house.co("Validity").await;
    let cou = house.cou(co, "V").await;
    let person = house.person(co, Status::Pending).await;
    let at = |minutes: i64| {
        let time = house.clock.now() + Duration::minutes(minutes);
        Some(prost_types::Timestamp { seconds: time.timestamp(), nanos: 0 })
    };
    let dated =
        v1::CoPersonRole { valid_from: at(10), valid_through: at(20), ..role(person, Some(cou), Status::Active) };
    let id = house.add::<CoPersonRoles>(dated).await.unwrap();
    assert_eq!(house.view::<CoPersonRoles>(id).await.status(), Status::Pending, "it has not begun");
    house.dates().await;
    assert_eq!(house.view::<CoPersonRoles>(id).await.status(), Status::Pending);

    house.clock.advance(Duration::minutes(10));
    house.events().await;
    house.dates().await;
    assert_eq!(house.view::<CoPersonRoles>(id).await.status(), Status::Active);
    assert_eq!(house.status(person).await, Status::Active);
    assert!(group_names(house, person).await.contains(&"CO:COU:V:members:active".to_owned()));
    assert!(house.events().await.iter().any(|event| event.subject.is_some_and(|subject| subject.id == person)));

    house.clock.advance(Duration::minutes(10));
    house.dates().await;
    assert_eq!(house.view::<CoPersonRoles>(id).await.status(), Status::Expired);
    assert_eq!(house.status(person).await, Status::Expired);
    assert!(!group_names(house, person).await.contains(&"CO:COU:V:members:active".to_owned()));
    assert!(actions(house, person).await.contains(&"ECRX".to_owned()));
    house.events().await;
    house.dates().await;
    assert!(house.events().await.is_empty(), "time acts once");
}

pub(crate) async fn a_membership_begins_and_ends_at_its_dates(house: &House) {
    let co = house.co("Dates").await;
    let person = house.person(co, Status::Active).await;
    let group = v1::CoGroup {
        co_id: Some(co),
        name: Some("shift".to_owned()),
        status: Some(v1::SuspendableStatus::Active.into()),
        ..v1::CoGroup::default()
    };
    let group = house.add::<CoGroups>(group).await.unwrap();
    follow_membership_dates(house.app()).await.unwrap();
    let through = house.clock.now() + Duration::minutes(5);
    let member = v1::CoGroupMember {
        co_group_id: Some(group),
        co_person_id: Some(person),
        member: Some(true),
        valid_through: Some(prost_types::Timestamp { seconds: through.timestamp(), nanos: 0 }),
        ..v1::CoGroupMember::default()
    };
    house.add::<CoGroupMembers>(member).await.unwrap();
    house.events().await;
    follow_membership_dates(house.app()).await.unwrap();
    assert!(house.events().await.is_empty());
    assert!(group_names(house, person).await.contains(&"shift".to_owned()));
    house.clock.advance(Duration::minutes(5));
    follow_membership_dates(house.app()).await.unwrap();
    assert_eq!(house.events().await.len(), 2, "the person and the group");
    assert!(!group_names(house, person).await.contains(&"shift".to_owned()));
    follow_membership_dates(house.app()).await.unwrap();
    assert!(house.events().await.is_empty(), "a date passes once");
}

pub(crate) async fn a_refused_change_leaves_nothing(house: &House) {
    let co = house.co("Refused").await;
    let person = house.person(co, Status::Active).await;
    let told = actions(house, person).await;
    house.events().await;
    let wrong = v1::CoPersonRole { affiliation: Some("wizard".to_owned()), ..role(person, None, Status::Locked) };
    let Refusal::InvalidFields(fields) = refusal(house.add::<CoPersonRoles>(wrong).await) else { panic!("fields") };
    assert_eq!(fields.0.keys().collect::<Vec<_>>(), ["affiliation", "status"]);
    let unknown = refusal(house.add::<CoPersonRoles>(role(person, Some(999), Status::Active)).await);
    assert!(matches!(unknown, Refusal::Forbidden { phrase, .. } if phrase == "COU Does Not Exist"));
    assert_eq!(actions(house, person).await, told);
    assert!(house.events().await.is_empty());
    assert!(house.list::<CoPersonRoles>("copersonid", person).await.is_empty());
}

pub(crate) async fn an_edit_keeps_the_version_before_it(house: &House) {
    let co = house.co("Versions").await;
    let person = house.person(co, Status::Active).await;
    let id = house.role(person, None, Status::Active).await;
    let titled = |title: &str| v1::CoPersonRole { title: Some(title.to_owned()), ..role(person, None, Status::Active) };
    house.clock.advance(Duration::seconds(5));
    house.edit::<CoPersonRoles>(id, titled("first")).await.unwrap();
    house.edit::<CoPersonRoles>(id, titled("first")).await.unwrap();
    house.edit::<CoPersonRoles>(id, titled("second")).await.unwrap();
    house.delete::<CoPersonRoles>(id).await.unwrap();
    let versions = record_version::Entity::find()
        .filter(record_version::Column::Resource.eq("CoPersonRole"))
        .filter(record_version::Column::RecordId.eq(id))
        .all(house.app().database.reader())
        .await
        .unwrap();
    let titles: Vec<Option<String>> =
        versions.iter().map(|version| v1::CoPersonRole::decode(version.content.as_slice()).unwrap().title).collect();
    assert_eq!(titles, [None, Some("first".to_owned()), Some("second".to_owned())]);
    assert_eq!(versions.iter().map(|version| version.revision).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(versions.windows(2).all(|pair| pair[0].valid_until == pair[1].valid_from), "no gap between versions");
    let gone = refusal(view::<CoPersonRoles>(house.app(), &house.caller, id).await);
    assert_eq!(gone, Refusal::unknown("CoPersonRole"));
}

pub(crate) async fn a_change_tells_of_every_subject_once(house: &House) {
    let co = house.co("Events").await;
    let cou = house.cou(co, "E").await;
    let person = house.person(co, Status::Active).await;
    house.events().await;
    house.role(person, Some(cou), Status::Active).await;
    let mut messages = house.messages().await;
    assert_eq!(messages.len(), 1, "what one transaction changed is one message");
    let mut events = std::mem::take(&mut messages[0].together);
    events.append(&mut messages);
    assert_eq!(events.iter().filter(|event| !event.event_id.is_empty()).count(), 1, "one id stands for all");
    let people: Vec<_> = events.iter().filter(|event| event.subject.unwrap().kind() == SubjectKind::CoPerson).collect();
    assert_eq!(people.len(), 1, "{events:?}");
    assert_eq!((people[0].co_id, people[0].action()), (co, Action::Updated));
    assert_eq!(events.len(), 3, "the person and the two groups of the COU");
    house
        .delete::<CoPersonRoles>(house.list::<CoPersonRoles>("copersonid", person).await[0].id.unwrap())
        .await
        .unwrap();
    house.events().await;
    house.delete::<CoPeople>(person).await.unwrap();
    let gone = house.events().await;
    assert!(gone.iter().any(|event| event.action() == Action::Deleted && event.subject.unwrap().id == person));
}

pub(crate) async fn an_outcome_is_written_once(house: &House) {
    let co = house.co("Outcomes").await;
    let person = house.person(co, Status::Active).await;
    let outcome = |event_id: &str, succeeded: bool, manual: bool| ProvisioningOutcome {
        event_id: event_id.to_owned(),
        co_id: co,
        subject: Some(Subject { kind: SubjectKind::CoPerson.into(), id: person }),
        target: "Main directory".to_owned(),
        succeeded,
        manual,
        message: "no route to host".to_owned(),
        ..ProvisioningOutcome::default()
    };
    let two = ProvisioningOutcome { together: vec![outcome("", true, true)], ..outcome("b", true, true) };
    let batch = [outcome("a", true, false), two.clone(), two, outcome("c", false, false)];
    record_outcomes(house.app(), &batch).await.unwrap();
    record_outcomes(house.app(), &batch).await.unwrap();
    let of_deleted_co = ProvisioningOutcome { co_id: 999, ..outcome("d", true, false) };
    record_outcomes(house.app(), &[of_deleted_co]).await.unwrap();
    let records = house.list::<HistoryRecords>("copersonid", person).await;
    let mut told: Vec<(String, String)> = records
        .into_iter()
        .map(|record| (record.action.unwrap(), record.comment.unwrap()))
        .filter(|(action, _)| action.starts_with('P'))
        .collect();
    told.sort();
    let told: Vec<(&str, &str)> = told.iter().map(|(action, comment)| (action.as_str(), comment.as_str())).collect();
    assert_eq!(
        told,
        [
            ("PCPA", "Provisioned Main directory"),
            ("PCPM", "Provisioned Main directory (Manual)"),
            ("PCPM", "Provisioned Main directory (Manual)"),
            ("PRVX", "Provisioning failed for Main directory: no route to host"),
        ]
    );
}

pub(crate) async fn deleting_a_co_leaves_nothing_of_it(house: &House) {
    let co = house.co("Doomed").await;
    let kept = house.co("Kept").await;
    let cou = house.cou(co, "D").await;
    let person = house.person(co, Status::Active).await;
    house.role(person, Some(cou), Status::Active).await;
    house.events().await;
    house.delete::<Cos>(co).await.unwrap();
    let events = house.events().await;
    assert!(
        events.iter().any(|event| event.subject.is_none() && event.co_id == co && event.action() == Action::Deleted)
    );
    let db = house.app().database.reader();
    for table in
        Table::all().iter().filter(|table| table.service.starts_with("cohort.registry.") && table.singular != "Co")
    {
        let mut query = Query::select();
        query.expr(Expr::val(1)).from(Alias::new(table.path.as_str()));
        query.and_where(Expr::col(Alias::new("co_id")).eq(co));
        assert!(db.query_one(&query).await.unwrap().is_none(), "{} still has rows of the CO", table.path);
    }
    assert!(!house.list::<CoGroups>("coid", kept).await.is_empty());
}

pub(crate) async fn renaming_a_cou_renames_its_groups(house: &House) {
    let co = house.co("Renaming").await;
    let cou = house.cou(co, "Old").await;
    let person = house.person(co, Status::Active).await;
    house.role(person, Some(cou), Status::Active).await;
    house.events().await;
    let renamed = v1::Cou { co_id: Some(co), name: Some("New".to_owned()), ..v1::Cou::default() };
    house.edit::<Cous>(cou, renamed).await.unwrap();
    assert!(group_names(house, person).await.contains(&"CO:COU:New:members:active".to_owned()));
    let told = house.events().await;
    assert!(
        told.iter().any(|event| event.subject.unwrap() == Subject { kind: SubjectKind::CoPerson.into(), id: person })
    );
}

pub(crate) async fn what_is_provisioned_follows_the_status(house: &House) {
    let co = house.co("State").await;
    let cou = house.cou(co, "S").await;
    let person = house.person(co, Status::Active).await;
    let name = v1::Name {
        co_person_id: Some(person),
        given: Some("Ada".to_owned()),
        r#type: Some("official".to_owned()),
        ..v1::Name::default()
    };
    house.add::<Names>(name).await.unwrap();
    let id = house.role(person, Some(cou), Status::Active).await;
    let subject = Subject { kind: SubjectKind::CoPerson.into(), id: person };
    let read = async || {
        let unknown = Subject { kind: SubjectKind::CoGroup.into(), id: 99_999 };
        let request = ReadSubjectsRequest { subjects: vec![unknown, subject], contract: 2 };
        let mut states = read_subjects(house.app(), &request).await.unwrap();
        assert!(!states[0].exists, "what is not there is told in its place");
        states.remove(1)
    };
    let person_of = |state: &v1::SubjectState| match &state.data {
        Some(Data::Person(person)) => person.clone(),
        other => panic!("{other:?}"),
    };
    let first = read().await;
    let state = person_of(&first);
    assert_eq!(
        (state.provisionable(), state.names.len(), state.roles.len(), state.cous.len()),
        (Provisionable::Everything, 1, 1, 1)
    );
    assert_eq!(state.memberships.len(), 4);
    house.edit::<CoPersonRoles>(id, role(person, Some(cou), Status::Suspended)).await.unwrap();
    let second = read().await;
    assert!(second.revision > first.revision);
    let state = person_of(&second);
    assert_eq!((state.provisionable(), state.roles.len()), (Provisionable::PersonData, 0));
    assert!(state.memberships.iter().all(|membership| membership.group.as_ref().unwrap().name().ends_with(":all")));
    house.edit::<CoPersonRoles>(id, role(person, Some(cou), Status::Denied)).await.unwrap();
    let state = person_of(&read().await);
    assert_eq!((state.provisionable(), state.names.len()), (Provisionable::Nothing, 0));
    house.delete::<CoPersonRoles>(id).await.unwrap();
    house.delete::<CoPeople>(person).await.unwrap();
    let gone = read().await;
    assert!(!gone.exists && gone.data.is_none() && gone.revision > second.revision);
}

pub(crate) async fn nobody_sees_another_co(house: &House) {
    let (mine, other) = (house.co("Mine").await, house.co("Other").await);
    let person = house.person(other, Status::Active).await;
    let id = house.role(person, None, Status::Active).await;
    let me = Caller {
        username: format!("co_{mine}.me"),
        api_user_id: Some(7),
        co_id: Some(mine),
        privileged: true,
        ..Caller::default()
    };
    assert_eq!(refusal(view::<CoPersonRoles>(house.app(), &me, id).await), Refusal::unknown("CoPersonRole"));
    let page = list::<CoPersonRoles>(house.app(), &me, &ListRequest::default()).await.unwrap();
    assert!(page.records.is_empty());
    let page = list::<Cos>(house.app(), &me, &ListRequest::default()).await.unwrap();
    assert_eq!(page.records.iter().map(|record| record.int("id")).collect::<Vec<_>>(), [Some(mine)]);
    let edit = person_role_service::app::edit::edit::<CoPersonRoles>;
    let sent = Record::of(&role(person, None, Status::Active));
    assert_eq!(refusal(edit(house.app(), &me, id, sent.clone(), &[], None).await), Refusal::unknown("CoPersonRole"));
    let add = person_role_service::app::add::add::<CoPersonRoles>;
    let Refusal::InvalidFields(wrong) = refusal(add(house.app(), &me, sent, &[]).await) else { panic!("fields") };
    assert_eq!(wrong.0["co_person_id"], ["\"co_person_id\" may not refer to another CO"]);
    let unprivileged = Caller { privileged: false, ..me };
    assert_eq!(refusal(view::<CoPersonRoles>(house.app(), &unprivileged, id).await), Refusal::not_privileged());
    let nobody = Caller::default();
    assert_eq!(refusal(list::<Cos>(house.app(), &nobody, &ListRequest::default()).await), Refusal::not_privileged());
}

pub(crate) async fn lists_are_paged_in_order(house: &House) {
    let co = house.co("Pages").await;
    let mut people = Vec::new();
    for _ in 0..5 {
        people.push(house.person(co, Status::Active).await);
    }
    let mut after = 0;
    let mut seen = Vec::new();
    loop {
        let request = ListRequest { after, limit: 2, ..ListRequest::default() };
        let page = list::<CoPeople>(house.app(), &house.caller, &request).await.unwrap();
        seen.extend(page.records.iter().filter_map(|record| record.int("id")));
        after = *seen.last().unwrap();
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, people);
    let members = house.list::<CoGroupMembers>("copersonid", people[0]).await;
    assert_eq!(members.len(), 2, "of the CO's two automatic groups");
    let history = history_record::Entity::find().count(house.app().database.reader()).await.unwrap();
    assert!(history > 0 && CoPeople::table().has("List"));
}

pub(crate) async fn nothing_is_hung_on_what_is_deleted_at_the_same_time(house: &House) {
    let co = house.co("Races").await;
    for _ in 0..8 {
        let person = house.person(co, Status::Active).await;
        let cou = house.cou(co, &format!("Race {person}")).await;
        let (gone, _, _) = tokio::join!(
            house.delete::<CoPeople>(person),
            house.add::<CoPersonRoles>(role(person, None, Status::Active)),
            house.add::<Names>(v1::Name {
                co_person_id: Some(person),
                given: Some("Ada".to_owned()),
                r#type: Some("official".to_owned()),
                ..v1::Name::default()
            }),
        );
        let roles =
            all_of::<CoPersonRoles>(house).await.into_iter().filter(|role| role.co_person_id == Some(person)).count();
        let names = all_of::<Names>(house).await.into_iter().filter(|name| name.co_person_id == Some(person)).count();
        assert!(gone.is_err() || (roles, names) == (0, 0), "{roles} roles and {names} names of a deleted person");
        let other = house.person(co, Status::Active).await;
        let (gone, made) =
            tokio::join!(house.delete::<Cous>(cou), house.add::<CoPersonRoles>(role(other, Some(cou), Status::Active)));
        assert!(gone.is_err() || made.is_err(), "a role in a deleted COU");
    }
    let doomed = house.co("Doomed race").await;
    let person = house.person(doomed, Status::Active).await;
    let (_, made, _) = tokio::join!(
        house.delete::<Cos>(doomed),
        house.add::<CoPersonRoles>(role(person, None, Status::Active)),
        house.add::<Cous>(v1::Cou { co_id: Some(doomed), name: Some("Late".to_owned()), ..v1::Cou::default() }),
    );
    let failed = made.err().map(Fault::into_refusal);
    assert!(!matches!(failed, Some(Refusal::Failed(_))), "{failed:?}");
    assert!(all_of::<CoPersonRoles>(house).await.iter().all(|role| role.co_person_id != Some(person)));
    assert!(all_of::<Cous>(house).await.iter().all(|cou| cou.co_id != Some(doomed)));
    assert!(all_of::<CoGroups>(house).await.iter().all(|group| group.co_id != Some(doomed)));
}

async fn all_of<R: Resource>(house: &House) -> Vec<R::Message> {
    let page = list::<R>(house.app(), &house.caller, &ListRequest::default()).await.unwrap();
    page.records.iter().map(|record| record.to_message().unwrap()).collect()
}

pub(crate) async fn groups_with_thousands_of_members_change_like_small_ones(house: &House) {
    const MEMBERS: usize = 7000;
    let co = house.co("Large").await;
    let now = house.clock.now();
    let rows: Vec<co_person::ActiveModel> = (0..MEMBERS)
        .map(|_| co_person::ActiveModel {
            co_id: Set(co),
            status: Set("A".to_owned()),
            created: Set(now),
            modified: Set(now),
            revision: Set(0),
            deleted: Set(false),
            ..Default::default()
        })
        .collect();
    for some in rows.chunks(1000) {
        co_person::Entity::insert_many(some.to_vec())
            .exec_without_returning(house.app().database.writer())
            .await
            .unwrap();
    }
    let groups = house.list::<CoGroups>("coid", co).await;
    let active = groups.iter().find(|group| group.name() == "CO:members:active").and_then(|group| group.id).unwrap();
    reconcile(house.app(), &house.caller, active).await.unwrap();
    assert_eq!(house.list::<CoGroupMembers>("cogroupid", active).await.len(), MEMBERS);
    house.delete::<Cos>(co).await.unwrap();
}

pub(crate) async fn two_moves_at_once_make_no_circle(house: &House) {
    let co = house.co("Circles").await;
    for round in 0..5 {
        let (a, b) = (house.cou(co, &format!("a{round}")).await, house.cou(co, &format!("b{round}")).await);
        let below = |name: String, parent: i64| v1::Cou {
            co_id: Some(co),
            name: Some(name),
            parent_id: Some(parent),
            ..v1::Cou::default()
        };
        let (first, second) = tokio::join!(
            house.edit::<Cous>(a, below(format!("a{round}"), b)),
            house.edit::<Cous>(b, below(format!("b{round}"), a)),
        );
        assert!(first.is_err() || second.is_err(), "a circle");
    }
}

pub(crate) async fn the_server_s_groups_stay_what_they_are(house: &House) {
    let co = house.co("Default groups").await;
    let groups = house.list::<CoGroups>("coid", co).await;
    let admins = groups.iter().find(|group| group.name() == "CO:admins").unwrap();
    let id = admins.id.unwrap();
    let standard = v1::CoGroup { group_type: Some(v1::GroupType::Standard.into()), ..admins.clone() };
    assert!(matches!(refusal(house.edit::<CoGroups>(id, standard).await), Refusal::InvalidFields(_)));
    let renamed = v1::CoGroup { name: Some("mine".to_owned()), ..admins.clone() };
    assert!(matches!(refusal(house.edit::<CoGroups>(id, renamed).await), Refusal::Forbidden { .. }));
    assert!(matches!(refusal(house.delete::<CoGroups>(id).await), Refusal::Forbidden { .. }));
    let cou = house.cou(co, "Kept").await;
    let own = v1::CoGroup {
        co_id: Some(co),
        name: Some("own".to_owned()),
        status: Some(v1::SuspendableStatus::Active.into()),
        cou_id: Some(cou),
        ..v1::CoGroup::default()
    };
    let own = house.add::<CoGroups>(own).await.unwrap();
    house.delete::<Cous>(cou).await.unwrap();
    assert_eq!(house.view::<CoGroups>(own).await.cou_id, None, "a group of users outlives the COU that it names");
}
