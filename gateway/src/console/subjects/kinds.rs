//! What groups, email lists and services are called, and what is told of them.

use maud::{Markup, html};
use prost::{Message, Name};
use prost_types::Timestamp;
use proto::registry::v1::{CoEmailList, CoGroup, CoService};

use crate::console::words::{Word, say, show};

/// Something beside people that targets are told of.
pub trait Provisioned: Message + Name + Default {
    /// Its path in the console.
    const PATH: &'static str;
    /// Its name in paths of the API.
    const SUBJECT: &'static str;
    /// The filter of the events that are about it.
    const ABOUT: &'static str;
    /// What all of them are called.
    const ALL: Word;
    /// That there are more.
    const MORE: Word;
    /// What leads to the versions of its record.
    const VERSIONS: Word;

    /// That there are none, and how to make one.
    fn none() -> Markup;
    /// What it is called that has no name.
    fn number(id: i64) -> String;
    /// Its status, what it is, and when it was changed.
    fn head(status: Markup, id: i64, at: Markup) -> Markup;

    /// Its id.
    fn id(&self) -> Option<i64>;
    /// Its CO.
    fn co(&self) -> Option<i64>;
    /// Its name.
    fn name(&self) -> Option<&str>;
    /// What is said of it.
    fn description(&self) -> Option<&str>;
    /// Its status, by number.
    fn status(&self) -> Option<i32>;
    /// When it was changed.
    fn modified(&self) -> Option<&Timestamp>;
}

/// What all of them have.
macro_rules! fields {
    () => {
        fn id(&self) -> Option<i64> {
            self.id
        }

        fn co(&self) -> Option<i64> {
            self.co_id
        }

        fn name(&self) -> Option<&str> {
            self.name.as_deref()
        }

        fn description(&self) -> Option<&str> {
            self.description.as_deref()
        }

        fn status(&self) -> Option<i32> {
            self.status
        }

        fn modified(&self) -> Option<&Timestamp> {
            self.modified.as_ref()
        }
    };
}

impl Provisioned for CoGroup {
    const PATH: &'static str = "groups";
    const SUBJECT: &'static str = "cogroupid";
    const ABOUT: &'static str = "CoGroupId";
    const ALL: Word = say!("groups");
    const MORE: Word = say!("groups-more");
    const VERSIONS: Word = say!("group-versions");

    fn none() -> Markup {
        show!("groups-none", call = html! { code { "POST /co_groups.json" } })
    }

    fn number(id: i64) -> String {
        say!("group-number", group = id.to_string())
    }

    fn head(status: Markup, id: i64, at: Markup) -> Markup {
        show!("group-head", status = status, group = id.to_string(), at = at)
    }

    fields!();
}

impl Provisioned for CoEmailList {
    const PATH: &'static str = "lists";
    const SUBJECT: &'static str = "coemaillistid";
    const ABOUT: &'static str = "CoEmailListId";
    const ALL: Word = say!("lists");
    const MORE: Word = say!("lists-more");
    const VERSIONS: Word = say!("list-versions");

    fn none() -> Markup {
        show!("lists-none", call = html! { code { "POST /co_email_lists.json" } })
    }

    fn number(id: i64) -> String {
        say!("list-number", list = id.to_string())
    }

    fn head(status: Markup, id: i64, at: Markup) -> Markup {
        show!("list-head", status = status, list = id.to_string(), at = at)
    }

    fields!();
}

impl Provisioned for CoService {
    const PATH: &'static str = "services";
    const SUBJECT: &'static str = "coserviceid";
    const ABOUT: &'static str = "CoServiceId";
    const ALL: Word = say!("services");
    const MORE: Word = say!("services-more");
    const VERSIONS: Word = say!("service-versions");

    fn none() -> Markup {
        show!("services-none", call = html! { code { "POST /co_services.json" } })
    }

    fn number(id: i64) -> String {
        say!("service-number", service = id.to_string())
    }

    fn head(status: Markup, id: i64, at: Markup) -> Markup {
        show!("service-head", status = status, service = id.to_string(), at = at)
    }

    fields!();
}
