//! `cohort ledger`: proves from the databases that what was accepted was done (D56).

use std::time::Duration;

use clap::{Args, Subcommand};
use person_role_service::store::revisions;
use proto::registry::v1 as wire;
use provisioning_service::{
    app::verify_ledger::{self, Current},
    domain::subject::Subject,
};
use service_kit::database::Database;

use crate::settings::Settings;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What can be done with the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Checks the numbers, the sums and the requests of the ledger, and that no change of the registry was lost. It only
    /// reads, also while the server runs. Exit code 1 if something is wrong.
    Verify(Urls),
}

/// Where the databases are, if not in the data folder.
#[derive(Debug, Args)]
pub(crate) struct Urls {
    /// The database of the registry, postgres://user@host/name; PGPASSWORD and .pgpass are used.
    #[arg(long, requires = "provisioning")]
    registry: Option<String>,
    /// The database of the provisioning service.
    #[arg(long, requires = "registry")]
    provisioning: Option<String>,
}

/// When what seems lost is looked at once more.
const AGAIN: Duration = Duration::from_secs(5);

/// Subjects that are compared at a time.
const PAGE: u32 = 1000;

/// Runs a command.
pub(crate) async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let Command::Verify(Urls { registry, provisioning }) = command;
    if registry.is_none() && !settings.data.join("registry.sqlite").exists() {
        let data = settings.data.display();
        return Err(format!(
            "There are no databases in {data}: set COHORT_DATA, or name them by --registry and --provisioning."
        )
        .into());
    }
    let open = async |url: Option<String>, name: &str| {
        Database::open(&url.unwrap_or_else(|| settings.database(name)), 1).await
    };
    let registry = open(registry, "registry").await?;
    let provisioning = open(provisioning, "provisioning").await?;
    let result = verify(&registry, &provisioning).await;
    registry.close().await;
    provisioning.close().await;
    result
}

async fn verify(registry: &Database, provisioning: &Database) -> Result<(), Failure> {
    let verify_ledger::Report { told, mut wrong } = verify_ledger::run(provisioning).await?;
    told.iter().for_each(|line| println!("{line}"));
    // Looked at before the places: what is sent meanwhile is not taken for lost.
    let unsent = revisions::unsent(registry.reader()).await?;
    if unsent > 0 {
        println!(
            "{unsent} messages of the registry wait to be sent: whether changes were lost can be told when none does."
        );
    } else {
        let (subjects, mut lost) = compare(registry, provisioning).await?;
        if !lost.is_empty() {
            // What was sent and not taken yet is not lost.
            tokio::time::sleep(AGAIN).await;
            let (_, still) = compare(registry, provisioning).await?;
            lost.retain(|lost| still.contains(lost));
        }
        println!("{subjects} subjects of the registry were compared.");
        wrong.extend(lost);
    }
    if wrong.is_empty() {
        println!("The ledger is whole.");
        return Ok(());
    }
    wrong.iter().for_each(|line| println!("WRONG: {line}"));
    Err(format!("The ledger does not agree in {} points.", wrong.len()).into())
}

/// Compares the revisions of all subjects with those that the targets have. Gives how many there are, and what was lost.
async fn compare(registry: &Database, provisioning: &Database) -> Result<(usize, Vec<String>), Failure> {
    let (mut subjects, mut lost, mut after) = (0, Vec::new(), (0, 0));
    loop {
        let page = revisions::page(registry.reader(), after, PAGE).await?;
        let Some((kind, id, _)) = page.last() else { return Ok((subjects, lost)) };
        after = (*kind, *id);
        subjects += page.len();
        let current: Vec<Current> = page.iter().filter_map(current).collect();
        lost.extend(verify_ledger::lost(provisioning, &current).await?);
    }
}

fn current((kind, id, revision): &(i64, i64, i64)) -> Option<Current> {
    let subject = Subject::of_wire(&wire::Subject { kind: i32::try_from(*kind).ok()?, id: *id })?;
    Some(Current { kind: subject.kind.code(), id: subject.id, revision: *revision })
}
