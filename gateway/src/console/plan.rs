//! What would be sent to a target (D51); nothing is.

use maud::{Markup, html};
use proto::{
    provisioning::v1::{CoProvisioningPlan, CoProvisioningPlans, CoProvisioningTarget, PlanRequest},
    table::Table,
};

use crate::{
    console::{
        page::Page,
        pieces,
        visit::Visit,
        words::{say, show},
    },
    operations::provision::errand,
    refusal::Problem,
};

/// So many plans are on a page: each may ask the target.
const MOST: u32 = 25;

/// The page.
///
/// # Errors
/// What the service refused, and for a subject that cannot be one.
pub async fn page(visit: &Visit<'_>, target: i64, subject: &str) -> Result<Page, Problem> {
    let errand = errand::read(&[target.to_string(), subject.to_owned()])?;
    let message = PlanRequest {
        co_provisioning_target_id: target,
        subject: errand.subject.to_owned(),
        subject_id: errand.subject_id,
        after: visit.text("after").to_owned(),
        limit: MOST,
    };
    let plans: CoProvisioningPlans = visit.ask(Table::of::<CoProvisioningTarget>(), "Plan", &message).await?;
    let next = plans.next.as_ref().map(|after| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("after", after).finish();
        visit.link(&format!("{}?{query}", visit.path))
    });
    let body = html! {
        p { (say!("plan-about")) }
        @if plans.records.is_empty() { p { (say!("plan-none")) } }
        @for plan in &plans.records { (article(visit, plan)) }
        @if let Some(next) = next { p { a href=(next) { (say!("more")) } } }
        p { a href=(visit.link(&format!("/targets/{target}"))) { (say!("back-to-target")) } }
    };
    Ok(Page::still(say!("plan-of", subject = subject), body))
}

fn article(visit: &Visit<'_>, plan: &CoProvisioningPlan) -> Markup {
    let ids = [
        ("copersonid", plan.co_person_id),
        ("cogroupid", plan.co_group_id),
        ("coemaillistid", plan.co_email_list_id),
        ("coserviceid", plan.co_service_id),
    ];
    let subject = ids.into_iter().find_map(|(name, id)| Some((name, id?)));
    html! {
        article {
            h2 { @match subject {
                Some((name, id)) => {
                    (show!("plan-subject", subject = pieces::subject_link(visit, name, id), work = plan.work.as_str()))
                }
                None => { (plan.work) }
            } }
            @if let Some(error) = &plan.error { p.wrong { (error) } }
            @if plan.steps.is_empty() && plan.error.is_none() { p { (say!("plan-no-steps")) } }
            @for step in &plan.steps {
                p.faint { (step.protocol) }
                pre tabindex="0" { (step.text) }
            }
        }
    }
}
