//! The connectors that this server has. The one place that names them.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    connector::{Connector, api::Api, changelog::Changelog, http, ldap::Directories},
    domain::subject::Kind,
};

/// The connectors, by the names that users know.
#[derive(Clone, Debug, Default)]
pub struct Connectors {
    by_plugin: BTreeMap<&'static str, Arc<dyn Connector>>,
}

impl Connectors {
    /// All of them. What they write goes below the data folder.
    ///
    /// # Errors
    /// If no HTTP client can be made.
    pub fn new(data: &Path) -> Result<Self, http::ClientError> {
        let all = Self::default().with(Arc::new(Changelog::new(data))).with(Arc::new(Api::new(http::client()?)));
        Ok(all.with(Arc::new(Directories::default())))
    }

    /// These, and one more.
    #[must_use]
    pub fn with(mut self, connector: Arc<dyn Connector>) -> Self {
        self.by_plugin.insert(connector.plugin(), connector);
        self
    }

    /// The connector of a name.
    #[must_use]
    pub fn get(&self, plugin: &str) -> Option<&Arc<dyn Connector>> {
        self.by_plugin.get(plugin)
    }

    /// Whether a connector carries subjects of a kind. One that this server does not have carries all: that it is
    /// missing is told to whoever asks.
    #[must_use]
    pub fn serves(&self, plugin: &str, kind: Kind) -> bool {
        self.get(plugin).is_none_or(|connector| connector.serves().contains(&kind))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.by_plugin.keys().copied()
    }
}
