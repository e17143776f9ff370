//! `ChangelogProvisioner`: one line of JSON for each application, appended to a file. Good for tests, and as an audit.

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::{
    connector::{
        Connector, Job, confined,
        description::Description,
        digest,
        plan::{Plan, Protocol, Step},
    },
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        target::Target,
    },
};

mod configuration;
mod files;
pub(super) mod line;

/// Appends to files, in a folder for each CO: what one CO writes, no other can add to.
#[derive(Debug)]
pub struct Changelog {
    folder: PathBuf,
    files: files::Files,
}

impl Changelog {
    /// Writes below a data folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("changelog"), files: files::Files::default() }
    }

    /// The folder, and the file in it.
    fn place(&self, target: &Target) -> Result<(PathBuf, PathBuf), ConnectorError> {
        let told: configuration::Configuration = configuration::DESCRIPTION.read(&target.configuration)?;
        let folder = confined::folder(&self.folder, target.co_id);
        let path = folder.join(told.log_file);
        Ok((folder, path))
    }

    async fn append(&self, job: &Job<'_>, work: Work) -> Result<Applied, ConnectorError> {
        let (folder, path) = self.place(job.target)?;
        let (stable, mut text) = texts(job, work)?;
        text.push('\n');
        self.files.append(&folder, &path, text.into_bytes()).await?;
        let digest = digest::of(stable.as_bytes());
        Ok(Applied { key: None, digest: Some(digest), ..Applied::default() })
    }
}

fn texts(job: &Job<'_>, work: Work) -> Result<(String, String), ConnectorError> {
    line::texts(job, work).map_err(|error| ConnectorError::permanent(format!("The line cannot be written: {error}.")))
}

#[async_trait]
impl Connector for Changelog {
    fn plugin(&self) -> &'static str {
        "ChangelogProvisioner"
    }

    fn gathers(&self) -> bool {
        true
    }

    fn configuration(&self) -> &'static Description {
        &configuration::DESCRIPTION
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        self.place(job.target)?;
        let (stable, text) = texts(job, work)?;
        let stable = Some(stable);
        Ok(Plan::blind(vec![Step { protocol: Protocol::File, text, stable }]))
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.append(job, Work::Apply).await
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.append(job, Work::Remove).await
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        let (folder, path) = self.place(target)?;
        self.files.append(&folder, &path, Vec::new()).await
    }
}
