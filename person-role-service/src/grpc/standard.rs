//! The standard methods of every resource, and those that one has beside them: one service for all tables.
//!
//! Which resources there are says [`resources`]; which methods each has says its service in the `.proto` files, whose
//! paths and messages are those of this service too. A method hands bytes over: a record is read and written by its table.

use async_trait::async_trait;
use bytes::Bytes;
use prost::{DecodeError, Message};
use proto::{
    caller::Caller,
    record::Record,
    registry::v1::{
        AddRecord, Added, DeleteRequest, Deleted, EditRecord, Edited, ListRecords, ListRequest, ListVersionsResponse,
        ReconcileCoRequest, ReplyRequest, VersionsRequest, ViewRequest,
    },
    table::Table,
};
use service_kit::rpc::tables::{Answer, Call};
use tonic::{Response, Status};

use crate::{
    app::{
        add_in_step::Adds,
        assign_identifiers, delete, duplicate_co, edit, erase, list, reconcile, reconcile_co, reply_invite, rotate_key,
        versions,
        versions::Versions,
        view::{self, Seen},
    },
    context::{App, Fault},
    grpc::{added, serve},
    resource::Resource,
    store::{
        entity::{
            ad_hoc_attribute::AdHocAttributes, address::Addresses, api_user::ApiUsers, co::Cos,
            co_email_list::CoEmailLists, co_extended_attribute::CoExtendedAttributes,
            co_extended_type::CoExtendedTypes, co_group::CoGroups, co_group_member::CoGroupMembers,
            co_identifier_assignment::CoIdentifierAssignments, co_invite::CoInvites,
            co_org_identity_link::CoOrgIdentityLinks, co_person::CoPeople, co_person_role::CoPersonRoles,
            co_service::CoServices, cou::Cous, email_address::EmailAddresses, history_record::HistoryRecords,
            identifier::Identifiers, name::Names, org_identity::OrgIdentities, telephone_number::TelephoneNumbers,
            url::Urls,
        },
        stored::Stored,
    },
};

/// States the resources that are served.
macro_rules! resources {
    ($($resource:ident),* $(,)?) => {
        /// The tables of the resources that are served.
        pub(super) fn tables() -> Vec<&'static Table> {
            vec![$(<$resource as Stored>::table()),*]
        }

        /// Answers a method of the resource that a table is of.
        async fn by_table(served: &Standard, call: Call) -> Result<Bytes, Status> {
            $(if std::ptr::eq(call.table, <$resource as Stored>::table()) {
                return standard::<$resource>(served, call).await;
            })*
            Err(Status::unimplemented("the registry does not serve this resource"))
        }

        /// Views records of the resource that a table is of.
        pub(super) async fn view_by_table(
            app: &App,
            table: &'static Table,
            wanted: &[(Caller, i64)],
        ) -> Result<Vec<Result<Seen, Fault>>, Status> {
            $(if std::ptr::eq(table, <$resource as Stored>::table()) {
                return serve!(view::view_many::<$resource>(app, wanted));
            })*
            Err(Status::unimplemented("the registry does not serve this resource"))
        }
    };
}

resources![
    Cos,
    Cous,
    CoPeople,
    Names,
    EmailAddresses,
    Identifiers,
    Addresses,
    TelephoneNumbers,
    AdHocAttributes,
    Urls,
    OrgIdentities,
    CoOrgIdentityLinks,
    CoGroups,
    CoGroupMembers,
    CoEmailLists,
    CoServices,
    CoExtendedTypes,
    CoExtendedAttributes,
    CoPersonRoles,
    CoInvites,
    CoIdentifierAssignments,
    HistoryRecords,
    ApiUsers,
];

/// Answers the methods of all resources of the registry.
pub(super) struct Standard {
    app: App,
    /// Roles are what is added most.
    roles: Adds,
}

impl Standard {
    pub(super) fn of(app: &App) -> Self {
        Self { app: app.clone(), roles: Adds::of::<CoPersonRoles>(app) }
    }
}

#[async_trait]
impl Answer for Standard {
    async fn answer(&self, call: Call) -> Result<Response<Bytes>, Status> {
        by_table(self, call).await.map(Response::new)
    }
}

async fn standard<R: Resource>(Standard { app, roles }: &Standard, call: Call) -> Result<Bytes, Status> {
    let Call { method, caller, message, .. } = call;
    match method.as_str() {
        "Add" => {
            let AddRecord { record, unread } = read(message)?;
            let record = record_of::<R>(record)?;
            let done = serve!(roles.add::<R>(app, &caller, record.clone(), &unread))?;
            Ok(bytes(&Added { replayed: done.replayed, ..added(done.id, done.extras) }))
        }
        "Edit" => {
            let EditRecord { record, unread, sent, if_match } = read(message)?;
            let record = record_of::<R>(record)?;
            let id = record.int("id").unwrap_or_default();
            let record = record.with_sent(&sent.unwrap_or_default().paths);
            serve!(edit::edit::<R>(app, &caller, id, record.clone(), &unread, if_match.as_deref()))?;
            Ok(bytes(&Edited::default()))
        }
        "Delete" => {
            let DeleteRequest { id, if_match } = read(message)?;
            serve!(delete::delete::<R>(app, &caller, id, if_match.as_deref()))?;
            Ok(bytes(&Deleted {}))
        }
        "View" => {
            let ViewRequest { id, as_of } = read(message)?;
            let record = serve!(view::view_as_of::<R>(app, &caller, id, as_of))?;
            Ok(record.encode().into())
        }
        "List" => {
            let request: ListRequest = read(message)?;
            let page = serve!(list::list::<R>(app, &caller, &request))?;
            Ok(bytes(&list_of(&page.records, page.more)))
        }
        "Versions" => {
            let request: VersionsRequest = read(message)?;
            let Versions { versions, more } = serve!(versions::versions::<R>(app, &caller, &request))?;
            Ok(bytes(&ListVersionsResponse { versions, more }))
        }
        _ => particular(app, Call { table: R::table(), method, caller, message }).await,
    }
}

/// The methods that one resource has beside the standard ones.
async fn particular(app: &App, call: Call) -> Result<Bytes, Status> {
    let Call { table, method, caller, message } = call;
    match (table.singular.as_str(), method.as_str()) {
        ("ApiUser", "RotateKey") => {
            let ViewRequest { id, .. } = read(message)?;
            let extras = serve!(rotate_key::rotate_key(app, &caller, id))?;
            Ok(bytes(&added(id, extras)))
        }
        ("Co", "Duplicate") => {
            let ViewRequest { id, .. } = read(message)?;
            let done = serve!(duplicate_co::duplicate_co(app, &caller, id))?;
            Ok(bytes(&Added { replayed: done.replayed, ..added(done.id, done.extras) }))
        }
        ("Identifier", "Assign") => {
            let AddRecord { record, unread } = read(message)?;
            let record = record_of::<Identifiers>(record)?;
            let replayed = serve!(assign_identifiers::assign_identifiers(app, &caller, &record, &unread))?;
            Ok(bytes(&Edited { replayed }))
        }
        ("CoInvite", "Reply") => {
            let request: ReplyRequest = read(message)?;
            serve!(reply_invite::reply_invite(app, &caller, &request))?;
            Ok(bytes(&Deleted {}))
        }
        ("CoPerson", "Erase") => {
            let ViewRequest { id, .. } = read(message)?;
            Ok(bytes(&serve!(erase::erase(app, &caller, id))?))
        }
        ("CoPerson", "PlanErasure") => {
            let ViewRequest { id, .. } = read(message)?;
            Ok(bytes(&serve!(erase::plan_erasure(app, &caller, id))?))
        }
        ("CoGroup", "ReconcileCo") => {
            let ReconcileCoRequest { co_id } = read(message)?;
            let groups = serve!(reconcile_co::reconcile_co(app, &caller, co_id))?;
            Ok(bytes(&list_of(&groups, false)))
        }
        ("CoGroup", "Reconcile") => {
            let ViewRequest { id, .. } = read(message)?;
            let replayed = serve!(reconcile::reconcile(app, &caller, id))?;
            Ok(bytes(&Edited { replayed }))
        }
        _ => Err(Status::unimplemented("the registry does not serve this method")),
    }
}

fn read<M: Message + Default>(message: Bytes) -> Result<M, Status> {
    M::decode(message).map_err(|error| unreadable(&error))
}

fn record_of<R: Resource>(mut record: Bytes) -> Result<Record, Status> {
    Record::decode(R::table(), &mut record).map_err(|error| unreadable(&error))
}

fn unreadable(error: &DecodeError) -> Status {
    Status::invalid_argument(format!("the message is not the method's: {error}"))
}

fn list_of(records: &[Record], more: bool) -> ListRecords {
    ListRecords { records: records.iter().map(|record| Bytes::from(record.encode())).collect(), more }
}

fn bytes(message: &impl Message) -> Bytes {
    message.encode_to_vec().into()
}
