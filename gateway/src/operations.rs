//! The operations of the API, one file each.

use actix_web::HttpResponse;

use crate::{exchange::Exchange, reader::Login, refusal::Problem, routes::Operation};

pub mod add;
pub mod assign;
pub mod delete;
pub mod differences;
pub mod duplicate;
pub mod edit;
pub mod erase;
pub mod events;
pub mod explain;
pub mod ledger;
pub mod list;
pub mod of_target;
pub mod plan;
pub mod provision;
pub mod reconcile;
pub mod reconcile_co;
pub mod reply;
pub mod retry;
pub mod rotate_key;
pub mod versions;
pub mod view;

/// Runs an operation.
///
/// # Errors
/// If it is refused.
pub async fn run(operation: Operation, exchange: &Exchange<'_>) -> Result<HttpResponse, Problem> {
    match operation {
        Operation::List(table) => list::run(exchange, table).await,
        Operation::View(table, id) => view::run(exchange, table, id).await,
        Operation::Versions(table, id) => versions::run(exchange, table, id).await,
        Operation::Add(table) => add::run(exchange, table).await,
        Operation::Edit(table, id) => edit::run(exchange, table, id).await,
        Operation::Delete(table, id) => delete::run(exchange, table, id).await,
        Operation::Reply => reply::run(exchange).await,
        Operation::Assign => assign::run(exchange).await,
        Operation::Duplicate(id) => duplicate::run(exchange, id).await,
        Operation::Erase(id) => erase::run(exchange, "Erase", id).await,
        Operation::PlanErasure(id) => erase::run(exchange, "PlanErasure", id).await,
        Operation::RotateKey(id) => rotate_key::run(exchange, id).await,
        Operation::ReconcileCo => reconcile_co::run(exchange).await,
        Operation::Reconcile(id) => reconcile::run(exchange, id).await,
        Operation::Provision(segments) => provision::run(exchange, segments).await,
        Operation::Retry(id) => retry::run(exchange, id).await,
        Operation::Plan(segments) => plan::run(exchange, &segments).await,
        Operation::Explain(segments) => explain::run(exchange, &segments).await,
        Operation::OfTarget(action, id) => of_target::run(exchange, action, id).await,
        Operation::Differences(id) => differences::run(exchange, id).await,
        Operation::Events => events::run(exchange, Login::Request).await,
        Operation::Ledger(id) => ledger::run(exchange, id).await,
    }
}
