//! The registry: COs, COUs, people, roles, groups, lists, API users and history.
//!
//! One way down: `grpc` is the face, `app` the use cases, `resource` the rules of each resource, `follow` what follows from
//! a change, [`change`] the transaction, its history, versions and events, `store` the rows and their facts, `domain` the
//! pure rules.

use std::{sync::Arc, time::Duration};

use messaging::{
    Broker, ConsumerSettings, Queue,
    outbox::{self, Relay},
};
use sea_orm::{DbBackend, DbErr, EntityTrait, PaginatorTrait};
use service_kit::{
    audit::{AuditSettings, Log, Source},
    clock::Clock,
    config::ConfigError,
    database::Database,
    idempotency::InUse,
    keep::keep,
    rpc::Near,
    statistics,
    turns::Turns,
};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::{
    app::{bootstrap::Made, forget_deleted},
    context::{App, Fault},
    mail::{MailSettings, Mailer},
    store::{
        revisions::floor::Floor,
        time::{DatesTold, told_at_last},
        uses::Uses,
    },
};

pub mod app;
pub mod change;
mod consumer;
pub mod context;
pub mod domain;
pub mod follow;
mod grpc;
pub mod keys;
pub mod mail;
pub mod migration;
pub mod resource;
pub mod rights;
pub mod settings;
pub mod store;

/// How often roles whose time has come are looked for.
const VALIDITY_ROUND: Duration = Duration::from_secs(1);

/// How often mails that are due are looked for.
const MAIL_ROUND: Duration = Duration::from_secs(1);

/// How long an invitation can be answered where nothing else is set, in days.
const DEFAULT_INVITE_DAYS: i64 = 7;

/// How often what waits is measured.
const MEASURING: Duration = Duration::from_secs(10);

/// The registry, ready to be served.
#[derive(Clone, Debug)]
pub struct PersonRoleService {
    app: App,
    broker: Broker,
    mailer: Option<Mailer>,
    deleted_days: u32,
}

/// The turns of changes and of searches: together three quarters of the connections. A SQLite file has one writer, for whom the
/// others wait without a connection.
fn turns(database: &Database) -> [Turns; 2] {
    let connections = usize::try_from(database.connections()).unwrap_or(1);
    let changes = if database.backend() == DbBackend::Sqlite { 64 } else { connections / 2 };
    [Turns::new("changes", changes), Turns::new("searches", connections / 4)]
}

impl PersonRoleService {
    /// Brings the database up to date and makes the service. Waits for a database that is away.
    ///
    /// # Errors
    /// If a migration fails.
    pub async fn build(database: Database, broker: Broker, clock: Clock) -> Result<Self, DbErr> {
        database.migrate::<migration::Migrator>().await?;
        let relay = Relay::new(database.clone(), broker.clone()).joining(change::joined::join);
        let hashing = keys::Hasher::start().map_err(|error| DbErr::Custom(format!("no thread for keys: {error}")))?;
        let invite_validity = chrono::Duration::days(DEFAULT_INVITE_DAYS);
        let [changes, searches] = turns(&database);
        let dates_told = DatesTold::default();
        if let Some(known) = told_at_last(database.reader()).await? {
            dates_told.saw(known);
        }
        Ok(Self {
            app: App {
                audit: Log::of(Source::Registry),
                uses: Uses::default(),
                changes,
                searches,
                database,
                clock,
                relay,
                hashing,
                floor: Floor::default(),
                dates_told,
                in_use: InUse::default(),
                invite_validity,
                invites_per_hour: 0,
            },
            broker,
            mailer: None,
            deleted_days: 0,
        })
    }

    /// The same, which sends the mails of invitations. Without it they wait.
    ///
    /// # Errors
    /// A sentence on what to change in the settings.
    pub fn with_mail(mut self, settings: &MailSettings) -> Result<Self, ConfigError> {
        self.mailer = Mailer::new(settings)?;
        self.app.invite_validity = chrono::Duration::days(i64::from(settings.invite_days));
        self.app.invites_per_hour = settings.invites_per_hour;
        Ok(self)
    }

    /// The same, with the security log as it is set (D60).
    #[must_use]
    pub fn with_audit(mut self, settings: AuditSettings) -> Self {
        self.app.audit = self.app.audit.with(settings);
        self
    }

    /// The same, which takes away for good what was deleted longer ago than so many days; 0: never.
    #[must_use]
    pub fn with_retention(mut self, deleted_days: u32) -> Self {
        self.deleted_days = deleted_days;
        self
    }

    /// The use cases, for tools that work on the registry without gRPC.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Makes the first platform user, unless there is one ([`app::bootstrap`]).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn bootstrap(&self, name: &str, key: Option<&str>) -> Result<Option<Made>, Fault> {
        app::bootstrap::bootstrap(&self.app, name, key).await
    }

    /// The routes to its gRPC services.
    #[must_use]
    pub fn routes(&self) -> Routes {
        grpc::routes(&self.app)
    }

    /// The routes to views, which the thread that asks may answer by itself.
    #[must_use]
    pub fn near_routes(&self) -> Routes {
        grpc::near(&self.app)
    }

    /// What a process of its own answers on the threads of its connections: views.
    #[must_use]
    pub fn near(&self) -> Near {
        let app = self.app.clone();
        Near::new(move || {
            let app = app.clone();
            async move {
                let database = app.database.of_thread().await?;
                Ok(grpc::near(&App { database, ..app }))
            }
        })
    }

    /// Does what is done beside serving, until the process stops: relays events, records outcomes, follows validity.
    pub async fn run(self, stop: CancellationToken) {
        let Self { app, broker, mailer, deleted_days } = self;
        tokio::join!(
            keep("relay", stop.clone(), |stop| app.relay.clone().run(stop)),
            keep("outcomes", stop.clone(), |stop| outcomes(app.clone(), broker.clone(), stop)),
            keep("sweep", stop.clone(), |stop| sweep(app.clone(), stop)),
            keep("statistics", stop.clone(), |stop| statistics::run(app.database.clone(), stop)),
            keep("mail", stop.clone(), |stop| send_mail(app.clone(), mailer.clone(), stop)),
            keep("measure", stop.clone(), |stop| measure(app.clone(), broker.clone(), stop)),
            keep("retention", stop.clone(), |stop| forget_deleted::hourly::run(app.clone(), deleted_days, stop)),
        );
    }
}

async fn outcomes(app: App, broker: Broker, stop: CancellationToken) {
    let outcomes = Arc::new(consumer::Outcomes { app });
    let consume = |queue| {
        broker.consume(
            queue,
            ConsumerSettings::new(1000, 500),
            Arc::<consumer::Outcomes>::clone(&outcomes),
            stop.clone(),
        )
    };
    tokio::join!(consume(Queue::RegistryOutcomes), consume(Queue::FormerOutcomes));
}

/// Measures what waits in the outbox and what lies among the dead letters: both are to be zero.
async fn measure(app: App, broker: Broker, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Ok(waiting) = outbox::row::Entity::find().count(app.database.reader()).await {
            #[expect(clippy::cast_precision_loss, reason = "a gauge")]
            metrics::gauge!("cohort_outbox_messages", "service" => "person-role").set(waiting as f64);
        }
        if let Ok(dead) = broker.dead_letters().await {
            #[expect(clippy::cast_precision_loss, reason = "a gauge")]
            metrics::gauge!("cohort_dead_letters").set(dead as f64);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(MEASURING) => {}
        }
    }
}

/// Sends the mails of invitations, if mail can be sent at all.
async fn send_mail(app: App, mailer: Option<Mailer>, stop: CancellationToken) {
    let Some(mailer) = mailer else {
        tracing::info!("no mail is sent: mail.smtp_url is not set; invitations wait");
        return stop.cancelled().await;
    };
    while !stop.is_cancelled() {
        match app::send_invites::send_invites(&app, &mailer).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(fault) => tracing::warn!(error = %fault.into_refusal(), "mail cannot be sent now; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(MAIL_ROUND) => {}
        }
    }
}

async fn sweep(app: App, stop: CancellationToken) {
    let mut rounds: u64 = 0;
    while !stop.is_cancelled() {
        if let Err(fault) = app::follow_membership_dates::follow_membership_dates(&app).await {
            tracing::warn!(error = %fault.into_refusal(), "membership dates cannot be followed now; trying again");
        }
        match app::follow_validity::follow_validity(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(fault) => {
                tracing::warn!(error = %fault.into_refusal(), "validity cannot be followed now; trying again")
            }
        }
        if rounds.is_multiple_of(60)
            && let Err(error) = app.uses.write(app.database.writer()).await
        {
            tracing::warn!(%error, "when API users logged in last is not written down");
        }
        if rounds.is_multiple_of(60)
            && let Err(error) = migration::m0009_fill::fill(app.database.writer()).await
        {
            tracing::warn!(%error, "versions cannot be filled now; trying again");
        }
        if rounds.is_multiple_of(3600)
            && let Err(fault) = app::record_outcomes::forget_old_messages(&app).await
        {
            tracing::warn!(error = %fault.into_refusal(), "old messages cannot be forgotten now; trying again");
        }
        rounds += 1;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(VALIDITY_ROUND) => {}
        }
    }
    if let Err(error) = app.uses.write(app.database.writer()).await {
        tracing::warn!(%error, "when API users logged in last is not written down");
    }
}
