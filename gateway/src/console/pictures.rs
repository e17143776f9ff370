//! Small pictures of how much waited at a target over the last hours.
//!
//! Mechanism: all targets are looked at once a minute, and whenever somebody looks at them. Failure: after a restart the
//! pictures begin anew; what is shown as numbers is always what is now.

use std::time::Duration;

use actix_web::web::Data;
use maud::{Markup, html};
use prost::Message as _;
use proto::{caller::Caller, provisioning::v1::CoProvisioningTarget, registry::v1::ListRecords, table::Table};

use crate::{app::App, console::words::say, messages, query::Query, samples::KEPT};

/// How often all are looked at.
const EVERY: Duration = Duration::from_secs(60);
/// So many targets are asked for at a time.
const PIECE: u32 = 500;
/// The size of a picture.
const WIDTH: i64 = 120;
const HEIGHT: i64 = 24;

/// Looks at all targets until the process stops.
pub async fn watch(app: Data<App>) {
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = tokio::time::sleep(EVERY) => look(&app).await,
        }
    }
}

async fn look(app: &App) {
    let (table, mut after) = (Table::of::<CoProvisioningTarget>(), 0);
    loop {
        let query = Query { limit: PIECE, after: Some(after), ..Query::default() };
        let asked = app.services.call(&table.service, "List", messages::list(&query), &Caller::house()).await;
        // A service that is away leaves a gap.
        let Some(ListRecords { records, more }) = asked.ok().and_then(|bytes| ListRecords::decode(bytes).ok()) else {
            return;
        };
        let read = |bytes| CoProvisioningTarget::decode(bytes).ok();
        let targets: Vec<CoProvisioningTarget> = records.into_iter().filter_map(read).collect();
        app.samples.note(app.clock.now().timestamp(), &targets);
        match targets.last().and_then(|last| last.id) {
            Some(last) if more => after = last,
            _ => return,
        }
    }
}

/// Pictures of how much waited at a target, and how long the oldest had; nothing before there are two samples.
#[must_use]
pub fn of(app: &App, target: i64) -> (Markup, Markup) {
    let (now, own) = (app.clock.now().timestamp(), app.samples.of(target));
    let waiting: Vec<_> = own.iter().map(|sample| (sample.at, sample.waiting)).collect();
    let age: Vec<_> = own.iter().map(|sample| (sample.at, sample.age)).collect();
    let waiting = draw(now, &waiting, |most| say!("picture-waiting", count = most));
    (waiting, draw(now, &age, |most| say!("picture-age", count = most)))
}

fn draw(now: i64, values: &[(i64, i64)], says: fn(i64) -> String) -> Markup {
    let most = values.iter().map(|(_, value)| *value).max().unwrap_or_default();
    if values.len() < 2 {
        return html! {};
    }
    let point = |(at, value): &(i64, i64)| {
        let x = WIDTH - ((now - at).clamp(0, KEPT) * WIDTH / KEPT);
        let y = HEIGHT - 1 - (value * (HEIGHT - 2) / most.max(1));
        format!("{x},{y}")
    };
    let points: Vec<String> = values.iter().map(point).collect();
    html! {
        svg.spark viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) width=(WIDTH) height=(HEIGHT) role="img"
            aria-label=(says(most)) {
            polyline points=(points.join(" ")) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_line_and_says_what_it_shows() {
        let says = |most| format!("at most {most} waited");
        assert!(draw(0, &[(0, 5)], says).into_string().is_empty(), "one sample is no line");
        let drawn = draw(KEPT, &[(0, 0), (KEPT / 2, 5), (KEPT, 10)], says).into_string();
        assert!(drawn.contains("at most 10 waited") && drawn.contains("points=\"0,23 60,12 120,1\""), "{drawn}");
    }
}
