//! `cohort plan`: what would be sent (D51).

use clap::Args;
use reqwest::Method;
use serde_json::Value;

use crate::remote::{
    Failure, Place,
    client::Client,
    progress::Progress,
    record::{field, harmless, items},
    subject,
    table::line,
};

/// What is to be planned.
#[derive(Debug, Args)]
pub(crate) struct Wish {
    #[command(flatten)]
    place: Place,
    /// One line for each subject, without the words that would be sent.
    #[arg(long)]
    brief: bool,
}

/// How many of each there are.
#[derive(Default)]
struct Tally {
    apply: u64,
    remove: u64,
    nothing: u64,
    unplanned: u64,
}

/// Plans; of many, those that have nothing to do are only counted.
pub(super) async fn run(client: &Client, wish: &Wish, json: bool) -> Result<(), Failure> {
    let Place { target, subject } = &wish.place;
    let path = format!("co_provisioning_targets/plan/{target}/{subject}.json");
    let (progress, mut tally, mut after) = (Progress::new(), Tally::default(), None);
    loop {
        let (plans, next) = client.page(Method::POST, &path, "CoProvisioningPlans", after.as_deref()).await?;
        progress.show("");
        for plan in &plans {
            let is_idle = tally.count(plan);
            if json {
                line(&plan.to_string())?;
            } else if !is_idle || !subject.is_many() {
                tell(plan, wish.brief)?;
            }
        }
        after = next;
        if after.is_none() {
            break;
        }
        progress.show(&format!("{} planned", tally.all()));
    }
    if subject.is_many() && !json {
        line(&tally.sentence())?;
    }
    match tally.unplanned {
        0 => Ok(()),
        1 => Err("One plan could not be made; its line says why.".into()),
        many => Err(format!("{many} plans could not be made; their lines say why.").into()),
    }
}

impl Tally {
    /// Counts a plan; whether there is nothing to do.
    fn count(&mut self, plan: &Value) -> bool {
        let work = field(plan, "Work");
        let place = match work.as_str() {
            _ if plan.get("Error").is_some() => &mut self.unplanned,
            "Apply" => &mut self.apply,
            "Remove" => &mut self.remove,
            _ => &mut self.nothing,
        };
        *place += 1;
        work == "Nothing" && plan.get("Error").is_none()
    }

    fn all(&self) -> u64 {
        self.apply + self.remove + self.nothing + self.unplanned
    }

    fn sentence(&self) -> String {
        let Self { apply, remove, nothing, unplanned } = self;
        format!(
            "{apply} to apply, {remove} to remove, {nothing} with nothing to do, {unplanned} that cannot be planned"
        )
    }
}

fn tell(plan: &Value, brief: bool) -> Result<(), Failure> {
    let (subject, work, digest) = (subject::of(plan), field(plan, "Work"), field(plan, "Digest"));
    let error = field(plan, "Error");
    if !error.is_empty() {
        return Ok(line(&format!("{subject}  cannot be planned: {}", harmless(&error)))?);
    }
    line(format!("{subject}  {work}  {digest}").trim_end())?;
    if brief {
        return Ok(());
    }
    for step in items(plan, "Steps") {
        line(&format!("  {}", field(step, "Protocol")))?;
        for text in harmless(&field(step, "Text")).lines() {
            line(&format!("    {text}"))?;
        }
    }
    Ok(())
}
