//! The standard methods of every resource.

use prost_types::FieldMask;
use proto::{
    caller::Caller,
    registry::v1::{self as v1, Added, DeleteRequest, Deleted, Edited, FieldViolation, ListRequest, ViewRequest},
};
use tonic::{Request, Response, Status, service::Routes};

use crate::{
    app::{add, delete, edit, list, view},
    grpc::{Registry, added, caller, message, record_of, serve},
    resource::{
        Resource, api_user::ApiUsers, co::Cos, co_email_list::CoEmailLists, co_group::CoGroups,
        co_group_member::CoGroupMembers, co_person::CoPeople, co_person_role::CoPersonRoles, cou::Cous,
        email_address::EmailAddresses, history_record::HistoryRecords, identifier::Identifiers, name::Names,
    },
};

impl Registry {
    async fn add_record<R: Resource>(
        &self,
        caller: Caller,
        record: Option<R::Message>,
        unread: Vec<FieldViolation>,
    ) -> Result<Response<Added>, Status> {
        let record = record_of(record);
        let (id, extras) = serve!(add::add::<R>(&self.app, &caller, record.clone(), &unread))?;
        Ok(Response::new(added(id, extras)))
    }

    async fn edit_record<R: Resource>(
        &self,
        caller: Caller,
        record: Option<R::Message>,
        unread: Vec<FieldViolation>,
        sent: Option<FieldMask>,
    ) -> Result<Response<Edited>, Status> {
        let record = record_of(record);
        let id = record.int("id").unwrap_or_default();
        let record = record.with_sent(&sent.unwrap_or_default().paths);
        serve!(edit::edit::<R>(&self.app, &caller, id, record.clone(), &unread))?;
        Ok(Response::new(Edited {}))
    }

    async fn delete_record<R: Resource>(&self, request: Request<DeleteRequest>) -> Result<Response<Deleted>, Status> {
        serve!(delete::delete::<R>(&self.app, &caller(&request), request.get_ref().id))?;
        Ok(Response::new(Deleted {}))
    }

    async fn view_record<R: Resource>(&self, request: Request<ViewRequest>) -> Result<Response<R::Message>, Status> {
        let record = serve!(view::view::<R>(&self.app, &caller(&request), request.get_ref().id))?;
        Ok(Response::new(message(&record)?))
    }

    async fn list_records<R: Resource>(
        &self,
        request: Request<ListRequest>,
    ) -> Result<(Vec<R::Message>, bool), Status> {
        let page = serve!(list::list::<R>(&self.app, &caller(&request), request.get_ref()))?;
        Ok((page.records.iter().map(message).collect::<Result<_, _>>()?, page.more))
    }
}

/// Serves a resource that has all standard methods, and those that are its own.
macro_rules! resource {
    (
        $module:ident, $service:ident, $resource:ident, $message:ident, $add:ident, $edit:ident, $list:ident
        $(, $own:ident: $request:ident => $answer:ident by $method:ident)*
    ) => {
        #[async_trait::async_trait]
        impl v1::$module::$service for Registry {
            async fn add(&self, request: Request<v1::$add>) -> Result<Response<Added>, Status> {
                let caller = caller(&request);
                let v1::$add { record, unread } = request.into_inner();
                self.add_record::<$resource>(caller, record, unread).await
            }

            async fn edit(&self, request: Request<v1::$edit>) -> Result<Response<Edited>, Status> {
                let caller = caller(&request);
                let v1::$edit { record, unread, sent } = request.into_inner();
                self.edit_record::<$resource>(caller, record, unread, sent).await
            }

            async fn delete(&self, request: Request<DeleteRequest>) -> Result<Response<Deleted>, Status> {
                self.delete_record::<$resource>(request).await
            }

            async fn view(&self, request: Request<ViewRequest>) -> Result<Response<v1::$message>, Status> {
                self.view_record::<$resource>(request).await
            }

            async fn list(&self, request: Request<ListRequest>) -> Result<Response<v1::$list>, Status> {
                let (records, more) = self.list_records::<$resource>(request).await?;
                Ok(Response::new(v1::$list { records, more }))
            }

            $(
                async fn $own(&self, request: Request<v1::$request>) -> Result<Response<v1::$answer>, Status> {
                    self.$method(request).await
                }
            )*
        }
    };
}

resource!(cos_server, Cos, Cos, Co, AddCoRequest, EditCoRequest, ListCosResponse);
resource!(cous_server, Cous, Cous, Cou, AddCouRequest, EditCouRequest, ListCousResponse);
resource!(
    co_people_server,
    CoPeople,
    CoPeople,
    CoPerson,
    AddCoPersonRequest,
    EditCoPersonRequest,
    ListCoPeopleResponse
);
resource!(names_server, Names, Names, Name, AddNameRequest, EditNameRequest, ListNamesResponse);
resource!(
    email_addresses_server,
    EmailAddresses,
    EmailAddresses,
    EmailAddress,
    AddEmailAddressRequest,
    EditEmailAddressRequest,
    ListEmailAddressesResponse
);
resource!(
    identifiers_server,
    Identifiers,
    Identifiers,
    Identifier,
    AddIdentifierRequest,
    EditIdentifierRequest,
    ListIdentifiersResponse
);
resource!(
    co_group_members_server,
    CoGroupMembers,
    CoGroupMembers,
    CoGroupMember,
    AddCoGroupMemberRequest,
    EditCoGroupMemberRequest,
    ListCoGroupMembersResponse
);
resource!(
    co_email_lists_server,
    CoEmailLists,
    CoEmailLists,
    CoEmailList,
    AddCoEmailListRequest,
    EditCoEmailListRequest,
    ListCoEmailListsResponse
);
resource!(
    co_person_roles_server,
    CoPersonRoles,
    CoPersonRoles,
    CoPersonRole,
    AddCoPersonRoleRequest,
    EditCoPersonRoleRequest,
    ListCoPersonRolesResponse
);

resource!(
    api_users_server,
    ApiUsers,
    ApiUsers,
    ApiUser,
    AddApiUserRequest,
    EditApiUserRequest,
    ListApiUsersResponse,
    rotate_key: ViewRequest => Added by rotate
);
resource!(
    co_groups_server,
    CoGroups,
    CoGroups,
    CoGroup,
    AddCoGroupRequest,
    EditCoGroupRequest,
    ListCoGroupsResponse,
    reconcile_co: ReconcileCoRequest => ListCoGroupsResponse by reconcile_groups,
    reconcile: ViewRequest => Edited by reconcile_group
);

/// History is neither edited nor deleted.
#[async_trait::async_trait]
impl v1::history_records_server::HistoryRecords for Registry {
    async fn add(&self, request: Request<v1::AddHistoryRecordRequest>) -> Result<Response<Added>, Status> {
        let caller = caller(&request);
        let v1::AddHistoryRecordRequest { record, unread } = request.into_inner();
        self.add_record::<HistoryRecords>(caller, record, unread).await
    }

    async fn view(&self, request: Request<ViewRequest>) -> Result<Response<v1::HistoryRecord>, Status> {
        self.view_record::<HistoryRecords>(request).await
    }

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<v1::ListHistoryRecordsResponse>, Status> {
        let (records, more) = self.list_records::<HistoryRecords>(request).await?;
        Ok(Response::new(v1::ListHistoryRecordsResponse { records, more }))
    }
}

/// The routes to all resources.
pub(super) fn routes(registry: &Registry) -> Routes {
    Routes::new(v1::cos_server::CosServer::new(registry.clone()))
        .add_service(v1::cous_server::CousServer::new(registry.clone()))
        .add_service(v1::co_people_server::CoPeopleServer::new(registry.clone()))
        .add_service(v1::names_server::NamesServer::new(registry.clone()))
        .add_service(v1::email_addresses_server::EmailAddressesServer::new(registry.clone()))
        .add_service(v1::identifiers_server::IdentifiersServer::new(registry.clone()))
        .add_service(v1::co_groups_server::CoGroupsServer::new(registry.clone()))
        .add_service(v1::co_group_members_server::CoGroupMembersServer::new(registry.clone()))
        .add_service(v1::co_email_lists_server::CoEmailListsServer::new(registry.clone()))
        .add_service(v1::co_person_roles_server::CoPersonRolesServer::new(registry.clone()))
        .add_service(v1::history_records_server::HistoryRecordsServer::new(registry.clone()))
        .add_service(v1::api_users_server::ApiUsersServer::new(registry.clone()))
}
