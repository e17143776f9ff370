//! All contact with the services' code, but for the worker's: n processes of each on one SQLite file for each service.

use std::{path::Path, sync::Arc};

use chrono::{DateTime, Duration, Utc};
use messaging::{Broker, Message as Mail};
use person_role_service::{
    PersonRoleService,
    app::{
        add::add, delete::delete, edit::edit, follow_membership_dates::follow_membership_dates,
        follow_validity::follow_validity, list::list, reconcile::reconcile, record_outcomes::record_outcomes,
    },
    context::Fault,
    resource::Resource,
};
use prost::Message;
use proto::{
    caller::Caller,
    events::v1::{ProvisioningOutcome, RegistryEvent},
    provisioning::v1::{AcceptedMany, CoProvisioningTarget, CompareRequest, PlanRequest, ProvisionRequest},
    record::{Record, Slot},
    refusal::Refusal,
    registry::v1::{ListRequest, NamedText},
};
use provisioning_service::{
    EgressSettings, KeySource, ProvisioningService, RetentionSettings, Settings, WorkerSettings,
    app::{
        App, add_target, cancel_request, compare, delete_target, edit_target,
        guard_removals::{self, End},
        plan, provision, retry_request, retry_target, settle_places, sweep, take_changes,
    },
    domain::ids::{RequestId, TargetId},
    registry::Registry,
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use service_kit::{
    clock::Clock,
    database::Database,
    health::Health,
    planted::{self, Bug},
    rpc::Channel,
    telemetry,
};

use crate::sim::{broker::Lines, connector::ToTargets, target::Targets};

/// Statements that can be made to fail: those of a table that come before one of the services commits.
const STRUCK: [(&str, &str); 3] = [("INSERT", "outbox"), ("DELETE", "outbox"), ("INSERT", "inbox")];

/// The databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Registry,
    Provisioning,
}

/// Both services.
pub(crate) struct Services {
    /// The time of the databases.
    pub(crate) clock: Clock,
    pub(crate) caller: Caller,
    pub(crate) registries: Vec<PersonRoleService>,
    /// Each with the way to one registry process.
    pub(crate) provisioners: Vec<App>,
    stores: [Database; 2],
}

impl Services {
    /// Builds as many processes of each as there are offsets of clocks, in milliseconds.
    pub(crate) async fn build(folder: &Path, lines: &Lines, targets: &Targets, offsets_ms: &[i64]) -> Self {
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let open = async |name: &str| {
            let url = format!("sqlite://{}", folder.join(name).display());
            Database::open(&url, 1).await.unwrap()
        };
        let stores = [open("registry.sqlite").await, open("provisioning.sqlite").await];
        let broker = Broker::simulated(Arc::new(lines.clone()));
        let (mut registries, mut provisioners) = (Vec::new(), Vec::new());
        for offset in offsets_ms {
            let clock = clock.ahead_by(Duration::milliseconds(*offset));
            let registry = PersonRoleService::build(stores[0].clone(), broker.clone(), clock.clone()).await.unwrap();
            let service = ProvisioningService::build(
                Settings {
                    worker: WorkerSettings::default(),
                    retention: RetentionSettings::default(),
                    egress: EgressSettings::default(),
                    secrets: KeySource::Nowhere,
                },
                stores[1].clone(),
                broker.clone(),
                Channel::in_process(registry.routes()),
                folder.to_owned(),
                clock,
                Health::new(),
            )
            .await
            .unwrap()
            .with_random(Arc::new(|| 0.5))
            .with_connector(Arc::new(ToTargets(targets.clone())));
            registries.push(registry);
            provisioners.push(service.app().clone());
        }
        let caller = Caller {
            username: "client".to_owned(),
            api_user_id: None,
            co_id: None,
            privileged: true,
            ..Caller::default()
        };
        let services = Self { clock, caller, registries, provisioners, stores };
        services.prepare_strikes().await;
        if planted::is(Bug::NoUniqueRunning) {
            services.write(Store::Provisioning, "DROP INDEX requests_running").await;
        }
        services
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn store(&self, store: Store) -> &Database {
        &self.stores[usize::from(store == Store::Provisioning)]
    }

    async fn write(&self, store: Store, sql: &str) {
        self.store(store).writer().execute_unprepared(sql).await.unwrap();
    }

    pub(crate) async fn query(&self, store: Store, sql: &str) -> Vec<QueryResult> {
        let writer = self.store(store).writer();
        writer.query_all_raw(Statement::from_string(writer.get_database_backend(), sql)).await.unwrap()
    }

    pub(crate) async fn count(&self, store: Store, sql: &str) -> i64 {
        self.query(store, sql).await.first().map_or(0, |row| row.try_get_by_index(0).unwrap())
    }

    async fn prepare_strikes(&self) {
        for store in [Store::Registry, Store::Provisioning] {
            self.write(store, "PRAGMA synchronous = OFF").await;
            self.write(store, "CREATE TABLE struck (what text not null)").await;
            for (statement, table) in STRUCK {
                self.write(
                    store,
                    &format!(
                        "CREATE TRIGGER struck_{statement}_{table} BEFORE {statement} ON {table} \
                         WHEN EXISTS (SELECT 1 FROM struck WHERE what = '{statement} {table}') \
                         BEGIN SELECT RAISE(ABORT, 'the simulation struck'); END"
                    ),
                )
                .await;
            }
        }
    }

    /// From now on these statements fail at a database: as if the process had been killed before them.
    pub(crate) async fn strike(&self, store: Store, what: &str) {
        self.write(store, &format!("INSERT INTO struck VALUES ('{what}')")).await;
    }

    /// No statement is made to fail any more.
    pub(crate) async fn relent(&self, store: Store) {
        self.write(store, "DELETE FROM struck").await;
    }

    // The registry.

    pub(crate) async fn add<R: Resource>(&self, process: usize, message: R::Message) -> Result<i64, Fault> {
        let app = self.registries[process].app();
        add::<R>(app, &self.caller, Record::of(&message), &[]).await.map(|(id, _)| id)
    }

    pub(crate) async fn edit<R: Resource>(&self, process: usize, id: i64, message: R::Message) -> Result<(), Fault> {
        let mut record = Record::of(&message);
        for field in R::table().fields.iter().filter(|field| field.options.read_only) {
            record.set(&field.column, Slot::Absent);
        }
        edit::<R>(self.registries[process].app(), &self.caller, id, record, &[], None).await
    }

    pub(crate) async fn delete<R: Resource>(&self, process: usize, id: i64) -> Result<(), Fault> {
        delete::<R>(self.registries[process].app(), &self.caller, id, None).await
    }

    pub(crate) async fn reconcile(&self, process: usize, group: i64) -> Result<(), Fault> {
        reconcile(self.registries[process].app(), &self.caller, group).await.map(drop)
    }

    pub(crate) async fn list<R: Resource>(&self, filter: &str, value: i64) -> Vec<R::Message> {
        let filters = vec![NamedText { name: filter.to_owned(), value: value.to_string() }];
        let request = ListRequest { filters, ..ListRequest::default() };
        let page = list::<R>(self.registries[0].app(), &self.caller, &request).await.unwrap();
        page.records.iter().map(|record| record.to_message().unwrap()).collect()
    }

    pub(crate) async fn sweep(&self, process: usize) -> Result<(), Fault> {
        let app = self.registries[process].app();
        follow_membership_dates(app).await?;
        while follow_validity(app).await? {}
        Ok(())
    }

    pub(crate) async fn record_history(&self, process: usize, mail: &[Mail]) -> Result<(), Fault> {
        let outcomes: Vec<ProvisioningOutcome> =
            mail.iter().map(|mail| ProvisioningOutcome::decode(mail.body.as_ref()).unwrap()).collect();
        record_outcomes(self.registries[process].app(), &outcomes).await
    }

    /// Sends what is in an outbox.
    pub(crate) async fn relay(&self, store: Store, process: usize) -> Result<(), DbErr> {
        match store {
            Store::Registry => self.registries[process].app().relay.send_batch().await,
            Store::Provisioning => self.provisioners[process].relay.send_batch().await,
        }
        .map(|_sent| ())
    }

    // Provisioning.

    pub(crate) async fn take_changes(&self, process: usize, mail: &[Mail]) -> Result<(), DbErr> {
        let change = |mail: &Mail| {
            let traceparent = mail.headers.iter().find(|(name, _)| name == telemetry::TRACEPARENT);
            let event = RegistryEvent::decode(mail.body.as_ref()).unwrap();
            take_changes::Change::all_of(&event, traceparent.map(|(_, value)| value.as_str())).0
        };
        let changes: Vec<take_changes::Change> = mail.iter().flat_map(change).collect();
        take_changes::run(&self.provisioners[process], &changes).await
    }

    /// A process that reaches the registry through one of its processes.
    pub(crate) fn provisioner(&self, process: usize, registry: usize) -> App {
        let channel = Channel::in_process(self.registries[registry].routes());
        App { registry: Registry::new(channel), ..self.provisioners[process].clone() }
    }

    pub(crate) async fn settle(&self, process: usize) -> Result<(), DbErr> {
        sweep::settle(&self.provisioners[process]).await?;
        settle_places::run(&self.provisioners[process]).await
    }

    pub(crate) async fn add_target(&self, process: usize, target: CoProvisioningTarget) -> Result<i64, Refusal> {
        add_target::run(&self.provisioners[process], &self.caller, &target, &[]).await.map(|(id, _)| id.0)
    }

    pub(crate) async fn edit_target(&self, process: usize, target: CoProvisioningTarget) -> Result<(), Refusal> {
        let sent = Record::of(&target).sent();
        edit_target::run(&self.provisioners[process], &self.caller, &target, &[], &sent, None).await
    }

    pub(crate) async fn delete_target(&self, process: usize, id: i64) -> Result<(), Refusal> {
        delete_target::run(&self.provisioners[process], &self.caller, TargetId(id), None).await
    }

    /// Asks for a subject, or for many, by the name of the path parameter; gives the request.
    pub(crate) async fn provision(&self, process: usize, target: i64, kind: &str, id: i64) -> Result<i64, Refusal> {
        let wish = ProvisionRequest {
            co_provisioning_target_id: target,
            subject: kind.to_owned(),
            subject_id: id,
            wait_ms: 0,
            ..ProvisionRequest::default()
        };
        let answer = provision::run(&self.provisioners[process], &self.caller, &wish).await?;
        Ok(answer.co_provisioning_request_id)
    }

    pub(crate) async fn cancel(&self, process: usize, request: i64) -> Result<(), Refusal> {
        cancel_request::run(&self.provisioners[process], &self.caller, RequestId(request), None).await
    }

    pub(crate) async fn retry(&self, process: usize, request: i64) -> Result<i64, Refusal> {
        retry_request::run(&self.provisioners[process], &self.caller, RequestId(request)).await.map(|(id, _)| id.0)
    }

    pub(crate) async fn retry_target(&self, process: usize, target: i64) -> Result<AcceptedMany, Refusal> {
        retry_target::run(&self.provisioners[process], &self.caller, TargetId(target), None).await
    }

    pub(crate) async fn release(&self, process: usize, target: i64) -> Result<AcceptedMany, Refusal> {
        guard_removals::end(&self.provisioners[process], &self.caller, TargetId(target), End::Release).await
    }

    pub(crate) async fn drop_held(&self, process: usize, target: i64) -> Result<AcceptedMany, Refusal> {
        guard_removals::end(&self.provisioners[process], &self.caller, TargetId(target), End::Drop).await
    }

    pub(crate) async fn compare(&self, process: usize, target: i64, mends: (bool, bool)) -> Result<i64, Refusal> {
        let (repair, remove_extra) = mends;
        let wish = CompareRequest { co_provisioning_target_id: target, repair, remove_extra };
        compare::run(&self.provisioners[process], &self.caller, &wish).await.map(|(id, _)| id.0)
    }

    pub(crate) async fn plan(&self, process: usize, target: i64, kind: &str, id: i64) -> Result<(), Refusal> {
        let wish = PlanRequest {
            co_provisioning_target_id: target,
            subject: kind.to_owned(),
            subject_id: id,
            limit: 100,
            ..PlanRequest::default()
        };
        plan::run(&self.provisioners[process], &self.caller, &wish).await.map(drop)
    }
}
