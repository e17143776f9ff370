//! Finding, making, changing and deleting resources.
//!
//! Guarantee: a resource is ours if it has our `externalId`, or none and our name; no other is touched, also where a
//! server answers with others than it was asked for. Mechanism: what is found is held against what was asked. Failure: a
//! resource that comes, goes or changes meanwhile is looked at again, now or with the next try.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value as Json};

use crate::{
    connector::{
        Beside,
        scim::{
            pages::Rest,
            resource::{self, Change, GROUPS, Sort},
            server::{Call, LONGEST, Server},
        },
    },
    domain::outcome::ConnectorError,
};

/// Codes of a server that does not have what was asked of it.
pub(super) const CANNOT: [StatusCode; 2] = [StatusCode::NOT_IMPLEMENTED, StatusCode::METHOD_NOT_ALLOWED];
/// Codes of a server that does not understand a filter.
pub(super) const NO_FILTER: [StatusCode; 3] =
    [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND, StatusCode::NOT_IMPLEMENTED];
/// Who changes a resource between our reading and writing it so often may have it.
const TIMES: usize = 3;

/// Stands in a plan for what the server will call a resource that is to be made.
const TO_COME: &str = "{id}";

/// A resource of the server.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// What the server calls it.
    pub(super) id: String,
    pub(super) body: Map<String, Json>,
}

impl Found {
    pub(super) fn of(sort: Sort, body: Json) -> Option<Self> {
        let Json::Object(mut body) = body else { return None };
        if sort == GROUPS {
            // Not all servers leave them out.
            body.remove("members");
        }
        let id = body.get("id")?.as_str()?.to_owned();
        Some(Self { id, body })
    }

    /// What those who made it call it; empty if they call it nothing.
    pub(super) fn external_id(&self) -> &str {
        text(&self.body, "externalId")
    }
}

fn text<'a>(body: &'a Map<String, Json>, name: &str) -> &'a str {
    body.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// What became of a resource that is to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// It was made.
    Made,
    /// It was there, and is ours from now on.
    Adopted,
    /// It was there.
    Known,
}

/// How it is known that nobody undid what was written whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// By the tag, where the server gives one.
    Tag,
    /// Without a tag it is read again, and written again if it has to be.
    Read,
}

/// A comparison of a filter; texts are written as in JSON.
pub(super) fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", Json::from(value))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The address of a resource below that of the server.
pub(super) fn path(sort: Sort, id: &str) -> String {
    format!("{}/{}", sort.path, encoded(id))
}

pub(super) fn went() -> ConnectorError {
    ConnectorError::retryable("The resource went away meanwhile.")
}

/// One of ours gives a name back when it changes its own.
fn taken(sort: Sort, wanted: &Map<String, Json>, of_ours: bool) -> ConnectorError {
    let message = format!("The {} {:?} is that of another resource of the server.", sort.name, text(wanted, sort.name));
    match of_ours {
        true => ConnectorError::Taken { message, is_key: false },
        false => ConnectorError::permanent(message),
    }
}

impl Server<'_> {
    /// All that a filter finds; `None` if the server does not understand it. No group comes with its members.
    pub(super) async fn filter(
        &self,
        sort: Sort,
        filter: &str,
        only: Option<&str>,
    ) -> Result<Option<Vec<Found>>, ConnectorError> {
        self.look(sort, filter, only, Rest::Read).await
    }

    async fn look(
        &self,
        sort: Sort,
        filter: &str,
        only: Option<&str>,
        rest: Rest,
    ) -> Result<Option<Vec<Found>>, ConnectorError> {
        let only = match only {
            Some(only) => format!("&attributes={only}"),
            None if sort == GROUPS => "&excludedAttributes=members".to_owned(),
            None => String::new(),
        };
        let path = format!("{}?filter={}{only}", sort.path, encoded(filter));
        let trim = |found: &mut Found| {
            if only.starts_with("&attributes") {
                // Not all servers leave the rest out.
                found.body.retain(|name, _| name == "externalId");
            }
        };
        self.all(sort, &path, rest, trim).await
    }

    /// Those that bear our name for a subject: one, unless the server took two calls at once.
    pub(super) async fn ours(&self, sort: Sort, key: &str) -> Result<Vec<Found>, ConnectorError> {
        let cannot = || ConnectorError::permanent("The server does not find resources by externalId.");
        let all = self.look(sort, &equals("externalId", key), None, Rest::LeftOut).await?.ok_or_else(cannot)?;
        let any = !all.is_empty();
        let mut ours: Vec<Found> = all.into_iter().filter(|found| found.external_id() == key).collect();
        if any && ours.is_empty() {
            return Err(cannot());
        }
        ours.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(ours)
    }

    /// Those of a name, whoever's they are.
    async fn named(&self, sort: Sort, name: &str) -> Result<Vec<Found>, ConnectorError> {
        let found = self.look(sort, &equals(sort.name, name), None, Rest::LeftOut).await?.unwrap_or_default();
        Ok(found
            .into_iter()
            .filter(|found| text(&found.body, sort.name).to_lowercase() == name.to_lowercase())
            .collect())
    }

    /// The resource of a subject, and whether it is ours already.
    async fn find(&self, sort: Sort, wanted: &Map<String, Json>) -> Result<Option<(Found, How)>, ConnectorError> {
        let mut ours = self.ours(sort, text(wanted, "externalId")).await?.into_iter();
        if let Some(first) = ours.next() {
            for another in ours {
                self.delete(sort, &another).await?;
            }
            return Ok(Some((first, How::Known)));
        }
        let named = self.named(sort, text(wanted, sort.name)).await?;
        let nobodys = named.into_iter().find(|found| found.external_id().is_empty());
        Ok(nobodys.map(|found| (found, How::Adopted)))
    }

    /// Sees to it that a resource is there and is as wanted.
    pub(super) async fn save(
        &self,
        sort: Sort,
        wanted: &Map<String, Json>,
        beside: &dyn Beside,
    ) -> Result<(Found, How), ConnectorError> {
        let found = match self.find(sort, wanted).await? {
            Some(found) => Some(found),
            None => match self.make(sort, wanted).await? {
                Some(made) => return Ok((made, How::Made)),
                // It came meanwhile.
                None => self.find(sort, wanted).await?,
            },
        };
        let Some((found, how)) = found else { return Err(self.taken(sort, wanted).await) };
        match self.alter(sort, &found, |held| resource::changes(sort, held, wanted)).await? {
            true => Ok((found, how)),
            false => Err(self.give_way(sort, &found, wanted, beside).await),
        }
    }

    /// Why a name cannot be had.
    async fn taken(&self, sort: Sort, wanted: &Map<String, Json>) -> ConnectorError {
        match self.of_ours(sort, wanted).await {
            Ok(of_ours) => taken(sort, wanted, !of_ours.is_empty()),
            Err(error) => error,
        }
    }

    /// Those of ours that have a name, but for the one that is to have it.
    async fn of_ours(&self, sort: Sort, wanted: &Map<String, Json>) -> Result<Vec<Found>, ConnectorError> {
        let (name, key) = (text(wanted, sort.name), text(wanted, "externalId"));
        let mut whose = self.named(sort, name).await?;
        let of_ours = key.rfind(':').and_then(|at| key.get(..=at)).unwrap_or(key);
        whose.retain(|found| found.external_id().starts_with(of_ours) && found.external_id() != key);
        Ok(whose)
    }

    /// Why a name cannot be had. Of two of ours that exchange their names each one waits for the other: this one lets go of its own
    /// and has its key instead, which nobody else wants. Only if the other one is to be changed, too: who waits for one that stays,
    /// or that may be inactive because it was to go, keeps the name to log in with.
    async fn give_way(
        &self,
        sort: Sort,
        found: &Found,
        wanted: &Map<String, Json>,
        beside: &dyn Beside,
    ) -> ConnectorError {
        let others = match self.of_ours(sort, wanted).await {
            Ok(others) => others,
            Err(error) => return error,
        };
        let mut moving = false;
        for other in &others {
            let inactive = resource::value_of(&other.body, "active") == Some(&Json::Bool(false));
            match beside.is_moving(other.external_id()).await {
                Ok(is_moving) => moving |= is_moving && !inactive,
                Err(error) => return error,
            }
        }
        let (key, held) = (text(wanted, "externalId"), text(&found.body, sort.name).to_lowercase());
        if moving && held != text(wanted, sort.name).to_lowercase() {
            let letting_go = |body: &_| {
                (text(body, sort.name) != key).then(|| resource::to_be(sort.name, key.into())).into_iter().collect()
            };
            // A server that does not take a key for a name changes nothing of what follows.
            if let Err(error) = self.alter(sort, found, letting_go).await {
                tracing::debug!(%error, "a name is not let go of");
            }
        }
        taken(sort, wanted, !others.is_empty())
    }

    /// Makes a resource; `None` if the server has one of its name.
    async fn make(&self, sort: Sort, wanted: &Map<String, Json>) -> Result<Option<Found>, ConnectorError> {
        let call = Call::new(Method::POST, self.url(sort.path), Some(Json::Object(wanted.clone())));
        let said = self.write(call, &[StatusCode::CONFLICT]).await?;
        if said.status == StatusCode::CONFLICT {
            return Ok(None);
        }
        if self.is_planned() {
            return Ok(Some(Found { id: TO_COME.to_owned(), body: wanted.clone() }));
        }
        match said.object().ok().and_then(|body| Found::of(sort, Json::Object(body))) {
            Some(made) => Ok(Some(made)),
            None => match self.ours(sort, text(wanted, "externalId")).await?.into_iter().next() {
                Some(made) => Ok(Some(made)),
                None => {
                    Err(ConnectorError::retryable("The server says that it made a resource, and does not have it."))
                }
            },
        }
    }

    /// Sends what is to change in a resource; `false` if the server has another one of its name.
    pub(super) async fn alter(
        &self,
        sort: Sort,
        found: &Found,
        changes: impl Fn(&Map<String, Json>) -> Vec<Change>,
    ) -> Result<bool, ConnectorError> {
        let to_change = changes(&found.body);
        if to_change.is_empty() {
            return Ok(true);
        }
        if self.patches(sort.path).await? {
            let quiet = if sort == GROUPS { "?excludedAttributes=members" } else { "" };
            let url = self.url(&format!("{}{quiet}", path(sort, &found.id)));
            let call = Call::new(Method::PATCH, url, Some(resource::patch(&to_change)));
            let expected = [CANNOT.as_slice(), &[StatusCode::NOT_FOUND, StatusCode::CONFLICT]].concat();
            match self.write(call, &expected).await?.status {
                StatusCode::NOT_FOUND => return Err(went()),
                StatusCode::CONFLICT => return Ok(false),
                status if CANNOT.contains(&status) => self.remember(sort.path, false),
                _ => return Ok(true),
            }
        }
        let edit = |body: Map<String, Json>| {
            let changes = changes(&body);
            (!changes.is_empty()).then(|| resource::merged(body, &changes))
        };
        Ok(self.rewrite(sort, found, LONGEST, Check::Tag, edit).await?.is_none())
    }

    /// Reads a resource whole, and writes it whole, unless nothing of it is to be written; gives what the server says if that
    /// conflicts with another one. What others write meanwhile is kept where the server gives tags; what this process writes to
    /// a group whole is kept anyway, since one call does so at a time.
    pub(super) async fn rewrite(
        &self,
        sort: Sort,
        found: &Found,
        most: usize,
        check: Check,
        edit: impl Fn(Map<String, Json>) -> Option<Map<String, Json>>,
    ) -> Result<Option<String>, ConnectorError> {
        let path = path(sort, &found.id);
        let _turn = match sort == GROUPS && !self.is_planned() {
            true => Some(self.turn(&path).await?),
            false => None,
        };
        // What was written with the last try is read, too.
        for left in (0..=TIMES).rev() {
            let (body, tag) = match self.is_planned() && found.id == TO_COME {
                true => (found.body.clone(), None),
                false => {
                    let said = self.get(&path, &[StatusCode::NOT_FOUND], most).await?;
                    if said.status == StatusCode::NOT_FOUND {
                        return Err(went());
                    }
                    let mut body = said.object()?;
                    // What a server shows of what is not there it may not take back.
                    body.retain(|_, value| !resource::is_nothing(value));
                    let version = body.get("meta").and_then(|meta| meta.get("version")?.as_str()).map(str::to_owned);
                    (body, said.tag.or(version))
                }
            };
            let is_sure = self.is_planned() || tag.is_some() || check == Check::Tag;
            let Some(body) = edit(body) else { return Ok(None) };
            if left == 0 {
                break;
            }
            let call = Call { if_match: tag, ..Call::new(Method::PUT, self.url(&path), Some(Json::Object(body))) };
            let expected = [StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::PRECONDITION_FAILED];
            let said = self.write(call, &expected).await?;
            match said.status {
                StatusCode::NOT_FOUND => return Err(went()),
                StatusCode::CONFLICT => return Ok(Some(said.conflict.unwrap_or_default())),
                status if is_sure && status != StatusCode::PRECONDITION_FAILED => return Ok(None),
                _ => {}
            }
        }
        Err(ConnectorError::retryable("The resource was changed by others between reading and writing it."))
    }
}
