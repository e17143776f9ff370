//! Why a subject is at each target of its CO, or is not (D52).

use futures::{StreamExt, stream};
use maud::{Markup, html};
use proto::{
    provisioning::v1::{
        Attempt, CoProvisioningExplanation, CoProvisioningExplanations, CoProvisioningTarget, ExplainRequest,
    },
    table::Table,
};

use crate::{
    console::{
        now, page,
        pieces::{mark, moment},
        visit::{SIDE_BY_SIDE, Visit, target_name},
        words::{say, show},
    },
    refusal::Problem,
};

/// What is explained: the subject's name in paths, its id, and its CO.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// `copersonid`, `cogroupid`, `coemaillistid` or `coserviceid`.
    pub name: &'static str,
    /// Its id.
    pub id: i64,
    /// The CO whose targets are asked.
    pub co: i64,
}

/// All targets and what they say; and the ids of what changes by itself.
///
/// # Errors
/// What the service refused.
pub async fn at_all(visit: &Visit<'_>, subject: Subject) -> Result<(Markup, Vec<String>), Problem> {
    let targets = now::targets(visit, subject.co).await?;
    let _counted = visit.app.searches.begin(&visit.caller)?;
    let asked = stream::iter(targets.iter().map(|target| explain(visit, target, subject)));
    let explained: Vec<_> = asked.buffered(SIDE_BY_SIDE).collect().await;
    let ids = targets.iter().map(|target| target.id.unwrap_or_default());
    let live = ids.flat_map(|id| [said(id), why(id)]).collect();
    let markup = html! {
        @if targets.is_empty() { p { (say!("explained-no-targets")) } }
        @for (target, explanation) in targets.iter().zip(explained) { (article(visit, target, subject, &explanation?)) }
    };
    Ok((markup, live))
}

async fn explain(
    visit: &Visit<'_>,
    target: &CoProvisioningTarget,
    subject: Subject,
) -> Result<CoProvisioningExplanation, Problem> {
    let message = ExplainRequest {
        co_provisioning_target_id: target.id.unwrap_or_default(),
        subject: subject.name.to_owned(),
        subject_id: subject.id,
    };
    let table = Table::of::<CoProvisioningTarget>();
    let answer: CoProvisioningExplanations = visit.ask(table, "Explain", &message).await?;
    Ok(answer.records.into_iter().next().unwrap_or_default())
}

fn said(target: i64) -> String {
    format!("said-{target}")
}

fn why(target: i64) -> String {
    format!("why-{target}")
}

fn article(
    visit: &Visit<'_>,
    target: &CoProvisioningTarget,
    subject: Subject,
    explanation: &CoProvisioningExplanation,
) -> Markup {
    let id = target.id.unwrap_or_default();
    let of_subject = format!("{}:{}", subject.name, subject.id);
    html! {
        article aria-label=(target_name(target)) {
            h3 { a href=(visit.link(&format!("/targets/{id}"))) { (target_name(target)) } }
            p id=(said(id)) { (mark(&explanation.verdict)) " " (explanation.sentence) }
            @if visit.may_provision(id) {
                div.row {
                    form method="post" action=(visit.link(&format!("/targets/{id}/provision/{of_subject}"))) {
                        (page::token(visit)) button { (say!("provision-now")) }
                    }
                    a href=(visit.link(&format!("/targets/{id}/plan/{of_subject}"))) { (say!("provision-plan")) }
                }
            }
            details { summary { (say!("explained-why")) } div id=(why(id)) { (details(visit, explanation)) } }
        }
    }
}

fn details(visit: &Visit<'_>, explanation: &CoProvisioningExplanation) -> Markup {
    let revision = |number: Option<i64>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    html! {
        @if !explanation.reasons.is_empty() {
            ul { @for reason in &explanation.reasons { li { (reason.sentence) " " span.faint { "(" (reason.code) ")" } } } }
        }
        dl {
            @if let Some(change) = &explanation.last_change {
                dt { (say!("explained-last-change")) }
                @let actor = change.actor.as_deref().unwrap_or_default();
                @let at = moment(change.at.as_ref());
                dd { (show!("explained-change", at = at, actor = actor, sentence = change.sentence.as_str())) }
            }
            @let at = moment(explanation.applied_at.as_ref());
            @let (there, current) = (revision(explanation.applied_revision), revision(explanation.current_revision));
            dt { (say!("explained-applied")) }
            dd { (show!("explained-applied-value", at = at, revision = there, current = current)) }
            dt { (say!("known-as")) } dd { (explanation.key.as_deref().unwrap_or("–")) }
            dt { (say!("next-try")) } dd { (moment(explanation.next_attempt.as_ref())) }
            @if let Some(id) = explanation.request_id {
                dt { (say!("request")) } dd { a href=(visit.link(&format!("/requests/{id}"))) { (id) } }
            }
        }
        (attempts(&explanation.attempts))
    }
}

fn attempts(attempts: &[Attempt]) -> Markup {
    if attempts.is_empty() {
        return html! { p.faint { (say!("explained-not-tried")) } };
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label=(say!("attempts")) {
            table {
                thead { tr { th scope="col" { (say!("attempt-tried")) } th scope="col" { (say!("attempt-outcome")) } th scope="col" { (say!("attempt-said")) } } }
                tbody {
                    @for attempt in attempts {
                        tr {
                            td { (moment(attempt.started.as_ref())) }
                            td { (mark(&attempt.outcome)) }
                            td.words { (attempt.message.as_deref().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}
