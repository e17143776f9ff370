//! A visit: who looks, at what, and how it asks the services. It is asked for as the API asks, with the caller of the session.

use std::{collections::BTreeMap, sync::Arc};

use futures::future::join_all;
use prost::{Message, Name};
use proto::{
    caller::Caller,
    provisioning::v1::CoProvisioningTarget,
    refusal::Refusal,
    registry::v1::{Co, ListRecords},
    table::Table,
};

use crate::{
    app::App, console::words::say, messages, messages::Unreadable, query::Query, refusal::Problem, services::Services,
};

/// So many COs are shown at once.
const MOST_COS: u32 = 50;

/// So many questions of a page are asked at once, however many targets there are.
pub const SIDE_BY_SIDE: usize = 4;

/// A page of a list.
#[derive(Debug)]
pub struct Listed<R> {
    /// Its records.
    pub records: Vec<R>,
    /// There are more after the last one.
    pub more: bool,
}

/// A visit of somebody who is logged in.
#[derive(Debug)]
pub struct Visit<'a> {
    /// What all requests share.
    pub app: &'a App,
    /// The services behind the gateway.
    pub services: &'a Services,
    /// What stands before `/console`.
    pub base: &'static str,
    /// The path below `/console`.
    pub path: String,
    /// The parameters of the query, or the fields of the form.
    pub given: BTreeMap<String, String>,
    /// Who looks.
    pub caller: Caller,
    /// The id of the session.
    pub session: String,
    /// What forms bear.
    pub token: Arc<str>,
}

impl Visit<'_> {
    /// Calls a method of a resource's service.
    ///
    /// # Errors
    /// What the service refused.
    pub async fn ask<R: Message + Default>(
        &self,
        table: &Table,
        method: &str,
        message: &impl Message,
    ) -> Result<R, Problem> {
        let message = message.encode_to_vec().into();
        let bytes = self.services.call(&table.service, method, message, &self.caller).await?;
        Ok(R::decode(bytes).map_err(Unreadable::from)?)
    }

    /// A page of a list.
    ///
    /// # Errors
    /// What the service refused.
    pub async fn list<R: Message + Name + Default>(
        &self,
        filters: &[(&str, String)],
        after: i64,
        limit: u32,
    ) -> Result<Listed<R>, Problem> {
        let filters = filters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let message = messages::list(&Query { filters, limit, after: Some(after), ..Query::default() });
        let bytes = self.services.call(&Table::of::<R>().service, "List", message, &self.caller).await?;
        let ListRecords { records, more } = ListRecords::decode(bytes).map_err(Unreadable::from)?;
        let records: Result<_, _> = records.into_iter().map(R::decode).collect();
        Ok(Listed { records: records.map_err(Unreadable::from)?, more })
    }

    /// A record.
    ///
    /// # Errors
    /// What the service refused.
    pub async fn view<R: Message + Default>(&self, table: &'static Table, id: i64) -> Result<R, Problem> {
        let sight = self.services.view(table, messages::id(id), id, &self.caller).await?;
        Ok(R::decode(sight.record).map_err(Unreadable::from)?)
    }

    /// The COs on which the caller has rights, or the one of them that the query names.
    ///
    /// # Errors
    /// What the service refused.
    pub async fn cos(&self) -> Result<Vec<Co>, Problem> {
        let table = Table::of::<Co>();
        match self.caller.co_id.or_else(|| self.number("coid")) {
            Some(id) => {
                let co = self.view::<Co>(table, id).await;
                // Who may not see the CO may still see what is in it.
                Ok(vec![co.map_or(Co { id: Some(id), ..Co::default() }, |co| Co { id: Some(id), ..co })])
            }
            None => Ok(self.list::<Co>(&[], 0, MOST_COS).await?.records),
        }
    }

    /// Records by their ids; those that cannot be seen are left out.
    pub async fn each<R: Message + Default>(&self, table: &'static Table, ids: &[i64]) -> Vec<R> {
        let viewed = join_all(ids.iter().map(|id| self.view::<R>(table, *id))).await;
        viewed.into_iter().filter_map(Result::ok).collect()
    }

    /// A parameter that is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }

    /// A parameter, without spaces around it; empty if there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.given.get(name).map_or("", |text| text.trim())
    }

    /// Whether the caller's scopes let it have something done at a target (D61). It decides what is shown; what is done
    /// is decided by the service.
    #[must_use]
    pub fn may_provision(&self, target: i64) -> bool {
        self.caller.allows_at(Table::of::<CoProvisioningTarget>(), "Provision", target)
    }

    /// Whether who sent the form was asked, and is sure.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.text("sure") == "yes"
    }

    /// The address of a page.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}/console{path}", self.base)
    }
}

/// What people call a target.
#[must_use]
pub fn target_name(target: &CoProvisioningTarget) -> String {
    let described = target.description.clone().filter(|text| !text.is_empty());
    described.unwrap_or_else(|| {
        let plugin = target.plugin.clone().unwrap_or_else(|| say!("target").into());
        say!("target-unnamed", plugin = plugin, target = target.id.unwrap_or_default().to_string())
    })
}

/// What people call a CO.
#[must_use]
pub fn co_name(co: &Co) -> String {
    co.name.clone().unwrap_or_else(|| say!("co-number", co = co.id.unwrap_or_default().to_string()))
}

/// 404 for an id in a path that cannot be one.
///
/// # Errors
/// If it is none.
pub fn id(text: &str, model: &str) -> Result<i64, Problem> {
    crate::routes::id_of(text).ok_or_else(|| Refusal::unknown(model).into())
}
