//! `ChangelogProvisioner`: one line of JSON for each application, appended to a file. Good for tests, and as an audit.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

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
        let data = line::data(job, work);
        let digest = digest::of(&text_of(&data)?);
        let mut text = text_of(&line::with_meta(data, job, work))?;
        text.push(b'\n');
        self.files.append(&folder, &path, text).await?;
        Ok(Applied { key: None, digest: Some(digest), ..Applied::default() })
    }
}

fn text_of(object: &Map<String, Json>) -> Result<Vec<u8>, ConnectorError> {
    serde_json::to_vec(object)
        .map_err(|error| ConnectorError::permanent(format!("The line cannot be written: {error}.")))
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
        let data = line::data(job, work);
        let stable = Some(Json::Object(data.clone()).to_string());
        let text = Json::Object(line::with_meta(data, job, work)).to_string();
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
