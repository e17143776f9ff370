//! Secrets that are in clear when a process begins, from before there were keys.

use crate::app::{
    App,
    rotate_secrets::{self, Unrotated},
};

/// Seals them, where this process is alone with its database; elsewhere older programs may need them still, and a line in
/// the log says who does it. What cannot be done is told.
pub async fn run(app: &App, alone: bool) {
    let done = if alone { seal(app).await } else { tell(app).await };
    if let Err(error) = done {
        tracing::warn!(%error, "secrets of targets may be in the database in clear");
    }
}

async fn seal(app: &App) -> Result<(), Unrotated> {
    let counts = rotate_secrets::seal_clear(&app.secrets, &app.connectors).await?;
    if counts.sealed > 0 {
        tracing::info!(targets = counts.sealed, "secrets that were in clear are encrypted now");
    }
    Ok(())
}

async fn tell(app: &App) -> Result<(), Unrotated> {
    let targets = rotate_secrets::in_clear(&app.secrets, &app.connectors).await?;
    if targets > 0 {
        tracing::warn!(
            targets,
            "secrets of targets are in the database in clear; when all processes are of this version, run \
             provisioning-service secrets rotate"
        );
    }
    Ok(())
}
