//! The fixture: what is made once, before all scenarios, and what every scenario may rely on.

use super::error::{KitError, Stop};
use super::json::Json;
use super::lint::Known;
use super::runner::Runner;
use super::scope::{Scope, Variable, Variables};
use super::step::{Credentials, Step};

/// Holds the variables and the steps of `fixture.json`.
#[derive(Debug)]
pub(super) struct Fixture {
    variables: Vec<(String, Json)>,
    steps: Vec<Step>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: Option<String>,
    vars: Json,
    steps: Vec<Box<serde_json::value::RawValue>>,
}

impl Fixture {
    /// Reads and checks the file, and adds to `known` what its steps make.
    pub(super) fn parse(text: &str, known: &mut Known) -> Result<Self, KitError> {
        let file: File = serde_json::from_str(text).map_err(|error| KitError::new(error.to_string()))?;
        let Json::Object(variables) = file.vars else { return Err(KitError::new("vars needs an object")) };
        known.variables.extend(["run", "uid"].map(str::to_owned));
        known.variables.extend(variables.iter().map(|(name, _)| name.clone()));
        known.users.insert("platform".to_owned());
        let mut steps = Vec::with_capacity(file.steps.len());
        for (n, raw) in file.steps.iter().enumerate() {
            let step = Step::parse(raw.get());
            let step = step.and_then(|step| known.check(&step, raw.get()).map(|()| step));
            let mut step = step.map_err(|error| error.at(format!("step {n}")))?;
            if let Step::Request(request) = &mut step
                && let Some(user) = &request.user
            {
                known.users.insert(user.clone());
                request.capture.insert(USERNAME.to_owned(), "json:Username".to_owned());
                request.capture.insert(PASSWORD.to_owned(), "json:ApiKey".to_owned());
            }
            steps.push(step);
        }
        Ok(Self { variables, steps })
    }

    /// Makes everything, and returns a note for each optional step that failed.
    pub(super) async fn build(&self, runner: &mut Runner, run: &str) -> Result<Vec<String>, Stop> {
        let text = |text: String| Variable::Known(Json::Text(text));
        runner.variables.insert("run".to_owned(), text(run.to_owned()));
        let local = Variables::from([("uid".to_owned(), text(format!("{run}fx")))]);
        for (name, value) in &self.variables {
            let value = Scope { shared: &runner.variables, local: &local }.fill(value)?;
            runner.variables.insert(name.clone(), Variable::Known(value));
        }
        let mut notes = Vec::new();
        for (n, step) in self.steps.iter().enumerate() {
            match build_step(step, runner, &local).await {
                Err(Stop::Failed(why)) => notes.push(miss(step, n, &why, runner)?),
                other => other?,
            }
        }
        Ok(notes)
    }
}

async fn build_step(step: &Step, runner: &mut Runner, local: &Variables) -> Result<(), Stop> {
    let user = match step {
        Step::Request(request) => request.user.as_deref(),
        _ => None,
    };
    if user.is_some_and(|user| runner.users.contains_key(user)) {
        return Ok(());
    }
    let mut captured = runner.step(step, local).await?;
    if let Some(user) = user {
        let mut take = |name: &str| {
            let place = captured.iter().position(|(captured, _)| captured == name)?;
            Some(captured.swap_remove(place).1.as_text())
        };
        let (Some(username), Some(password)) = (take(USERNAME), take(PASSWORD)) else {
            return Err(KitError::new(format!("nothing was captured for the user {user}")).into());
        };
        runner.users.insert(user.to_owned(), Credentials { username, password });
    }
    runner.variables.extend(captured.into_iter().map(|(name, value)| (name, Variable::Known(value))));
    Ok(())
}

/// The names under which a step that makes a user captures its name and its key.
const USERNAME: &str = "_u";
const PASSWORD: &str = "_p";

/// Notes what an optional step did not make; a step that is not optional ends the run.
fn miss(step: &Step, n: usize, why: &str, runner: &mut Runner) -> Result<String, Stop> {
    let Step::Request(request) = step else { return Err(Stop::Failed(format!("fixture step {n}: {why}"))) };
    let first = why.lines().next().unwrap_or_default();
    let brief = format!("fixture step {n}, {} {}: {first}", request.method, request.path);
    if !request.optional {
        return Err(Stop::Failed(format!("{brief}\n      {why}")));
    }
    let names: Vec<&str> = request.capture.keys().map(String::as_str).collect();
    for name in &names {
        runner.variables.insert((*name).to_owned(), Variable::Missing(brief.clone()));
    }
    Ok(format!("the fixture lacks {} ({brief})", names.join(", ")))
}
