//! What groups, email lists and services are called, and what is told of them.

use maud::{Markup, html};
use prost::{Message, Name};
use proto::registry::v1::{CoEmailList, CoGroup, CoService};

use crate::console::{
    pieces::{mark, moment, named},
    words::{Word, say, show},
};

/// Something beside people that targets are told of.
pub trait Provisioned: Message + Name + Default {
    /// Its path in the console.
    const PATH: &'static str;
    /// Its name in paths of the API.
    const SUBJECT: &'static str;
    /// The filter of the events that are about it.
    const ABOUT: &'static str;

    /// What all of them are called.
    fn all() -> Word;
    /// That there are none, and how to make one.
    fn none() -> Markup;
    /// That there are more.
    fn more() -> Word;
    /// What leads to the versions of its record.
    fn versions() -> Word;
    /// Its status, what it is, and when it was changed.
    fn head(&self, id: i64) -> Markup;
    /// What it is called, or its number.
    fn name(&self) -> String;
    /// Its id.
    fn id(&self) -> Option<i64>;
    /// Its CO.
    fn co(&self) -> Option<i64>;
    /// What is said of it.
    fn description(&self) -> Option<&str>;
}

impl Provisioned for CoGroup {
    const PATH: &'static str = "groups";
    const SUBJECT: &'static str = "cogroupid";
    const ABOUT: &'static str = "CoGroupId";

    fn all() -> Word {
        say!("groups")
    }

    fn none() -> Markup {
        show!("groups-none", call = html! { code { "POST /co_groups.json" } })
    }

    fn more() -> Word {
        say!("groups-more")
    }

    fn versions() -> Word {
        say!("group-versions")
    }

    fn head(&self, id: i64) -> Markup {
        let (status, at) = (mark(&named::<Self>("status", self.status)), moment(self.modified.as_ref()));
        show!("group-head", status = status, group = id.to_string(), at = at)
    }

    fn name(&self) -> String {
        let number = || say!("group-number", group = self.id.unwrap_or_default().to_string());
        self.name.clone().unwrap_or_else(number)
    }

    fn id(&self) -> Option<i64> {
        self.id
    }

    fn co(&self) -> Option<i64> {
        self.co_id
    }

    fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl Provisioned for CoEmailList {
    const PATH: &'static str = "lists";
    const SUBJECT: &'static str = "coemaillistid";
    const ABOUT: &'static str = "CoEmailListId";

    fn all() -> Word {
        say!("lists")
    }

    fn none() -> Markup {
        show!("lists-none", call = html! { code { "POST /co_email_lists.json" } })
    }

    fn more() -> Word {
        say!("lists-more")
    }

    fn versions() -> Word {
        say!("list-versions")
    }

    fn head(&self, id: i64) -> Markup {
        let (status, at) = (mark(&named::<Self>("status", self.status)), moment(self.modified.as_ref()));
        show!("list-head", status = status, list = id.to_string(), at = at)
    }

    fn name(&self) -> String {
        let number = || say!("list-number", list = self.id.unwrap_or_default().to_string());
        self.name.clone().unwrap_or_else(number)
    }

    fn id(&self) -> Option<i64> {
        self.id
    }

    fn co(&self) -> Option<i64> {
        self.co_id
    }

    fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl Provisioned for CoService {
    const PATH: &'static str = "services";
    const SUBJECT: &'static str = "coserviceid";
    const ABOUT: &'static str = "CoServiceId";

    fn all() -> Word {
        say!("services")
    }

    fn none() -> Markup {
        show!("services-none", call = html! { code { "POST /co_services.json" } })
    }

    fn more() -> Word {
        say!("services-more")
    }

    fn versions() -> Word {
        say!("service-versions")
    }

    fn head(&self, id: i64) -> Markup {
        let (status, at) = (mark(&named::<Self>("status", self.status)), moment(self.modified.as_ref()));
        show!("service-head", status = status, service = id.to_string(), at = at)
    }

    fn name(&self) -> String {
        let number = || say!("service-number", service = self.id.unwrap_or_default().to_string());
        self.name.clone().unwrap_or_else(number)
    }

    fn id(&self) -> Option<i64> {
        self.id
    }

    fn co(&self) -> Option<i64> {
        self.co_id
    }

    fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}
