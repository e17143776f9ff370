//! A registry on a database of its own, with a clock that is moved by hand.

use chrono::{DateTime, Utc};
use messaging::{Broker, outbox};
use person_role_service::{
    PersonRoleService,
    app::{
        add::add, delete::delete, edit::edit, follow_membership_dates::follow_membership_dates,
        follow_validity::follow_validity, list::list, view::view,
    },
    context::{App, Fault},
    resource::Resource,
    store::entity::{co::Cos, co_person::CoPeople, co_person_role::CoPersonRoles, cou::Cous},
};
use prost::Message;
use proto::{
    caller::Caller,
    events::v1::RegistryEvent,
    record::Record,
    registry::v1::{self as v1, ListRequest, NamedText, Status},
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement};
use service_kit::{clock::Clock, database::Database};

pub(crate) struct House {
    pub(crate) service: PersonRoleService,
    pub(crate) clock: Clock,
    pub(crate) caller: Caller,
    _folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("registry.sqlite").display());
        Self::on(url, folder).await
    }

    pub(crate) async fn on_postgres() -> Self {
        let server = testkit::postgres::Postgres::shared().await;
        let url = server.create_database("registry").await;
        Self::on(url, tempfile::tempdir().unwrap()).await
    }

    async fn on(url: String, folder: tempfile::TempDir) -> Self {
        let start: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
        let clock = Clock::manual(start);
        let database = Database::open(&url, 8).await.unwrap();
        let service = PersonRoleService::build(database, Broker::in_process(), clock.clone()).await.unwrap();
        let caller = Caller {
            username: "tester".to_owned(),
            api_user_id: Some(1),
            co_id: None,
            privileged: true,
            ..Caller::default()
        };
        Self { service, clock, caller, _folder: folder }
    }

    /// The same registry by another clock.
    pub(crate) async fn with_clock(&self, clock: Clock) -> Self {
        let database = self.app().database.clone();
        let service = PersonRoleService::build(database, Broker::in_process(), clock.clone()).await.unwrap();
        Self { service, clock, caller: self.caller.clone(), _folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn app(&self) -> &App {
        self.service.app()
    }

    pub(crate) async fn add<R: Resource>(&self, message: R::Message) -> Result<i64, Fault> {
        add::<R>(self.app(), &self.caller, Record::of(&message), &[]).await.map(|(id, _)| id)
    }

    pub(crate) async fn edit<R: Resource>(&self, id: i64, message: R::Message) -> Result<(), Fault> {
        edit::<R>(self.app(), &self.caller, id, Record::of(&message), &[], None).await
    }

    pub(crate) async fn delete<R: Resource>(&self, id: i64) -> Result<(), Fault> {
        delete::<R>(self.app(), &self.caller, id, None).await
    }

    pub(crate) async fn view<R: Resource>(&self, id: i64) -> R::Message {
        view::<R>(self.app(), &self.caller, id).await.unwrap().to_message().unwrap()
    }

    pub(crate) async fn list<R: Resource>(&self, filter: &str, value: i64) -> Vec<R::Message> {
        let filters = vec![NamedText { name: filter.to_owned(), value: value.to_string() }];
        let request = ListRequest { filters, ..ListRequest::default() };
        let page = list::<R>(self.app(), &self.caller, &request).await.unwrap();
        page.records.iter().map(|record| record.to_message().unwrap()).collect()
    }

    pub(crate) async fn co(&self, name: &str) -> i64 {
        let status = Some(v1::CoStatus::Active.into());
        self.add::<Cos>(v1::Co { name: Some(name.to_owned()), status, ..v1::Co::default() }).await.unwrap()
    }

    pub(crate) async fn cou(&self, co_id: i64, name: &str) -> i64 {
        self.add::<Cous>(v1::Cou { co_id: Some(co_id), name: Some(name.to_owned()), ..v1::Cou::default() })
            .await
            .unwrap()
    }

    pub(crate) async fn person(&self, co_id: i64, status: Status) -> i64 {
        let person = v1::CoPerson { co_id: Some(co_id), status: Some(status.into()), ..v1::CoPerson::default() };
        self.add::<CoPeople>(person).await.unwrap()
    }

    pub(crate) async fn role(&self, person: i64, cou: Option<i64>, status: Status) -> i64 {
        self.add::<CoPersonRoles>(role(person, cou, status)).await.unwrap()
    }

    pub(crate) async fn status(&self, person: i64) -> Status {
        self.view::<CoPeople>(person).await.status()
    }

    /// Lets the dates that have passed act, as the service does each second.
    pub(crate) async fn dates(&self) {
        follow_membership_dates(self.app()).await.unwrap();
        while follow_validity(self.app()).await.unwrap() {}
    }

    /// Waits until so many connections to PostgreSQL wait for locks.
    pub(crate) async fn so_many_wait(&self, many: usize) {
        // What waits for a moment, for the end of another one's statement, is not held.
        let sql = "SELECT a.pid FROM pg_stat_activity AS a WHERE a.wait_event_type = 'Lock' AND a.datname = current_database() \
                   AND EXISTS (SELECT 1 FROM pg_locks AS l WHERE l.pid = a.pid AND NOT l.granted \
                   AND l.waitstart < clock_timestamp() - interval '100 ms')";
        let waiting = Statement::from_string(DbBackend::Postgres, sql);
        while self.app().database.reader().query_all_raw(waiting.clone()).await.unwrap().len() < many {
            tokio::task::yield_now().await;
        }
    }

    /// Takes the events that wait in the outbox, those that travel together one by one.
    pub(crate) async fn events(&self) -> Vec<RegistryEvent> {
        let one_by_one = |mut event: RegistryEvent| {
            let others = std::mem::take(&mut event.together);
            std::iter::once(event).chain(others)
        };
        self.messages().await.into_iter().flat_map(one_by_one).collect()
    }

    /// Takes the messages that wait in the outbox.
    pub(crate) async fn messages(&self) -> Vec<RegistryEvent> {
        let writer = self.app().database.writer();
        let rows = outbox::row::Entity::find().all(writer).await.unwrap();
        outbox::row::Entity::delete_many().exec(writer).await.unwrap();
        rows.iter().map(|row| RegistryEvent::decode(row.body.as_slice()).unwrap()).collect()
    }
}

pub(crate) fn role(person: i64, cou: Option<i64>, status: Status) -> v1::CoPersonRole {
    v1::CoPersonRole {
        co_person_id: Some(person),
        cou_id: cou,
        affiliation: Some("staff".to_owned()),
        status: Some(status.into()),
        ..v1::CoPersonRole::default()
    }
}
