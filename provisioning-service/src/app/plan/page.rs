//! Which subjects a page of plans of many is of.
//!
//! Of a whole CO these are also the subjects that the target has and the registry has no more, as a provisioning of it takes
//! them away (D36): they stand among the others, by kind and id.

use proto::refusal::Refusal;
use service_kit::database::refusal_of;

use crate::{
    app::App,
    domain::{
        subject::{Kind, Subject},
        target::Target,
    },
    store::states,
};

/// At most so many are in one answer.
const LARGEST: u32 = 100;

/// The subjects of a page, and after which there are more.
pub(super) async fn page(
    app: &App,
    target: &Target,
    asked: Subject,
    (after, limit): (&str, u32),
) -> Result<(Vec<Subject>, Option<String>), Refusal> {
    let after = match after {
        "" => None,
        text => Some(subject_of(text).ok_or_else(|| {
            Refusal::BadRequest("after must be the last subject of the page before, such as copersonid:42.".to_owned())
        })?),
    };
    let (limit, cou) = (limit.clamp(1, LARGEST), (asked.kind == Kind::Cou).then_some(asked.id));
    let size = limit as usize;
    let listed = app.registry.list(target.co_id, cou, after, limit).await;
    let mut subjects = listed.map_err(|status| Refusal::of_status(&status))?;
    let mut is_full = subjects.len() >= size;
    if asked.kind == Kind::Co {
        let through = subjects.last().copied().filter(|_| is_full);
        subjects.extend(gone(app, target, (after, through), limit).await?);
        subjects.sort_unstable();
        is_full |= subjects.len() > size;
        subjects.truncate(size);
    }
    let next = subjects.last().filter(|_| is_full).map(|last| format!("{}:{}", last.kind.parameter(), last.id));
    subjects.retain(|subject| app.connectors.serves(target, subject.kind));
    Ok((subjects, next))
}

fn subject_of(text: &str) -> Option<Subject> {
    let (name, id) = text.split_once(':')?;
    let kind = Kind::of_parameter(name).filter(|kind| !kind.is_many())?;
    Some(Subject::new(kind, id.parse().ok().filter(|id| *id > 0)?))
}

/// What the target has and the registry has no more, after one subject and up to another: at least `limit`, if there are so
/// many.
async fn gone(
    app: &App,
    target: &Target,
    (after, through): (Option<Subject>, Option<Subject>),
    limit: u32,
) -> Result<Vec<Subject>, Refusal> {
    let mut gone = Vec::new();
    for kind in Kind::LISTED {
        let mut from = match after {
            Some(after) if after.kind > kind => continue,
            Some(after) if after.kind == kind => after.id,
            _ => 0,
        };
        while gone.len() < limit as usize {
            let there = states::there(app.database.reader(), target.id, kind, from, limit).await;
            let there = there.map_err(|error| refusal_of(&error))?;
            let is_within = |id: &i64| through.is_none_or(|through| Subject::new(kind, *id) <= through);
            let within: Vec<(&str, i64)> =
                there.iter().copied().filter(is_within).map(|id| (kind.resource(), id)).collect();
            let owners = app.registry.resolve(&within).await.map_err(|status| Refusal::of_status(&status))?;
            let is_gone = |(resource, id): &(&str, i64)| owners.co_of(resource, *id) != Some(target.co_id);
            gone.extend(within.iter().copied().filter(is_gone).map(|(_, id)| Subject::new(kind, id)));
            match there.last() {
                Some(last) if within.len() == limit as usize => from = *last,
                _ => break,
            }
        }
    }
    Ok(gone)
}
