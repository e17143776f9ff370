//! `SqlProvisioner` against whatever database: what holds for all of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    path::Path,
    sync::Arc,
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use proto::registry::v1::{
    Address, CoGroup, CoGroupMember, CoPersonRole, Cou, EmailAddress, GroupState, Membership, PersonState,
    SubjectState, SuspendableStatus, subject_state::Data,
};
use provisioning_service::{
    connector::plan::Protocol,
    domain::{eligibility::Work, outcome::ConnectorError, subject::Kind},
};
use sea_orm::{ConnectionTrait, Database as Orm, DatabaseConnection, QueryResult, Statement, TransactionTrait};
use serde_json::{Value as Json, json};
use testkit::{MariaDb, Postgres};

use crate::contract::{Peer, Place, Seen, person};

/// A database, with a way of the test's own.
pub(crate) struct Database {
    /// What the connector is told, and what it is told wrongly.
    pub(crate) configuration: Json,
    pub(crate) refused: (Json, &'static str),
    pub(crate) url: String,
    pub(crate) data: tempfile::TempDir,
    pub(crate) server: Box<dyn Server>,
}

/// What a test does to a server.
#[async_trait]
pub(crate) trait Server: Send + Sync {
    async fn stop(&self);
    async fn start(&self);
}

#[async_trait]
impl Server for Arc<Postgres> {
    async fn stop(&self) {
        Postgres::stop(self).await;
    }

    async fn start(&self) {
        self.restart().await;
    }
}

#[async_trait]
impl Server for Arc<MariaDb> {
    async fn stop(&self) {
        MariaDb::stop(self).await;
    }

    async fn start(&self) {
        self.restart().await;
    }
}

/// The password of the user of a server.
pub(crate) const PASSWORD: &str = "p/a:s@s";

impl Database {
    /// A database of a server.
    pub(crate) fn of(url: &str, ca: &str, server: impl Server + 'static) -> Self {
        let configuration = |password: &str| json!({"Url": url, "Password": password, "CaCertificates": ca});
        Self {
            configuration: configuration(PASSWORD),
            refused: (configuration("wr0ng"), "wr0ng"),
            url: url.replace('@', ":p%2Fa%3As%40s@"),
            data: tempfile::tempdir().unwrap(),
            server: Box::new(server),
        }
    }

    /// What is said of an application with another configuration; a key that is null is left out.
    pub(crate) async fn apply_with(&self, change: Json) -> Result<(), String> {
        let mut configuration = self.configuration.clone();
        let keys = configuration.as_object_mut().unwrap();
        keys.extend(change.as_object().cloned().unwrap());
        keys.retain(|_, value| !value.is_null());
        let mut place = Place::new("SqlProvisioner", 2, 3, &configuration);
        place.call(&person("ada", "Oduya"), Work::Apply).await.map(|_| ()).map_err(|error| error.to_string())
    }

    pub(crate) async fn open(&self) -> DatabaseConnection {
        Orm::connect(&self.url).await.unwrap()
    }

    pub(crate) async fn run(&self, sql: &str) {
        let db = self.open().await;
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }

    pub(crate) async fn all(&self, sql: &str) -> Vec<QueryResult> {
        let db = self.open().await;
        let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        db.close().await.unwrap();
        found
    }

    /// A column of small whole numbers.
    async fn numbers(&self, sql: &str) -> Vec<i64> {
        self.all(sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    pub(crate) fn place(&self, co: i64, id: i64) -> Place {
        Place::below(self.data.path(), "SqlProvisioner", co, id, &self.configuration)
    }
}

/// The cells of a row that are texts.
fn texts(row: &QueryResult) -> Seen {
    let text = |column: String| {
        let text = row.try_get::<Option<String>>("", &column).ok().flatten()?;
        Some((column, vec![text]))
    };
    row.column_names().into_iter().filter_map(text).collect()
}

#[async_trait]
impl Peer for Database {
    fn plugin(&self) -> &'static str {
        "SqlProvisioner"
    }

    fn configuration(&self, _: i64) -> Json {
        self.configuration.clone()
    }

    fn refused(&self, _: i64) -> (Json, &'static str) {
        self.refused.clone()
    }

    /// The COs share their tables.
    async fn people(&self, co: i64) -> BTreeMap<String, Seen> {
        let identifiers = format!(
            "SELECT p.*, n.given, n.family, i.identifier FROM sp_co_people AS p \
             LEFT JOIN sp_names AS n ON n.co_id = p.co_id AND n.co_person_id = p.id \
             LEFT JOIN sp_identifiers AS i ON i.co_id = p.co_id AND i.co_person_id = p.id AND i.type = 'uid' \
             WHERE p.co_id = {co}"
        );
        let db = self.open().await;
        let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), identifiers)).await;
        db.close().await.unwrap();
        let rows = found.unwrap_or_else(|error| {
            let said = error.to_string();
            assert!(said.contains("exist") || said.contains("no such table"), "{said}");
            Vec::new()
        });
        let people: BTreeMap<String, Seen> =
            rows.iter().map(|row| (row.try_get("", "identifier").unwrap(), texts(row))).collect();
        assert_eq!(people.len(), rows.len(), "each is there once");
        people
    }

    async fn deface(&self, co: i64, _: &str) -> (String, String) {
        self.run("ALTER TABLE sp_co_people ADD COLUMN note varchar(40)").await;
        self.run(&format!("UPDATE sp_co_people SET note = 'written by others' WHERE co_id = {co}")).await;
        ("note".to_owned(), "written by others".to_owned())
    }

    async fn stop(&self) {
        self.server.stop().await;
    }

    async fn start(&self) {
        self.server.start().await;
    }

    /// As many as there are tables.
    fn steps(&self) -> RangeInclusive<usize> {
        1..=usize::MAX
    }

    fn data(&self) -> &Path {
        self.data.path()
    }
}

fn co_group(id: i64, name: &str) -> CoGroup {
    let status = Some(SuspendableStatus::Active.into());
    CoGroup { id: Some(id), name: Some(name.to_owned()), status, ..CoGroup::default() }
}

fn group(id: i64, name: &str) -> SubjectState {
    let state = GroupState { co_group: Some(co_group(id, name)), ..GroupState::default() };
    SubjectState { revision: 3, exists: true, data: Some(Data::Group(state)), ..SubjectState::default() }
}

fn change(mut state: SubjectState, change: impl FnOnce(&mut PersonState)) -> SubjectState {
    let Some(Data::Person(person)) = &mut state.data else { panic!("no person") };
    change(person);
    state
}

/// A person who is a member of groups; the id of a membership tells the person and the group.
fn member(id: i64, groups: &[i64]) -> SubjectState {
    change(person(&format!("person{id}"), "Oduya"), |person| {
        person.co_person.as_mut().unwrap().id = Some(id);
        let membership = |group: &i64| Membership {
            group: Some(co_group(*group, "Team")),
            member: Some(CoGroupMember {
                id: Some(group * 100 + id),
                co_group_id: Some(*group),
                member: Some(true),
                ..CoGroupMember::default()
            }),
        };
        person.memberships = groups.iter().map(membership).collect();
    })
}

/// Everything but the contract.
pub(crate) async fn holds(base: &Database) {
    a_plan_is_the_difference_and_keys_are_listed(base).await;
    an_older_state_is_refused_also_when_the_subject_is_gone(base).await;
    memberships_are_rows_of_their_people(base).await;
    who_is_a_member_again_is_not_taken_out(base).await;
    what_hangs_on_roles_goes_with_them(base).await;
    a_role_stays_whose_it_is_now(base).await;
    tables_of_others_are_added_to(base).await;
}

async fn a_plan_is_the_difference_and_keys_are_listed(base: &Database) {
    let (mut ada, state) = (base.place(11, 1), person("ada", "Oduya\\'\"; --"));
    assert_eq!(ada.connector().keys(&ada.target, Kind::Person, None).await.unwrap().keys, Vec::<String>::new());
    let plan = ada.plan(&state, Work::Apply).await;
    assert_eq!(plan.there, Some(false));
    assert!(plan.steps.iter().all(|step| step.protocol == Protocol::Sql));
    let text: String = plan.steps.iter().map(|step| format!("{};\n", step.text)).collect();
    assert!(text.contains("CREATE TABLE") && text.contains("INSERT INTO") && text.contains("ada"), "{text}");
    assert_eq!(ada.plan(&state, Work::Apply).await, plan, "a plan changes nothing");

    ada.call(&state, Work::Apply).await.unwrap();
    assert_eq!(ada.plan(&state, Work::Apply).await.steps, [], "what is there agrees");
    base.run("UPDATE sp_names SET given = 'Else' WHERE co_id = 11").await;
    let plan = ada.plan(&state, Work::Apply).await;
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert!(
        step.text.starts_with("UPDATE") && step.text.contains("given") && !step.text.contains("family"),
        "{step:?}"
    );
    assert_eq!(plan.there, Some(true));
    // What is shown is what is sent: run as it stands, it does the same.
    base.run(&step.text).await;
    assert_eq!(ada.plan(&state, Work::Apply).await.steps, []);

    base.place(11, 2).call(&person("bea", "Oduya"), Work::Apply).await.unwrap();
    let keys = ada.connector().keys(&ada.target, Kind::Person, None).await.unwrap();
    assert_eq!((keys.keys, keys.next), (vec!["CoPerson/1".to_owned(), "CoPerson/2".to_owned()], None));
    let keys = ada.connector().keys(&ada.target, Kind::Person, Some("1".to_owned())).await.unwrap();
    assert_eq!(keys.keys, ["CoPerson/2"]);
    let plan = ada.plan(&SubjectState { revision: 8, ..SubjectState::default() }, Work::Remove).await;
    assert!(plan.steps.iter().any(|step| step.text.starts_with("DELETE")), "{plan:?}");
}

async fn an_older_state_is_refused_also_when_the_subject_is_gone(base: &Database) {
    let mut place = base.place(12, 1);
    let at = |revision, family| SubjectState { revision, ..person("ada", family) };
    place.call(&at(8, "New"), Work::Apply).await.unwrap();
    let refused = place.call(&at(7, "Old"), Work::Apply).await.unwrap_err();
    let message = "The target is already at a newer state, 8.".to_owned();
    assert_eq!(refused, ConnectorError::Outdated { message });
    place.call(&at(8, "Newer"), Work::Apply).await.expect("an equal one is taken");
    place.call(&SubjectState { revision: 9, ..SubjectState::default() }, Work::Remove).await.unwrap();
    let refused = place.call(&at(8, "Old"), Work::Apply).await.unwrap_err();
    assert!(matches!(refused, ConnectorError::Outdated { .. }), "{refused:?}");
    assert_eq!(base.people(12).await, BTreeMap::new());
    place.call(&at(10, "Back"), Work::Apply).await.unwrap();
    assert_eq!(base.people(12).await.len(), 1);
}

async fn memberships_are_rows_of_their_people(base: &Database) {
    let mut ada = base.place(13, 1);
    let (mut bea, mut cleo, mut team) = (ada.another(2), ada.another(3), ada.group(7));
    let world = ada.world().clone();
    let rows = || base.numbers("SELECT id FROM sp_co_group_members WHERE co_id = 13 ORDER BY id");
    for (place, id) in [(&mut ada, 1), (&mut bea, 2), (&mut cleo, 3)] {
        place.call(&member(id, &[7, 8]), Work::Apply).await.unwrap();
        world.states.lock().unwrap().insert(id, member(id, &[7, 8]));
    }
    assert_eq!(rows().await, [701, 702, 703, 801, 802, 803]);

    // Somebody meddled: one is missing, one is of nobody there. A new group is compared, page by page.
    let key = |id: i64| format!("CoPerson/{id}");
    world.members.lock().unwrap().insert(7, vec![key(1), key(2), key(3)]);
    base.run("DELETE FROM sp_co_group_members WHERE co_id = 13 AND id = 702").await;
    let stray = "INSERT INTO sp_co_group_members (co_id, id, co_group_id, co_person_id, member) VALUES";
    base.run(&format!("{stray} (13, 799, 7, 99, true), (14, 799, 7, 99, true)")).await;
    let plan = team.plan(&group(7, "Team"), Work::Apply).await;
    let planned = world.listed.load(std::sync::atomic::Ordering::SeqCst);
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    assert_eq!(rows().await, [701, 702, 703, 801, 802, 803], "{plan:?}");
    let listed = world.listed.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(listed - planned, 2, "two pages");

    // One membership is one row, and nobody else is read.
    let plan = bea.plan(&member(2, &[8]), Work::Apply).await;
    assert_eq!(plan.steps.len(), 1, "{plan:?}");
    bea.call(&member(2, &[8]), Work::Apply).await.unwrap();
    team.call(&group(7, "Team, \"B\" + Ä"), Work::Apply).await.unwrap();
    assert_eq!(rows().await, [701, 703, 801, 802, 803]);
    assert_eq!(world.listed.load(std::sync::atomic::Ordering::SeqCst), listed, "no members were listed");

    // One that was begun before is compared again.
    base.run(&format!("{stray} (13, 799, 7, 99, true)")).await;
    world.members.lock().unwrap().insert(7, vec![key(1), key(3)]);
    world.states.lock().unwrap().insert(2, member(2, &[8]));
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    assert_eq!(rows().await, [701, 703, 799, 801, 802, 803]);
    team.resumes = true;
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    assert_eq!(rows().await, [701, 703, 801, 802, 803]);

    cleo.call(&SubjectState::default(), Work::Remove).await.unwrap();
    assert_eq!(rows().await, [701, 801, 802]);
    team.call(&SubjectState { revision: 4, ..SubjectState::default() }, Work::Remove).await.unwrap();
    assert_eq!(rows().await, [801, 802]);
    assert_eq!(base.numbers("SELECT id FROM sp_co_group_members WHERE co_id = 14").await, [799], "of another CO");

    // Where one group alone is at the target, only its memberships are.
    ada.target.provision_co_group_id = Some(9);
    ada.call(&member(1, &[8, 9]), Work::Apply).await.unwrap();
    assert_eq!(rows().await, [802, 901]);
}

/// Who is listed no more, and is a member again before the group is done, stays: the row is not another one.
async fn who_is_a_member_again_is_not_taken_out(base: &Database) {
    let mut ada = base.place(18, 1);
    let mut team = ada.group(7);
    ada.call(&member(1, &[7]), Work::Apply).await.unwrap();
    let world = ada.world().clone();
    world.states.lock().unwrap().insert(1, member(1, &[7]));
    team.call_and_crash(&group(7, "Team"), Work::Apply).await.unwrap();
    let rows = "SELECT id FROM sp_co_group_members WHERE co_id = 18";
    assert_eq!(base.numbers(rows).await, [701]);
    // What is true of her is that she is none.
    world.states.lock().unwrap().insert(1, member(1, &[]));
    team.call_and_crash(&group(7, "Team"), Work::Apply).await.unwrap();
    assert_eq!(base.numbers(rows).await, Vec::<i64>::new());
}

/// A person with a role that has an address, as the role was at a revision.
fn with_role(id: i64, subject: i64, role: Option<i64>) -> SubjectState {
    let state = change(person(&format!("person{id}"), "Oduya"), |person| {
        person.co_person.as_mut().unwrap().id = Some(id);
        let role = role.map(|at| CoPersonRole { id: Some(55), revision: Some(at), ..CoPersonRole::default() });
        person.addresses = role.iter().map(|_| address()).collect();
        person.roles = role.into_iter().collect();
    });
    SubjectState { revision: subject, ..state }
}

fn address() -> Address {
    Address { id: Some(4), co_person_role_id: Some(55), ..Address::default() }
}

/// What has moved on is not fetched back by a state of before.
async fn a_role_stays_whose_it_is_now(base: &Database) {
    let mut ada = base.place(22, 1);
    let (mut bea, mut cleo) = (ada.another(2), ada.another(3));
    ada.call(&with_role(1, 3, Some(0)), Work::Apply).await.unwrap();
    cleo.call(&with_role(3, 3, Some(2)), Work::Apply).await.unwrap();
    // As it was between the two, and then no more.
    bea.call(&with_role(2, 3, Some(1)), Work::Apply).await.unwrap();
    ada.call(&with_role(1, 4, None), Work::Apply).await.unwrap();
    bea.call(&with_role(2, 4, None), Work::Apply).await.unwrap();
    assert_eq!(base.numbers("SELECT id FROM sp_co_person_roles WHERE co_id = 22 AND co_person_id = 3").await, [55]);
    assert_eq!(base.numbers("SELECT id FROM sp_addresses WHERE co_id = 22 AND co_person_role_id = 55").await, [4]);
    cleo.remove().await;
    assert_eq!(base.numbers("SELECT id FROM sp_addresses WHERE co_id = 22").await, Vec::<i64>::new());
}

/// A role moves to another person: the calls for both have read it, and wait for somebody who looks at it. Afterwards it is the
/// other one's, with what hangs on it, whichever call goes on first.
pub(crate) async fn a_role_that_moves_is_lost_to_nobody(base: &Database, waiting: &str) {
    let mut ada = base.place(23, 1);
    let mut bea = ada.another(2);
    ada.call(&with_role(1, 3, Some(0)), Work::Apply).await.unwrap();
    bea.call(&with_role(2, 3, None), Work::Apply).await.unwrap();
    let db = base.open().await;
    let holder = db.begin().await.unwrap();
    let sql = "SELECT id FROM sp_co_person_roles WHERE co_id = 23 AND id = 55 FOR UPDATE";
    let held = Statement::from_string(db.get_database_backend(), sql);
    assert!(holder.query_one_raw(held).await.unwrap().is_some());
    let moved = [(ada, with_role(1, 4, None)), (bea, with_role(2, 4, Some(1)))].map(|(mut place, state)| {
        tokio::spawn(async move { place.call_and_crash(&state, Work::Apply).await.map(drop) })
    });
    while base.all(waiting).await.len() < 2 {
        assert!(!moved.iter().any(tokio::task::JoinHandle::is_finished), "somebody did not wait");
        tokio::task::yield_now().await;
    }
    holder.rollback().await.unwrap();
    for call in moved {
        call.await.unwrap().unwrap();
    }
    db.close().await.unwrap();
    assert_eq!(base.numbers("SELECT id FROM sp_co_person_roles WHERE co_id = 23 AND co_person_id = 2").await, [55]);
    assert_eq!(base.numbers("SELECT id FROM sp_addresses WHERE co_id = 23 AND co_person_role_id = 55").await, [4]);
}

/// A call with a state of before has read a role that stays as it is, and waits; meanwhile the role moves, and gets an address.
pub(crate) async fn what_hangs_on_a_role_that_moves_goes_with_it(base: &Database, waiting: &'static str) {
    let other = |title: &str| CoPersonRole { id: Some(56), title: Some(title.to_owned()), ..CoPersonRole::default() };
    let with = |title: &str, revision: i64| {
        let state = change(with_role(1, revision, Some(0)), |person| person.roles.push(other(title)));
        SubjectState { revision, ..state }
    };
    let mut ada = base.place(24, 1);
    let mut bea = ada.another(2);
    ada.call(&with("Analyst", 3), Work::Apply).await.unwrap();
    bea.call(&with_role(2, 3, None), Work::Apply).await.unwrap();
    let db = base.open().await;
    let holder = db.begin().await.unwrap();
    let sql = "SELECT id FROM sp_co_person_roles WHERE co_id = 24 AND id = 56 FOR UPDATE";
    assert!(holder.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().is_some());
    let call = |mut place: Place, state: SubjectState| {
        tokio::spawn(async move { place.call_and_crash(&state, Work::Apply).await.map(drop) })
    };
    let late = call(ada, with("Professor", 4));
    while base.all(waiting).await.is_empty() {
        tokio::task::yield_now().await;
    }
    let moved = change(with_role(2, 4, Some(1)), |person| {
        person.addresses.push(Address { id: Some(5), co_person_role_id: Some(55), ..Address::default() });
    });
    let moves = call(bea, moved);
    while !moves.is_finished() && base.all(waiting).await.len() < 2 {
        tokio::task::yield_now().await;
    }
    holder.rollback().await.unwrap();
    late.await.unwrap().unwrap();
    moves.await.unwrap().unwrap();
    db.close().await.unwrap();
    assert_eq!(base.numbers("SELECT id FROM sp_co_person_roles WHERE co_id = 24 AND co_person_id = 2").await, [55]);
    let addresses = "SELECT id FROM sp_addresses WHERE co_id = 24 AND co_person_role_id = 55 ORDER BY id";
    assert_eq!(base.numbers(addresses).await, [4, 5]);
}

/// Whether somebody waits for another one's rows.
pub(crate) type Waits = fn(Arc<Database>) -> BoxFuture<'static, bool>;

/// Her own event ends before the group's has written, or waits for it: she is no member afterwards.
pub(crate) async fn who_leaves_while_a_group_is_compared_is_no_member(base: Arc<Database>, waits: Waits) {
    let mut ada = base.place(19, 1);
    let mut team = ada.group(7);
    ada.call(&member(1, &[]), Work::Apply).await.unwrap();
    let world = ada.world().clone();
    world.members.lock().unwrap().insert(7, vec!["CoPerson/1".to_owned()]);
    world.states.lock().unwrap().insert(1, member(1, &[7]));
    let leaving = Arc::new(tokio::sync::Mutex::new(None));
    let (of_hers, again) = (Arc::clone(&leaving), Arc::clone(&base));
    *world.told.0.lock().unwrap() = Some(Box::pin(async move {
        // Over connections of her own.
        let mut ada = again.place(19, 1);
        let event = tokio::spawn(async move {
            let state = SubjectState { revision: 11, ..member(1, &[]) };
            ada.call_and_crash(&state, Work::Apply).await.map(drop)
        });
        while !event.is_finished() && !waits(Arc::clone(&again)).await {
            tokio::task::yield_now().await;
        }
        *of_hers.lock().await = Some(event);
    }));
    team.call_and_crash(&group(7, "Team"), Work::Apply).await.unwrap();
    leaving.lock().await.take().unwrap().await.unwrap().unwrap();
    assert_eq!(base.numbers("SELECT id FROM sp_co_group_members WHERE co_id = 19").await, Vec::<i64>::new());
}

/// A target begins with several calls at once, of one process or of several: whoever makes the tables, nobody is refused.
pub(crate) async fn whoever_is_first_makes_the_tables(base: &Database, is_one_process: bool) {
    let first = base.place(21, 1);
    let mut calls = tokio::task::JoinSet::new();
    for id in 1..=8 {
        let mut place = if is_one_process { first.another(id) } else { base.place(21, id) };
        calls.spawn(async move { place.call_and_crash(&member(id, &[]), Work::Apply).await.map(drop) });
    }
    assert_eq!(calls.join_all().await, vec![Ok(()); 8]);
    assert_eq!(base.numbers("SELECT id FROM sp_co_people WHERE co_id = 21 ORDER BY id").await, Vec::from_iter(1..=8));
}

async fn what_hangs_on_roles_goes_with_them(base: &Database) {
    let mut place = base.place(15, 1);
    let state = |roles: &[i64], cou: (&str, i64)| {
        change(person("ada", "Oduya"), |person| {
            let role = |id: &i64| CoPersonRole { id: Some(*id), cou_id: Some(5), ..CoPersonRole::default() };
            person.roles = roles.iter().map(role).collect();
            person.addresses = vec![Address { id: Some(4), co_person_role_id: Some(55), ..Address::default() }];
            person.addresses.retain(|_| roles.contains(&55));
            let (name, revision) = (Some(cou.0.to_owned()), Some(cou.1));
            person.cous = vec![Cou { id: Some(5), name, revision, ..Cou::default() }];
            let mail = Some("Mira@example.org".to_owned());
            person.email_addresses = vec![EmailAddress { id: Some(6), mail, ..EmailAddress::default() }];
        })
    };
    let count = async |table: &str| {
        let sql = format!("SELECT id FROM sp_{table} WHERE co_id = 15 ORDER BY id");
        base.numbers(&sql).await
    };
    place.call(&state(&[55, 56], ("Labs", 2)), Work::Apply).await.unwrap();
    assert_eq!((count("co_person_roles").await, count("addresses").await), (vec![55, 56], vec![4]));
    // An older COU, read by an event that was slower, does not overtake a newer one.
    place.call(&state(&[56], ("Old Labs", 1)), Work::Apply).await.unwrap();
    assert_eq!((count("co_person_roles").await, count("addresses").await), (vec![56], vec![]));
    let named = base.all("SELECT name FROM sp_cous WHERE co_id = 15").await;
    let names: BTreeSet<String> = named.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["Labs".to_owned()]));
    place.remove().await;
    for table in ["co_people", "names", "identifiers", "email_addresses", "co_person_roles", "addresses"] {
        assert_eq!(count(table).await, Vec::<i64>::new(), "{table}");
    }
    assert_eq!(count("cous").await, [5], "for reference");
}

/// A table that was there keeps its rows, and gets the columns that it lacks.
async fn tables_of_others_are_added_to(base: &Database) {
    base.run("CREATE TABLE its_names (id bigint, co_id bigint, given varchar(20), remark varchar(20))").await;
    base.run("INSERT INTO its_names (id, co_id, given, remark) VALUES (1, 99, 'theirs', 'kept')").await;
    let mut configuration = base.configuration.clone();
    configuration["TablePrefix"] = json!("its_");
    let mut place = Place::below(base.data.path(), "SqlProvisioner", 16, 1, &configuration);
    assert!(!place.plan(&person("ada", "Oduya"), Work::Apply).await.steps.is_empty());
    place.apply("ada", "Oduya").await;
    let rows = base.all("SELECT given, family, remark FROM its_names ORDER BY co_id").await;
    let seen: Vec<Seen> = rows.iter().map(texts).collect();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0]["family"][0].as_str(), seen[1]["remark"][0].as_str()), ("Oduya", "kept"));
    // Somebody drops a table that was there when the connection was opened.
    base.run("DROP TABLE its_identifiers").await;
    place.apply("ada", "Adeyemi").await;
    assert_eq!(base.all("SELECT id FROM its_identifiers").await.len(), 1);
}
