//! What all requests share.

use service_kit::{clock::Clock, health::Health};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::Authenticator, bodies::Bodies, lists::Lists, samples::Samples, services::Services, sessions::Sessions,
    settings::Settings,
};

/// What all requests share; one for the process.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub settings: Settings,
    /// The services behind the gateway.
    pub services: Services,
    /// Knows who asks.
    pub authenticator: Authenticator,
    /// Who is logged in to the console.
    pub sessions: Sessions,
    /// What waited at targets, for the console.
    pub samples: Samples,
    /// The time.
    pub clock: Clock,
    /// The long lists that are being sent.
    pub lists: Lists,
    /// The bodies that come.
    pub bodies: Bodies,
    /// The searches that run.
    pub searches: Lists,
    /// The streams of events.
    pub events: Lists,
    /// The streams of events of pages of the console.
    pub pages: Lists,
    /// The process stops: what would not end by itself is to end.
    pub stopping: CancellationToken,
    /// What the parts of the process say of themselves.
    pub health: Health,
    /// The requests that run.
    pub running: TaskTracker,
}
