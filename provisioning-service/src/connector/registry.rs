//! The connectors that this server has. The one place that names them.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    connector::{
        Connector, amqp::Brokers, api::Api, changelog::Changelog, dialer::Dialer, guarded::Guarded, http,
        ldap::Directories, scim::Scim, sql::Databases,
    },
    domain::{subject::Kind, target::Target},
};

/// The connectors, by the names that users know.
#[derive(Clone, Debug, Default)]
pub struct Connectors {
    by_plugin: BTreeMap<&'static str, Arc<dyn Connector>>,
}

impl Connectors {
    /// All of them. What they write goes below the data folder, and they connect to where a dialer lets them.
    ///
    /// # Errors
    /// If no HTTP client can be made.
    pub fn new(data: &Path, dialer: &Dialer) -> Result<Self, http::ClientError> {
        let client = http::Client::new(dialer.clone())?;
        let all: [Arc<dyn Connector>; 6] = [
            Arc::new(Changelog::new(data)),
            Arc::new(Api::new(client.clone())),
            Arc::new(Directories::new(dialer.clone())),
            Arc::new(Databases::new(data, dialer.clone())),
            Arc::new(Brokers::new(dialer.clone())),
            Arc::new(Scim::new(client)),
        ];
        Ok(all.into_iter().fold(Self::default(), Self::with))
    }

    /// These, and one more.
    #[must_use]
    pub fn with(mut self, connector: Arc<dyn Connector>) -> Self {
        self.by_plugin.insert(connector.plugin(), Arc::new(Guarded(connector)));
        self
    }

    /// The connector of a name.
    #[must_use]
    pub fn get(&self, plugin: &str) -> Option<&Arc<dyn Connector>> {
        self.by_plugin.get(plugin)
    }

    /// Whether subjects of a kind are carried to a target. A connector that this server does not have carries all: that it is
    /// missing is told to whoever asks.
    #[must_use]
    pub fn serves(&self, target: &Target, kind: Kind) -> bool {
        self.get(&target.plugin).is_none_or(|connector| connector.serves(target).contains(&kind))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.by_plugin.keys().copied()
    }
}
