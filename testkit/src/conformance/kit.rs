//! The kit as it lies on disk: the fixture, the cases, and the list of what is not built yet.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::KitError;
use super::fixture::Fixture;
use super::lint::Known;
use super::matcher::Integers;
use super::step::Step;

/// Holds the fixture and all scenarios, read and checked.
#[derive(Debug)]
pub struct Kit {
    pub(super) fixture: Fixture,
    pub(super) groups: Vec<Group>,
    pub(super) integers: Integers,
}

/// Holds the scenarios of one file.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) scenarios: Vec<Scenario>,
}

/// Holds one scenario.
#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) why: String,
    pub(super) steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    #[serde(rename = "group")]
    _group: String,
    scenarios: Vec<ScenarioText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioText {
    name: String,
    why: String,
    steps: Vec<Box<RawValue>>,
}

impl Kit {
    /// Reads and checks the kit that belongs to this crate.
    pub fn load() -> Result<Self, KitError> {
        Self::load_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance"))
    }

    /// Reads and checks `fixture.json` and `cases/*.json` in a folder. Unknown keys, variables, matchers and users are
    /// errors, as are two scenarios of one name.
    pub fn load_from(folder: &Path) -> Result<Self, KitError> {
        let mut known = Known::default();
        let fixture = read(&folder.join("fixture.json"), |text| Fixture::parse(text, &mut known))?;
        let cases = folder.join("cases");
        let listing =
            std::fs::read_dir(&cases).map_err(|error| KitError::new(error.to_string()).at(cases.display()))?;
        let mut files: Vec<_> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        if files.is_empty() {
            return Err(KitError::new("no case files").at(cases.display()));
        }
        let groups = files.iter().map(|file| read(file, |text| parse_group(text, &known)));
        let groups: Vec<Group> = groups.collect::<Result<_, _>>()?;
        let kit = Self { fixture, groups, integers: Integers::default() };
        kit.check_names()?;
        Ok(kit)
    }

    /// Says how the server writes integers in JSON.
    #[must_use]
    pub fn with_integers(mut self, integers: Integers) -> Self {
        self.integers = integers;
        self
    }

    /// Lists all scenarios: the name, and why it must be so.
    pub fn scenarios(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.groups.iter().flat_map(|group| &group.scenarios);
        all.map(|scenario| (scenario.name.as_str(), scenario.why.as_str()))
    }

    fn check_names(&self) -> Result<(), KitError> {
        let mut names = BTreeMap::new();
        for (name, why) in self.scenarios() {
            if names.insert(name, why).is_some() {
                return Err(KitError::new(format!("two scenarios have the name {name}")));
            }
        }
        Ok(())
    }
}

fn read<T>(file: &Path, parse: impl FnOnce(&str) -> Result<T, KitError>) -> Result<T, KitError> {
    let text = std::fs::read_to_string(file).map_err(|error| KitError::new(error.to_string()));
    text.and_then(|text| parse(&text)).map_err(|error| error.at(file.display()))
}

fn parse_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, KitError> {
    serde_json::from_str(text).map_err(|error| KitError::new(error.to_string()))
}

fn parse_group(text: &str, known: &Known) -> Result<Group, KitError> {
    let scenarios = parse_json::<GroupFile>(text)?.scenarios.into_iter();
    let scenarios = scenarios.map(|scenario| {
        let name = scenario.name.clone();
        parse_scenario(scenario, known.clone()).map_err(|error| error.at(name))
    });
    Ok(Group { scenarios: scenarios.collect::<Result<_, _>>()? })
}

fn parse_scenario(scenario: ScenarioText, mut known: Known) -> Result<Scenario, KitError> {
    let ScenarioText { name, why, steps } = scenario;
    if name.is_empty() || why.is_empty() || steps.is_empty() {
        return Err(KitError::new("name, why and steps must not be empty"));
    }
    let steps = steps.iter().enumerate().map(|(n, raw)| {
        let step = Step::parse(raw.get());
        let step = step.and_then(|step| known.check(&step, raw.get()).map(|()| step));
        step.map_err(|error| error.at(format!("step {}", n + 1)))
    });
    let steps = steps.collect::<Result<_, _>>()?;
    Ok(Scenario { name, why, steps })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::selection::Selection;

    #[test]
    fn the_kit_of_this_crate_is_sound() -> Result<(), KitError> {
        let kit = Kit::load()?;
        Selection::all().check(&kit)
    }

    #[test]
    fn a_selection_needs_globs_that_match() -> Result<(), KitError> {
        let kit = Kit::load()?;
        assert!(Selection::all().only("nothing/like/it").check(&kit).is_err());
        assert!(Selection::all().leave_out("nothing/like/it", "x").check(&kit).is_err());
        assert!(Selection::all().only("role/*").leave_out("*", "x").check(&kit).is_err());
        let some = Selection::all().only("role/add/*").leave_out("role/add/minimal", "because");
        some.check(&kit)?;
        assert!(some.includes("role/add/minimal") && !some.includes("role/edit/x"));
        assert_eq!(some.why_not("role/add/minimal"), Some("because"));
        assert_eq!(some.why_not("role/add/other"), None);
        Ok(())
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_an_error() -> Result<(), Box<dyn std::error::Error>> {
        let scenario = r#"{"name":"a","why":"b","steps":[{"sleep_s":0}]}"#;
        let case = |scenarios: &str| format!(r#"{{"group":"g","scenarios":[{scenarios}]}}"#);
        let good = case(scenario);
        let load = |cases: &str| -> Result<Result<Kit, KitError>, std::io::Error> {
            let folder = tempfile::tempdir()?;
            std::fs::create_dir(folder.path().join("cases"))?;
            std::fs::write(folder.path().join("fixture.json"), r#"{"vars":{},"steps":[]}"#)?;
            std::fs::write(folder.path().join("cases/a.json"), cases)?;
            Ok(Kit::load_from(folder.path()))
        };
        load(&good)??;
        assert!(load(&case(&format!("{scenario},{scenario}")))?.is_err());
        for (from, to) in [("\"b\"", "\"\""), ("{\"sleep_s\":0}", ""), ("sleep_s", "sleep"), ("\"why\"", "\"because\"")]
        {
            assert!(load(&good.replace(from, to))?.is_err(), "{to} was let through");
        }
        Ok(())
    }
}
