//! `cohort api-user`: API users, managed from the command line, also while the server runs.

use clap::Subcommand;
use person_role_service::{
    PersonRoleService,
    app::{add::add, list::list, rotate_key::rotate_key},
    resource::Extras,
    store::entity::api_user::ApiUsers,
};
use proto::{
    caller::Caller,
    record::{Record, Value},
    registry::v1::{ApiUser, ListRequest, SuspendableStatus},
};
use service_kit::{clock::Clock, database::Database};

use crate::settings::Settings;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What can be done with API users.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes an API user and prints its key, once.
    Add {
        /// Its name, without the prefix of its CO.
        name: String,
        /// The id of its CO. Without it: a platform user, who may do everything.
        #[arg(long)]
        co: Option<i64>,
        /// Without privileges.
        #[arg(long)]
        unprivileged: bool,
        /// What it may, and nothing else: read, write, provision, provision:ID, keys, audit, co_people:read, …
        #[arg(long = "scope")]
        scopes: Vec<String>,
    },
    /// Lists all API users.
    List,
    /// Makes a new key for an API user and prints it, once; the old key ends.
    Rotate {
        /// The full name, such as co_2.loader.
        name: String,
    },
}

/// Runs a command on the registry's database.
pub(crate) async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let database = Database::open(&settings.database("registry"), 1).await?;
    let registry = PersonRoleService::build(database.clone(), messaging::Broker::in_process(), Clock::system()).await?;
    let house = Caller::house();
    match command {
        Command::Add { name, co, unprivileged, scopes } => {
            let user = ApiUser {
                co_id: co,
                username: Some(name),
                privileged: Some(!unprivileged && scopes.is_empty()),
                scopes,
                status: Some(SuspendableStatus::Active.into()),
                ..ApiUser::default()
            };
            let added = add::<ApiUsers>(registry.app(), &house, Record::of(&user), &[]).await;
            let (_, extras) = added.map_err(|fault| sentence(&fault.into_refusal()))?;
            print(&extras);
        }
        Command::List => {
            for user in users(&registry).await? {
                let co = user.int("co_id").map_or_else(|| "platform".to_owned(), |co| format!("CO {co}"));
                let privileged = matches!(user.get("privileged"), Some(Value::Bool(true)));
                let rights = match user.get("scopes") {
                    Some(Value::Texts(scopes)) => scopes.join(" "),
                    _ => if privileged { "privileged" } else { "unprivileged" }.to_owned(),
                };
                println!("{:>6}  {:<30} {co:<10} {rights}", user.int("id").unwrap_or_default(), login(&user));
            }
        }
        Command::Rotate { name } => {
            let users = users(&registry).await?;
            let user = users.iter().find(|user| login(user) == name);
            let id = user
                .and_then(|user| user.int("id"))
                .ok_or_else(|| format!("There is no API user {name}; `cohort api-user list` shows them."))?;
            print(&rotate_key(registry.app(), &house, id).await.map_err(|fault| sentence(&fault.into_refusal()))?);
        }
    }
    database.close().await;
    Ok(())
}

async fn users(registry: &PersonRoleService) -> Result<Vec<Record>, Failure> {
    let page = list::<ApiUsers>(registry.app(), &Caller::house(), &ListRequest::default()).await;
    Ok(page.map_err(|fault| sentence(&fault.into_refusal()))?.records)
}

fn login(user: &Record) -> String {
    person_role_service::domain::username::login(user.int("co_id"), user.text("username").unwrap_or_default())
}

fn print(extras: &Extras) {
    for (name, value) in extras {
        println!("{:<9} {value}", if name == "ApiKey" { "key" } else { "user" });
    }
}

/// A refusal as one line for a terminal.
fn sentence(refusal: &proto::refusal::Refusal) -> String {
    match refusal {
        proto::refusal::Refusal::InvalidFields(wrong) => wrong
            .0
            .iter()
            .flat_map(|(field, sentences)| sentences.iter().map(move |text| format!("{field}: {text}")))
            .collect::<Vec<_>>()
            .join("; "),
        other => other.to_string(),
    }
}
