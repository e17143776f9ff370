"""Records and resources. Written by `cargo xtask generate` from the description of the API: do not edit.

What is sent ends in `Sent`; None clears a field. Of what is shown, fields without a value are absent. The server, not the
client, checks lengths and references.
"""

from __future__ import annotations

from typing import Any, Literal, Mapping, Required, TypeAlias, TypedDict

from .resource import Adds, AddsWithSecret, Deletes, Edits, Lists, Versions, Views, key
from .transport import Transport


class AdHocAttribute(TypedDict, total=False):
    ActorIdentifier: str
    CoPersonRoleId: int  # The id of a CoPersonRole.
    Created: str
    Deleted: bool
    Id: Required[int]
    Modified: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Person: PersonCoRoleOrg  # Whose the record is.
    Revision: int
    Tag: str
    Value: str
    Version: Required[Literal["1.0"]]


class AdHocAttributeSent(TypedDict, total=False):
    Person: PersonCoRoleOrg | None  # Whose the record is.
    Tag: Required[str]
    Value: str | None


class Address(TypedDict, total=False):
    ActorIdentifier: str
    CoPersonRoleId: int  # The id of a CoPersonRole.
    Country: str
    Created: str
    Deleted: bool
    Description: str
    Id: Required[int]
    Language: str
    Locality: str
    Modified: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Person: PersonCoRoleOrg  # Whose the record is.
    PostalCode: str
    Revision: int
    Room: str
    State: str
    Street: str
    Type: str  # A type that the CO has defined for Address.type; else one of campus, home, office, postal.
    Version: Required[Literal["1.0"]]


class AddressSent(TypedDict, total=False):
    Country: str | None
    Description: str | None
    Language: str | None
    Locality: str | None
    Person: PersonCoRoleOrg | None  # Whose the record is.
    PostalCode: str | None
    Room: str | None
    State: str | None
    Street: str | None
    Type: str | None  # A type that the CO has defined for Address.type; else one of campus, home, office, postal.


class AmqpProvisionerConfiguration(TypedDict, total=False):
    CaCertificates: str  # who may vouch for the broker, beside public authorities
    Exchange: Required[str]  # the exchange to publish to; it must exist
    Message: Literal["Full", "Pointer"]  # whether messages hold the data or only say which it is
    Password: Required[str]  # the password of that user; a secret
    RoutingKey: str  # the routing key, where `{co}`, `{kind}` and `{action}` stand for what is published
    Url: Required[str]  # the address of the broker, with a user and a virtual host


class ApiProvisionerConfiguration(TypedDict, total=False):
    AuthType: Literal["None", "Basic", "Bearer"]  # how this server shows who it is
    CaCertificates: str  # who may vouch for the server, instead of those that this machine trusts
    Groups: bool  # whether groups are sent too
    IdentifierType: Required[str]  # the type of identifier that names people there
    Message: Literal["Full", "Pointer"]  # whether messages say all, or only where the registry tells it
    Mode: Required[Literal["POST", "PUT"]]  # how people are sent
    Password: str  # the password to log in with; required with AuthType Basic; a secret
    ServerUrl: Required[str]  # the address of the server
    SigningSecret: str  # what messages are signed with, as Standard Webhooks has it; a secret
    Token: str  # the token to show; required with AuthType Bearer; a secret
    Username: str  # the name to log in with; required with AuthType Basic


class ApiUser(TypedDict, total=False):
    CoId: int  # The id of a Co.
    Created: str
    Id: Required[int]
    LastUsed: str
    Modified: str
    Privileged: bool
    RemoteIp: list[str]  # Ranges of addresses (CIDR) from which it may log in.
    Scopes: list[str]
    Status: Literal["Active", "Suspended"]
    Username: str
    ValidFrom: str
    ValidThrough: str
    Version: Required[Literal["1.0"]]


class ApiUserSent(TypedDict, total=False):
    CoId: int | None  # The id of a Co. Cannot be changed.
    Privileged: bool | None
    RemoteIp: list[str] | None  # Ranges of addresses (CIDR) from which it may log in.
    Scopes: list[str] | None
    Status: Required[Literal["Active", "Suspended"]]
    Username: Required[str]
    ValidFrom: str | None  # A time, in UTC or with an offset.
    ValidThrough: str | None  # A time, in UTC or with an offset.


class AuditRecord(TypedDict, total=False):
    Action: str
    Actor: str
    Address: str
    At: str
    Changes: list[AuditRecordChanges]
    CoId: int
    Hash: str
    Id: Required[int]
    Resource: str
    ResourceId: int
    Source: str
    Version: Required[Literal["1.0"]]


class AuditRecordChanges(TypedDict, total=False):
    Field: Required[str]
    New: Any
    Old: Any


class ChangelogProvisionerConfiguration(TypedDict, total=False):
    LogFile: Required[str]  # the name of the file to write to


class Co(TypedDict, total=False):
    Created: str
    Description: str
    Id: Required[int]
    Modified: str
    Name: str
    Status: Literal["Active", "Suspended", "Template", "InTrash"]
    Version: Required[Literal["1.0"]]


class CoEmailList(TypedDict, total=False):
    ActorIdentifier: str
    AdminsCoGroupId: int  # The id of a CoGroup.
    CoId: int  # The id of a Co.
    Created: str
    Deleted: bool
    Description: str
    Id: Required[int]
    MembersCoGroupId: int  # The id of a CoGroup.
    ModeratorsCoGroupId: int  # The id of a CoGroup.
    Modified: str
    Name: str
    Revision: int
    Status: Literal["Active", "Suspended"]
    Version: Required[Literal["1.0"]]


class CoEmailListSent(TypedDict, total=False):
    AdminsCoGroupId: int | None  # The id of a CoGroup.
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    Description: str | None
    MembersCoGroupId: int | None  # The id of a CoGroup.
    ModeratorsCoGroupId: int | None  # The id of a CoGroup.
    Name: Required[str]
    Status: Required[Literal["Active", "Suspended"]]


class CoExtendedAttribute(TypedDict, total=False):
    CoId: int  # The id of a Co.
    Created: str
    DisplayName: str
    Id: Required[int]
    Indx: bool
    Modified: str
    Name: str
    Type: Literal["INTEGER", "TIMESTAMP", "VARCHAR(32)"]
    Version: Required[Literal["1.0"]]


class CoExtendedAttributeSent(TypedDict, total=False):
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    DisplayName: Required[str]
    Indx: bool | None
    Name: Required[str]
    Type: Required[Literal["INTEGER", "TIMESTAMP", "VARCHAR(32)"]]  # Cannot be changed.


class CoExtendedType(TypedDict, total=False):
    Attribute: str
    CoId: int  # The id of a Co.
    Created: str
    DisplayName: str
    Edupersonaffiliation: str
    Id: Required[int]
    Modified: str
    Name: str
    Status: Literal["Active", "Suspended"]
    Version: Required[Literal["1.0"]]


class CoExtendedTypeSent(TypedDict, total=False):
    Attribute: Required[Literal["Address.type", "CoDepartment.type", "Contact.type", "CoPersonRole.affiliation", "EmailAddress.type", "Identifier.type", "Name.type", "Organization.type", "TelephoneNumber.type", "Url.type"]]  # Cannot be changed.
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    DisplayName: Required[str]
    Edupersonaffiliation: Literal["faculty", "student", "staff", "alum", "member", "affiliate", "employee", "librarywalkin"] | None
    Name: Required[str]
    Status: Required[Literal["Active", "Suspended"]]


class CoGroup(TypedDict, total=False):
    ActorIdentifier: str
    Auto: bool
    CoId: int  # The id of a Co.
    CouId: int  # The id of a Cou.
    Created: str
    Deleted: bool
    Description: str
    GroupType: Literal["S", "A", "AP", "MA", "M", "CL"]
    Id: Required[int]
    Introduction: str
    Modified: str
    Name: str
    NestingModeAll: bool
    Open: bool
    Revision: int
    Status: Literal["Active", "Suspended"]
    Version: Required[Literal["1.0"]]


class CoGroupMember(TypedDict, total=False):
    ActorIdentifier: str
    CoGroupId: int  # The id of a CoGroup.
    CoPersonId: int  # The id of a CoPerson.
    Created: str
    Deleted: bool
    Id: Required[int]
    Member: bool
    Modified: str
    Owner: bool
    Person: PersonCO  # Whose the record is.
    Revision: int
    ValidFrom: str
    ValidThrough: str
    Version: Required[Literal["1.0"]]


class CoGroupMemberSent(TypedDict, total=False):
    CoGroupId: Required[int]  # The id of a CoGroup.
    Member: bool | None
    Owner: bool | None
    Person: Required[PersonCO]  # Whose the record is.
    ValidFrom: str | None  # A time, in UTC or with an offset.
    ValidThrough: str | None  # A time, in UTC or with an offset.


class CoGroupSent(TypedDict, total=False):
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    CouId: int | None  # The id of a Cou.
    Description: str | None
    GroupType: Literal["S", "A", "AP", "MA", "M", "CL", "Standard", "Admins", "Approvers", "ActiveMembers", "AllMembers", "Cluster"] | None
    Introduction: str | None
    Name: Required[str]
    NestingModeAll: bool | None
    Open: bool | None
    Status: Required[Literal["Active", "Suspended"]]


class CoGroupsAnswer(TypedDict, total=False):
    CoGroups: Required[list[CoGroup]]
    ResponseType: Required[Literal["CoGroups"]]
    Version: Required[Literal["1.0"]]


class CoIdentifierAssignment(TypedDict, total=False):
    ActorIdentifier: str
    CoId: int  # The id of a Co.
    Context: str
    Created: str
    Deleted: bool
    Description: str
    Format: str
    Id: Required[int]
    IdentifierType: str  # A type that the CO has defined for Identifier.type; else one of badge, enterprise, entityid, eppn, eptid, epuid, mail, name, national, network, oidcsub, openid, orcid, provisioningtarget, reference, pairwiseid, subjectid, sor-affiliate, sor-guest, sor-hr, sor-student, sorid, uid.
    Login: bool
    Minimum: int
    MinimumLength: int
    Modified: str
    Revision: int
    Status: Literal["Active", "Suspended"]
    Version: Required[Literal["1.0"]]


class CoIdentifierAssignmentSent(TypedDict, total=False):
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    Context: Literal["CoPerson", "CoGroup"] | None
    Description: str | None
    Format: Required[str]
    IdentifierType: Required[str]  # A type that the CO has defined for Identifier.type; else one of badge, enterprise, entityid, eppn, eptid, epuid, mail, name, national, network, oidcsub, openid, orcid, provisioningtarget, reference, pairwiseid, subjectid, sor-affiliate, sor-guest, sor-hr, sor-student, sorid, uid.
    Login: bool | None
    Minimum: int | None
    MinimumLength: int | None
    Status: Required[Literal["Active", "Suspended"]]


class CoInviteSent(TypedDict, total=False):
    Person: Required[PersonCO]  # Whose the record is.


class CoOrgIdentityLink(TypedDict, total=False):
    ActorIdentifier: str
    CoPersonId: int  # The id of a CoPerson.
    Created: str
    Deleted: bool
    Id: Required[int]
    Modified: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Revision: int
    Version: Required[Literal["1.0"]]


class CoOrgIdentityLinkSent(TypedDict, total=False):
    CoPersonId: Required[int]  # The id of a CoPerson.
    OrgIdentityId: Required[int]  # The id of a OrgIdentity.


class CoPerson(TypedDict, total=False):
    ActorIdentifier: str
    CoId: int  # The id of a Co.
    Created: str
    DateOfBirth: str
    Deleted: bool
    Id: Required[int]
    Modified: str
    Revision: int
    Status: Literal["Active", "Approved", "Confirmed", "Declined", "Deleted", "Denied", "Duplicate", "GracePeriod", "Invited", "Locked", "Pending", "PendingApproval", "PendingConfirmation", "PendingVetting", "Suspended", "Expired"]
    Timezone: str
    Version: Required[Literal["1.0"]]


class CoPersonRole(TypedDict, total=False):
    ActorIdentifier: str
    Affiliation: str  # A type that the CO has defined for CoPersonRole.affiliation; else one of faculty, student, staff, alum, member, affiliate, employee, librarywalkin.
    CoPersonId: int  # The id of a CoPerson.
    CouId: int  # The id of a Cou.
    Created: str
    Deleted: bool
    ExtendedAttributes: dict[str, Any]  # The CO's own attributes, by their names.
    Id: Required[int]
    ManagerCoPersonId: int  # The id of a CoPerson.
    Modified: str
    O: str
    Ordr: int
    Ou: str
    Person: PersonCO  # Whose the record is.
    Revision: int
    SourceOrgIdentityId: int  # The id of a OrgIdentity.
    SponsorCoPersonId: int  # The id of a CoPerson.
    Status: Literal["Active", "Approved", "Confirmed", "Declined", "Deleted", "Denied", "Duplicate", "GracePeriod", "Invited", "Locked", "Pending", "PendingApproval", "PendingConfirmation", "PendingVetting", "Suspended", "Expired"]
    Title: str
    ValidFrom: str
    ValidThrough: str
    Version: Required[Literal["1.0"]]


class CoPersonRoleSent(TypedDict, total=False):
    Affiliation: Required[str]  # A type that the CO has defined for CoPersonRole.affiliation; else one of faculty, student, staff, alum, member, affiliate, employee, librarywalkin.
    CouId: int | None  # The id of a Cou.
    ExtendedAttributes: dict[str, Any] | None  # The CO's own attributes, by their names.
    ManagerCoPersonId: int | None  # The id of a CoPerson.
    O: str | None
    Ordr: int | None
    Ou: str | None
    Person: Required[PersonCO]  # Whose the record is.
    SourceOrgIdentityId: int | None  # The id of a OrgIdentity.
    SponsorCoPersonId: int | None  # The id of a CoPerson.
    Status: Required[Literal["Active", "Approved", "Confirmed", "Declined", "Deleted", "Denied", "Duplicate", "GracePeriod", "Invited", "Pending", "PendingApproval", "PendingConfirmation", "PendingVetting", "Suspended", "Expired"]]
    Title: str | None
    ValidFrom: str | None  # A time, in UTC or with an offset.
    ValidThrough: str | None  # A time, in UTC or with an offset.


class CoPersonSent(TypedDict, total=False):
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    DateOfBirth: str | None
    Status: Required[Literal["Active", "Approved", "Confirmed", "Declined", "Deleted", "Denied", "Duplicate", "GracePeriod", "Invited", "Locked", "Pending", "PendingApproval", "PendingConfirmation", "PendingVetting", "Suspended", "Expired"]]
    Timezone: str | None


class CoProvisioningRequest(TypedDict, total=False):
    Action: str
    ActorIdentifier: str
    Attempts: int
    CoEmailListId: int
    CoGroupId: int
    CoId: int
    CoPersonId: int
    CoProvisioningTargetId: int
    CoServiceId: int
    CouId: int
    Created: str
    Done: int
    Ended: str
    EstimatedEnd: str
    FailedCount: int
    Id: Required[int]
    LastError: str
    Modified: str
    NextAttempt: str
    Person: PersonCO  # Whose the record is.
    Rate: int
    Started: str
    Status: Literal["Queued", "Running", "Retrying", "Succeeded", "Failed", "Canceled", "Held"]
    Total: int
    TraceId: str
    Version: Required[Literal["1.0"]]
    WaitingCount: int


class CoProvisioningTarget(TypedDict, total=False):
    Check: bool
    CoId: int  # The id of a Co.
    Comparable: bool
    Concurrency: int
    Configuration: Configuration
    Created: str
    Description: str
    Failing: int
    GuardCount: int
    GuardShare: int
    GuardWindow: int
    Health: str
    HealthSentence: str
    Held: int
    Id: Required[int]
    LastSuccess: str
    MaxRetry: int
    Modified: str
    OldestWaiting: str
    Ordr: int
    Plugin: str
    ProvisionCoGroupId: int  # The id of a CoGroup.
    RetryInterval: int
    SkipOrgIdentitySourceId: int
    Status: Literal["A", "E", "M", "Q", "QE", "X"]
    Version: Required[Literal["1.0"]]
    Waiting: int


class CoProvisioningTargetSent(TypedDict, total=False):
    Check: bool | None
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    Configuration: Configuration | None
    Description: str | None
    GuardCount: int | None
    GuardShare: int | None
    GuardWindow: int | None
    MaxRetry: int | None
    Ordr: int | None
    Plugin: Required[str]  # Cannot be changed.
    ProvisionCoGroupId: int | None  # The id of a CoGroup.
    RetryInterval: int | None
    SkipOrgIdentitySourceId: int | None
    Status: Required[Literal["A", "E", "M", "Q", "QE", "X", "AutomaticMode", "EnrollmentMode", "ManualMode", "QueueMode", "QueueOnErrorMode", "Disabled"]]


class CoSent(TypedDict, total=False):
    Description: str | None
    Name: Required[str]
    Status: Required[Literal["Active", "Suspended", "Template", "InTrash"]]


class CoService(TypedDict, total=False):
    ActorIdentifier: str
    AuthenticatorId: int
    ClusterId: int
    CoGroupId: int  # The id of a CoGroup.
    CoId: int  # The id of a Co.
    ContactEmail: str
    CouId: int  # The id of a Cou.
    Created: str
    Deleted: bool
    Description: str
    EntitlementUri: str
    Id: Required[int]
    IdentifierType: str
    LogoUrl: str
    Modified: str
    Name: str
    Revision: int
    ServiceLabel: str
    ServiceUrl: str
    ShortLabel: str
    Status: Literal["Active", "Suspended"]
    Version: Required[Literal["1.0"]]
    Visibility: Literal["CoAdmin", "CoGroupMember", "CoMember", "Unauthenticated"]


class CoServiceSent(TypedDict, total=False):
    AuthenticatorId: int | None
    ClusterId: int | None
    CoGroupId: int | None  # The id of a CoGroup.
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    ContactEmail: str | None
    CouId: int | None  # The id of a Cou.
    Description: str | None
    EntitlementUri: str | None
    IdentifierType: str | None
    LogoUrl: str | None
    Name: Required[str]
    ServiceLabel: str | None
    ServiceUrl: str | None
    ShortLabel: str | None
    Status: Required[Literal["Active", "Suspended"]]
    Visibility: Required[Literal["CoAdmin", "CoGroupMember", "CoMember", "Unauthenticated"]]


class Cou(TypedDict, total=False):
    ActorIdentifier: str
    CoId: int  # The id of a Co.
    ConfigurationLabels: str
    Created: str
    Deleted: bool
    Description: str
    Id: Required[int]
    Lft: int
    Modified: str
    Name: str
    ParentId: int  # The id of a Cou.
    Revision: int
    Rght: int
    Version: Required[Literal["1.0"]]


class CouSent(TypedDict, total=False):
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    ConfigurationLabels: str | None
    Description: str | None
    Name: Required[str]
    ParentId: int | None  # The id of a Cou.


class EmailAddress(TypedDict, total=False):
    ActorIdentifier: str
    CoPersonId: int  # The id of a CoPerson.
    Created: str
    Deleted: bool
    Description: str
    Id: Required[int]
    Mail: str
    Modified: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Person: PersonCOOrg  # Whose the record is.
    Revision: int
    Type: str  # A type that the CO has defined for EmailAddress.type; else one of delivery, forwarding, list, official, personal, preferred, recovery.
    Verified: bool
    Version: Required[Literal["1.0"]]


class EmailAddressSent(TypedDict, total=False):
    Description: str | None
    Mail: Required[str]
    Person: PersonCOOrg | None  # Whose the record is.
    Type: Required[str]  # A type that the CO has defined for EmailAddress.type; else one of delivery, forwarding, list, official, personal, preferred, recovery.
    Verified: bool | None


class HistoryRecord(TypedDict, total=False):
    Action: str
    ActorApiUserId: int
    ActorCoPersonId: int  # The id of a CoPerson.
    CoEmailListId: int  # The id of a CoEmailList.
    CoGroupId: int  # The id of a CoGroup.
    CoPersonId: int  # The id of a CoPerson.
    CoPersonRoleId: int  # The id of a CoPersonRole.
    CoServiceId: int  # The id of a CoService.
    Comment: str
    Created: str
    Id: Required[int]
    Modified: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Person: PersonCOOrg  # Whose the record is.
    Version: Required[Literal["1.0"]]


class HistoryRecordSent(TypedDict, total=False):
    Action: Required[str]
    ActorCoPersonId: int | None  # The id of a CoPerson.
    CoEmailListId: int | None  # The id of a CoEmailList.
    CoGroupId: int | None  # The id of a CoGroup.
    CoPersonRoleId: int | None  # The id of a CoPersonRole.
    CoServiceId: int | None  # The id of a CoService.
    Comment: str | None
    Person: PersonCOOrg | None  # Whose the record is.


class Identifier(TypedDict, total=False):
    ActorIdentifier: str
    CoGroupId: int  # The id of a CoGroup.
    CoPersonId: int  # The id of a CoPerson.
    CoProvisioningTargetId: int
    Created: str
    Deleted: bool
    Id: Required[int]
    Identifier: str
    Language: str
    Login: bool
    Modified: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Person: PersonCOGroupOrg  # Whose the record is.
    Revision: int
    Status: Literal["Active", "Suspended"]
    Type: str  # A type that the CO has defined for Identifier.type; else one of badge, enterprise, entityid, eppn, eptid, epuid, mail, name, national, network, oidcsub, openid, orcid, provisioningtarget, reference, pairwiseid, subjectid, sor-affiliate, sor-guest, sor-hr, sor-student, sorid, uid.
    Version: Required[Literal["1.0"]]


class IdentifierSent(TypedDict, total=False):
    CoProvisioningTargetId: int | None
    Identifier: Required[str]
    Language: str | None
    Login: bool | None
    Person: PersonCOGroupOrg | None  # Whose the record is.
    Status: Required[Literal["Active", "Suspended"]]
    Type: Required[str]  # A type that the CO has defined for Identifier.type; else one of badge, enterprise, entityid, eppn, eptid, epuid, mail, name, national, network, oidcsub, openid, orcid, provisioningtarget, reference, pairwiseid, subjectid, sor-affiliate, sor-guest, sor-hr, sor-student, sorid, uid.


class LdapProvisionerConfiguration(TypedDict, total=False):
    AttributeOptions: bool  # whether languages of names and roles are told apart, as `cn;lang-de` and `title;role-7`
    Attributes: list[LdapProvisionerConfigurationAttributes]  # what is written
    BaseDn: Required[str]  # the entry that people stand below
    BindDn: Required[str]  # the entry to log in as
    CaCertificates: str  # who may vouch for the directory, instead of those that this machine trusts
    DnAttributeName: Required[str]  # the attribute that names people
    DnIdentifierType: Required[str]  # the type of identifier that is its value
    GroupBaseDn: str  # the entry that groups stand below; without it groups are not written
    GroupObjectClass: Literal["groupOfNames", "groupOfUniqueNames", "posixGroup"]  # what the entry of a group is
    LockAttribute: bool  # whether `pwdAccountLockedTime` is set for who is suspended or expired, and taken away otherwise
    Password: Required[str]  # its password; a secret
    PersonObjectClasses: list[str]  # what the entry of a person is
    ScopeSuffix: str  # what follows the @ of scoped attributes
    ServerUrl: Required[str]  # the address of the directory
    StartTls: bool  # whether TLS begins on a plain connection
    UnconfiguredAttributes: Literal["Ignore", "Remove"]  # what becomes of attributes that could be written and are not


class LdapProvisionerConfigurationAttributes(TypedDict, total=False):
    Attribute: Required[Literal["cn", "sn", "givenName", "displayName", "mail", "uid", "employeeNumber", "title", "o", "ou", "employeeType", "telephoneNumber", "labeledURI", "eduPersonPrincipalName", "eduPersonOrcid", "eduPersonUniqueId", "eduPersonAffiliation", "eduPersonScopedAffiliation", "isMemberOf", "voPersonID", "voPersonExternalID", "voPersonApplicationUID", "voPersonAuthorName", "voPersonAffiliation", "voPersonVerifiedEmail", "voPersonStatus"]]  # its name in the directory
    Export: bool  # whether it is written
    Type: str  # the type of name, address, number or identifier that is taken
    UseOrgValue: bool  # whether the org identities' identifiers, `title`, `o`, `ou` and affiliation are taken


class Name(TypedDict, total=False):
    ActorIdentifier: str
    CoPersonId: int  # The id of a CoPerson.
    Created: str
    Deleted: bool
    Family: str
    Given: str
    Honorific: str
    Id: Required[int]
    Language: str
    Middle: str
    Modified: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Person: PersonCOOrg  # Whose the record is.
    PrimaryName: bool
    Revision: int
    Suffix: str
    Type: str  # A type that the CO has defined for Name.type; else one of alternate, author, fka, official, preferred.
    Version: Required[Literal["1.0"]]


class NameSent(TypedDict, total=False):
    Family: str | None
    Given: Required[str]
    Honorific: str | None
    Language: str | None
    Middle: str | None
    Person: PersonCOOrg | None  # Whose the record is.
    PrimaryName: bool | None
    Suffix: str | None
    Type: Required[str]  # A type that the CO has defined for Name.type; else one of alternate, author, fka, official, preferred.


class NewApiUser(TypedDict, total=False):
    ApiKey: Required[str]
    Id: Required[str]
    ObjectType: Required[str]
    ResponseType: Required[Literal["NewObject"]]
    Username: Required[str]
    Version: Required[Literal["1.0"]]


class NewObject(TypedDict, total=False):
    Id: Required[str]
    ObjectType: Required[str]
    ResponseType: Required[Literal["NewObject"]]
    Version: Required[Literal["1.0"]]


class OrgIdentity(TypedDict, total=False):
    ActorIdentifier: str
    Affiliation: str  # A type that the CO has defined for CoPersonRole.affiliation; else one of faculty, student, staff, alum, member, affiliate, employee, librarywalkin.
    CoId: int  # The id of a Co.
    Created: str
    DateOfBirth: str
    Deleted: bool
    Id: Required[int]
    ManagerIdentifier: str
    Modified: str
    O: str
    Ou: str
    Revision: int
    SponsorIdentifier: str
    Status: Literal["RM", "SY"]
    Title: str
    ValidFrom: str
    ValidThrough: str
    Version: Required[Literal["1.0"]]


class OrgIdentitySent(TypedDict, total=False):
    Affiliation: str | None  # A type that the CO has defined for CoPersonRole.affiliation; else one of faculty, student, staff, alum, member, affiliate, employee, librarywalkin.
    CoId: Required[int]  # The id of a Co. Cannot be changed.
    DateOfBirth: str | None
    ManagerIdentifier: str | None
    O: str | None
    Ou: str | None
    SponsorIdentifier: str | None
    Status: Literal["RM", "SY", "Removed", "Synced"] | None
    Title: str | None
    ValidFrom: str | None  # A time, in UTC or with an offset.
    ValidThrough: str | None  # A time, in UTC or with an offset.


class PersonCO(TypedDict, total=False):
    Id: Required[int]
    Type: Required[Literal["CO"]]


class PersonCOGroupOrg(TypedDict, total=False):
    Id: Required[int]
    Type: Required[Literal["CO", "Group", "Org"]]


class PersonCOOrg(TypedDict, total=False):
    Id: Required[int]
    Type: Required[Literal["CO", "Org"]]


class PersonCoRoleOrg(TypedDict, total=False):
    Id: Required[int]
    Type: Required[Literal["CoRole", "Org"]]


class RecordVersion(TypedDict, total=False):
    ActorIdentifier: str
    Changes: list[RecordVersionChanges]
    Deleted: bool
    From: str
    Revision: Required[int]
    Through: str  # Absent: it still is.
    Version: Literal["1.0"]


class RecordVersionChanges(TypedDict, total=False):
    Field: Required[str]
    New: Any
    Old: Any


class ScimProvisionerConfiguration(TypedDict, total=False):
    AuthType: Literal["Bearer", "Basic", "OAuth2"]  # how this server shows who it is
    BaseUrl: Required[str]  # the address that /Users stands below
    CaCertificates: str  # who may vouch for the servers, instead of those that this machine trusts
    ClientId: str  # the client that gets tokens; required with AuthType OAuth2
    ClientSecret: str  # its secret; required with AuthType OAuth2; a secret
    Groups: bool  # whether groups are kept there too
    Password: str  # the password to log in with; required with AuthType Basic; a secret
    Patch: Literal["Auto", "Never"]  # whether PATCH is used where the server says that it has it
    Token: str  # the token to show; required with AuthType Bearer; a secret
    TokenUrl: str  # where tokens are got with client credentials; required with AuthType OAuth2
    UserNameIdentifierType: Required[str]  # the type of identifier that is userName
    Username: str  # the name to log in with; required with AuthType Basic


class SqlProvisionerConfiguration(TypedDict, total=False):
    CaCertificates: str  # who may vouch for the server, beside public authorities
    Password: str  # the password of that user; SQLite has none; a secret
    TablePrefix: str  # what the names of tables begin with
    Tls: Literal["Require", "Never"]  # whether the server must show a certificate for its name
    Url: Required[str]  # the address of the database, with a user and a database's name; of SQLite, the name of a file


class TelephoneNumber(TypedDict, total=False):
    ActorIdentifier: str
    AreaCode: str
    CoPersonRoleId: int  # The id of a CoPersonRole.
    CountryCode: str
    Created: str
    Deleted: bool
    Description: str
    Extension: str
    Id: Required[int]
    Modified: str
    Number: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Person: PersonCoRoleOrg  # Whose the record is.
    Revision: int
    Type: str  # A type that the CO has defined for TelephoneNumber.type; else one of campus, fax, home, mobile, office.
    Version: Required[Literal["1.0"]]


class TelephoneNumberSent(TypedDict, total=False):
    AreaCode: str | None
    CountryCode: str | None
    Description: str | None
    Extension: str | None
    Number: Required[str]
    Person: PersonCoRoleOrg | None  # Whose the record is.
    Type: str | None  # A type that the CO has defined for TelephoneNumber.type; else one of campus, fax, home, mobile, office.


class Url(TypedDict, total=False):
    ActorIdentifier: str
    CoPersonId: int  # The id of a CoPerson.
    Created: str
    Deleted: bool
    Description: str
    Id: Required[int]
    Language: str
    Modified: str
    OrgIdentityId: int  # The id of a OrgIdentity.
    Person: PersonCOOrg  # Whose the record is.
    Revision: int
    Type: str  # A type that the CO has defined for Url.type; else one of official, personal.
    Url: str
    Version: Required[Literal["1.0"]]


class UrlSent(TypedDict, total=False):
    Description: str | None
    Language: str | None
    Person: PersonCOOrg | None  # Whose the record is.
    Type: Required[str]  # A type that the CO has defined for Url.type; else one of official, personal.
    Url: Required[str]


Configuration: TypeAlias = AmqpProvisionerConfiguration | ApiProvisionerConfiguration | ChangelogProvisionerConfiguration | LdapProvisionerConfiguration | ScimProvisionerConfiguration | SqlProvisionerConfiguration


class AdHocAttributes(Lists[AdHocAttribute], Adds[AdHocAttributeSent], Deletes, Views[AdHocAttribute], Edits[AdHocAttributeSent], Versions[RecordVersion]):
    path = "ad_hoc_attributes"
    plural = "AdHocAttributes"
    filters = frozenset({"copersonroleid", "orgidentityid", "coid"})


class Addresses(Lists[Address], Adds[AddressSent], Deletes, Views[Address], Edits[AddressSent], Versions[RecordVersion]):
    path = "addresses"
    plural = "Addresses"
    filters = frozenset({"copersonroleid", "orgidentityid", "coid"})


class ApiUsers(Lists[ApiUser], AddsWithSecret[ApiUserSent, NewApiUser], Deletes, Views[ApiUser], Edits[ApiUserSent]):
    path = "api_users"
    plural = "ApiUsers"
    filters = frozenset({"coid"})

    def rotate_key(self, id: int) -> NewApiUser:
        """Makes a new key; the old one ends.
        200 OK: the new key, shown this once
        """
        answer: NewApiUser = self._call("POST", f"api_users/{id}/key.json")
        return answer


class AuditRecords(Lists[AuditRecord], Views[AuditRecord]):
    path = "audit_records"
    plural = "AuditRecords"
    filters = frozenset({"source", "actor", "action", "resource", "resourceid", "coid", "from", "through"})


class CoEmailLists(Lists[CoEmailList], Adds[CoEmailListSent], Deletes, Views[CoEmailList], Edits[CoEmailListSent], Versions[RecordVersion]):
    path = "co_email_lists"
    plural = "CoEmailLists"
    filters = frozenset({"coid"})


class CoExtendedAttributes(Lists[CoExtendedAttribute], Adds[CoExtendedAttributeSent], Deletes, Views[CoExtendedAttribute], Edits[CoExtendedAttributeSent]):
    path = "co_extended_attributes"
    plural = "CoExtendedAttributes"
    filters = frozenset({"coid"})


class CoExtendedTypes(Lists[CoExtendedType], Adds[CoExtendedTypeSent], Deletes, Views[CoExtendedType], Edits[CoExtendedTypeSent]):
    path = "co_extended_types"
    plural = "CoExtendedTypes"
    filters = frozenset({"coid"})


class CoGroupMembers(Lists[CoGroupMember], Adds[CoGroupMemberSent], Deletes, Views[CoGroupMember], Edits[CoGroupMemberSent], Versions[RecordVersion]):
    path = "co_group_members"
    plural = "CoGroupMembers"
    filters = frozenset({"cogroupid", "copersonid", "owner", "coid"})


class CoGroups(Lists[CoGroup], Adds[CoGroupSent], Deletes, Views[CoGroup], Edits[CoGroupSent], Versions[RecordVersion]):
    path = "co_groups"
    plural = "CoGroups"
    filters = frozenset({"coid", "search.identifier", "search.identifier.equals"})

    def reconcile_co(self, *, coid: int) -> CoGroupsAnswer:
        """Makes the default groups of a CO that are missing.
        200 OK
        `coid`: The CO.
        """
        answer: CoGroupsAnswer = self._call("PUT", f"co_groups/reconcile.json", query={"coid": coid})
        return answer

    def reconcile_co_group(self, id: int) -> None:
        """Computes the members of an automatic group anew.
        200 OK. No body.
        """
        self._call("POST", f"co_groups/reconcile/{id}.json")


class CoIdentifierAssignments(Lists[CoIdentifierAssignment], Adds[CoIdentifierAssignmentSent], Deletes, Views[CoIdentifierAssignment], Edits[CoIdentifierAssignmentSent], Versions[RecordVersion]):
    path = "co_identifier_assignments"
    plural = "CoIdentifierAssignments"
    filters = frozenset({"coid"})


class CoInvites(Adds[CoInviteSent]):
    path = "co_invites"
    plural = "CoInvites"

    def reply_co_invite(self, *, inviteid: str, reply: Literal["confirm", "decline"]) -> None:
        """Confirms or declines an invitation.
        200 Deleted: the invitation was answered. No body.
        `inviteid`: The secret that was mailed.
        `reply`: What the person says.
        """
        self._call("GET", f"co_invites.json", query={"inviteid": inviteid, "reply": reply})


class CoOrgIdentityLinks(Lists[CoOrgIdentityLink], Adds[CoOrgIdentityLinkSent], Deletes, Views[CoOrgIdentityLink], Edits[CoOrgIdentityLinkSent], Versions[RecordVersion]):
    path = "co_org_identity_links"
    plural = "CoOrgIdentityLinks"
    filters = frozenset({"copersonid", "orgidentityid", "coid"})


class CoPeople(Lists[CoPerson], Adds[CoPersonSent], Deletes, Views[CoPerson], Edits[CoPersonSent], Versions[RecordVersion]):
    path = "co_people"
    plural = "CoPeople"
    filters = frozenset({"coid", "search.identifier", "search.identifier.equals", "search.mail", "given", "family", "mail"})

    def plan_erasure_of_co_person(self, id: int) -> dict[str, Any]:
        """Says what erasing a person would take away.
        200 OK: `CoPersonErasure`, the numbers of rows that would go.
        """
        answer: dict[str, Any] = self._call("GET", f"co_people/{id}/erase.json")
        return answer

    def erase_co_person(self, id: int) -> dict[str, Any]:
        """Erases a person: what is known of it, and what was.
        200 OK: `CoPersonErasure`, the numbers of rows that went.
        """
        answer: dict[str, Any] = self._call("POST", f"co_people/{id}/erase.json")
        return answer


class CoPersonRoles(Lists[CoPersonRole], Adds[CoPersonRoleSent], Deletes, Views[CoPersonRole], Edits[CoPersonRoleSent], Versions[RecordVersion]):
    path = "co_person_roles"
    plural = "CoPersonRoles"
    filters = frozenset({"copersonid", "couid", "affiliation", "status", "sponsor_copersonid", "manager_copersonid", "modified_since", "coid"})


class CoProvisioningRequests(Lists[CoProvisioningRequest], Deletes, Views[CoProvisioningRequest]):
    path = "co_provisioning_requests"
    plural = "CoProvisioningRequests"
    filters = frozenset({"coid", "coprovisioningtargetid", "copersonid", "cogroupid", "coemaillistid", "coserviceid", "couid", "status"})

    def differences(self, id: int, *, limit: int | None = None, after: int | None = None) -> dict[str, Any]:
        """Lists what a comparison found.
        200 OK: `CoProvisioningDifferences`, paged.
        `limit`: At most so many.
        `after`: What comes after this difference.
        """
        answer: dict[str, Any] = self._call("GET", f"co_provisioning_requests/{id}/differences.json", query={"limit": limit, "after": after})
        return answer

    def retry_co_provisioning_request(self, id: int) -> NewObject:
        """Queues a failed request again.
        202 Accepted: the request and its monitor
        """
        answer: NewObject = self._call("POST", f"co_provisioning_requests/{id}/retry.json")
        return answer


class CoProvisioningTargets(Lists[CoProvisioningTarget], Adds[CoProvisioningTargetSent], Deletes, Views[CoProvisioningTarget], Edits[CoProvisioningTargetSent]):
    path = "co_provisioning_targets"
    plural = "CoProvisioningTargets"
    filters = frozenset({"coid"})

    def plan(self, id: int, subject: str, *, limit: int | None = None, after: str | None = None) -> dict[str, Any]:
        """Says what would be sent; nothing is.
        200 OK: `CoProvisioningPlans`, one for each subject.
        `subject`: What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO.
        `limit`: Of a COU or a CO: at most so many.
        `after`: Of a COU or a CO: what comes after this subject, `copersonid:42`.
        """
        answer: dict[str, Any] = self._call("POST", f"co_provisioning_targets/plan/{id}/{subject}.json", query={"limit": limit, "after": after})
        return answer

    def provision(self, id: int, subject: str, body: Mapping[str, Any] | None = None, *, idempotency_key: str | None = None, prefer: str | None = None) -> NewObject | None:
        """Provisions a subject to a target.
        The request is on disk before any answer. Without a wish to wait: 202 at once. 500 `Other Error` where it was waited for: the target's message, and whether it will be tried again.
        200 OK: it was waited for, and done. No body.
        202 Accepted: the request and its monitor
        `subject`: What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO.
        `idempotency_key`: Done once within a day, however often it is sent with this key.
        `prefer`: wait=N: wait for the result, up to so many seconds.
        `body["Synchronous"]`: Wait for the result, up to the server's limit.
        `body`, for example: {"RequestType":"CoPersonProvisioning","Synchronous":true,"Version":"1.0"}
        """
        answer: NewObject | None = self._call("POST", f"co_provisioning_targets/provision/{id}/{subject}.json", headers={"Idempotency-Key": idempotency_key or key(), "Prefer": prefer}, body=body)
        return answer

    def compare(self, id: int, body: Mapping[str, Any] | None = None) -> NewObject:
        """Compares a target with the registry.
        202 Accepted: the comparison and its monitor
        `body["RemoveExtra"]`: Remove what this target wrote and is not to be there.
        `body["Repair"]`: Make requests for what is missing or different.
        """
        answer: NewObject = self._call("POST", f"co_provisioning_targets/{id}/compare.json", body=body)
        return answer

    def drop_held(self, id: int) -> dict[str, Any]:
        """Cancels what the guard of a target holds.
        202 Accepted: `Count` requests.
        """
        answer: dict[str, Any] = self._call("POST", f"co_provisioning_targets/{id}/drop.json")
        return answer

    def explain(self, id: int, subject: str) -> dict[str, Any]:
        """Says why a subject is at a target or not.
        200 OK: `CoProvisioningExplanations`, of one subject.
        `subject`: What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO.
        """
        answer: dict[str, Any] = self._call("GET", f"co_provisioning_targets/{id}/explain/{subject}.json")
        return answer

    def ledger_of_target(self, id: int, *, from_: int | None = None, to: int | None = None, entries: bool | None = None) -> dict[str, Any]:
        """Tells what was accepted for a target, and what became of it.
        200 OK. The counts add up to `Accepted`.
        `from_`: The first number that counts; absent: the first that is kept.
        `to`: The last number that counts; absent: the last that was given.
        `entries`: The entries too.
        """
        answer: dict[str, Any] = self._call("GET", f"co_provisioning_targets/{id}/ledger.json", query={"from": from_, "to": to, "entries": entries})
        return answer

    def release_held(self, id: int) -> dict[str, Any]:
        """Lets go what the guard of a target holds.
        202 Accepted: `Count` requests.
        """
        answer: dict[str, Any] = self._call("POST", f"co_provisioning_targets/{id}/release.json")
        return answer

    def retry_failed(self, id: int, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Queues again what failed at a target.
        202 Accepted: `Count` requests.
        `body["Error"]`: Only what has this text in its `LastError`.
        """
        answer: dict[str, Any] = self._call("POST", f"co_provisioning_targets/{id}/retry.json", body=body)
        return answer


class CoServices(Lists[CoService], Adds[CoServiceSent], Deletes, Views[CoService], Edits[CoServiceSent], Versions[RecordVersion]):
    path = "co_services"
    plural = "CoServices"
    filters = frozenset({"coid"})


class Cos(Lists[Co], Adds[CoSent], Deletes, Views[Co], Edits[CoSent]):
    path = "cos"
    plural = "Cos"
    filters = frozenset({"coid"})

    def duplicate_co(self, id: int, *, idempotency_key: str | None = None) -> NewObject:
        """Makes a CO with the settings of another one.
        201 Added: the copy
        `idempotency_key`: Done once within a day, however often it is sent with this key.
        """
        answer: NewObject = self._call("POST", f"cos/duplicate/{id}.json", headers={"Idempotency-Key": idempotency_key or key()})
        return answer


class Cous(Lists[Cou], Adds[CouSent], Deletes, Views[Cou], Edits[CouSent], Versions[RecordVersion]):
    path = "cous"
    plural = "Cous"
    filters = frozenset({"coid"})


class EmailAddresses(Lists[EmailAddress], Adds[EmailAddressSent], Deletes, Views[EmailAddress], Edits[EmailAddressSent], Versions[RecordVersion]):
    path = "email_addresses"
    plural = "EmailAddresses"
    filters = frozenset({"copersonid", "orgidentityid", "coid"})


class HistoryRecords(Lists[HistoryRecord], Adds[HistoryRecordSent], Views[HistoryRecord]):
    path = "history_records"
    plural = "HistoryRecords"
    filters = frozenset({"copersonid", "orgidentityid", "coid"})


class Identifiers(Lists[Identifier], Adds[IdentifierSent], Deletes, Views[Identifier], Edits[IdentifierSent], Versions[RecordVersion]):
    path = "identifiers"
    plural = "Identifiers"
    filters = frozenset({"copersonid", "cogroupid", "orgidentityid", "coid"})

    def assign_identifiers(self, body: Mapping[str, Any], *, idempotency_key: str | None = None) -> None:
        """Assigns identifiers by the rules of the CO.
        Only `Person` counts, of Type CO or Group. All that the rules say is assigned, or nothing.
        200 OK, also where nothing was left to assign. No body.
        `idempotency_key`: Done once within a day, however often it is sent with this key.
        `body`, for example: {"Identifiers":[{"Person":{"Id":10,"Type":"CO"},"Version":"1.0"}],"RequestType":"Identifiers","Version":"1.0"}
        """
        self._call("POST", f"identifiers/assign.json", headers={"Idempotency-Key": idempotency_key or key()}, body=body)


class Names(Lists[Name], Adds[NameSent], Deletes, Views[Name], Edits[NameSent], Versions[RecordVersion]):
    path = "names"
    plural = "Names"
    filters = frozenset({"copersonid", "orgidentityid", "coid"})


class OrgIdentities(Lists[OrgIdentity], Adds[OrgIdentitySent], Deletes, Views[OrgIdentity], Edits[OrgIdentitySent], Versions[RecordVersion]):
    path = "org_identities"
    plural = "OrgIdentities"
    filters = frozenset({"coid", "search.identifier", "search.identifier.equals", "search.mail"})


class TelephoneNumbers(Lists[TelephoneNumber], Adds[TelephoneNumberSent], Deletes, Views[TelephoneNumber], Edits[TelephoneNumberSent], Versions[RecordVersion]):
    path = "telephone_numbers"
    plural = "TelephoneNumbers"
    filters = frozenset({"copersonroleid", "orgidentityid", "coid"})


class Urls(Lists[Url], Adds[UrlSent], Deletes, Views[Url], Edits[UrlSent], Versions[RecordVersion]):
    path = "urls"
    plural = "Urls"
    filters = frozenset({"copersonid", "orgidentityid", "coid"})


class Resources:
    """All resources, by their paths."""

    def __init__(self, transport: Transport) -> None:
        self.ad_hoc_attributes = AdHocAttributes(transport)
        self.addresses = Addresses(transport)
        self.api_users = ApiUsers(transport)
        self.audit_records = AuditRecords(transport)
        self.co_email_lists = CoEmailLists(transport)
        self.co_extended_attributes = CoExtendedAttributes(transport)
        self.co_extended_types = CoExtendedTypes(transport)
        self.co_group_members = CoGroupMembers(transport)
        self.co_groups = CoGroups(transport)
        self.co_identifier_assignments = CoIdentifierAssignments(transport)
        self.co_invites = CoInvites(transport)
        self.co_org_identity_links = CoOrgIdentityLinks(transport)
        self.co_people = CoPeople(transport)
        self.co_person_roles = CoPersonRoles(transport)
        self.co_provisioning_requests = CoProvisioningRequests(transport)
        self.co_provisioning_targets = CoProvisioningTargets(transport)
        self.co_services = CoServices(transport)
        self.cos = Cos(transport)
        self.cous = Cous(transport)
        self.email_addresses = EmailAddresses(transport)
        self.history_records = HistoryRecords(transport)
        self.identifiers = Identifiers(transport)
        self.names = Names(transport)
        self.org_identities = OrgIdentities(transport)
        self.telephone_numbers = TelephoneNumbers(transport)
        self.urls = Urls(transport)
