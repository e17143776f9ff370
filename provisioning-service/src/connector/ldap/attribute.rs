//! The attributes of a person that can be written, and where their values come from.

use std::collections::BTreeMap;

use proto::registry::v1::{
    CoGroup, CoPerson, CoPersonRole, EmailAddress, Identifier, Membership, Name, OrgIdentity, PersonState, Status,
};

use crate::connector::ldap::{
    configuration::{Attribute, Configuration},
    matching::base_of,
    op::Values,
};

/// Their names.
pub(super) const NAMES: [&str; 26] = [
    "cn",
    "sn",
    "givenName",
    "displayName",
    "mail",
    "uid",
    "employeeNumber",
    "title",
    "o",
    "ou",
    "employeeType",
    "telephoneNumber",
    "labeledURI",
    "eduPersonPrincipalName",
    "eduPersonOrcid",
    "eduPersonUniqueId",
    "eduPersonAffiliation",
    "eduPersonScopedAffiliation",
    "isMemberOf",
    "voPersonID",
    "voPersonExternalID",
    "voPersonApplicationUID",
    "voPersonAuthorName",
    "voPersonAffiliation",
    "voPersonVerifiedEmail",
    "voPersonStatus",
];

/// A value, and what it is besides an attribute's: `;lang-de`, `;role-7`, or nothing.
pub(super) struct Value {
    pub(super) option: Option<String>,
    pub(super) value: String,
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self { option: None, value }
    }
}

/// The values of eduPersonAffiliation.
const AFFILIATIONS: [&str; 8] =
    ["faculty", "student", "staff", "alum", "member", "affiliate", "employee", "library-walk-in"];

/// Gives who has no name at all one still, since the schema wants both: what names the entry. Who has a name without a family
/// has a dot ([`values`]).
pub(super) fn complete(attributes: &mut BTreeMap<String, Values>, naming: &str) {
    for required in ["cn", "sn"] {
        let told = attributes.iter().any(|(name, values)| base_of(name) == required && !values.is_empty());
        if let Some(values) = attributes.get_mut(required).filter(|_| !told) {
            values.insert(naming.to_owned());
        }
    }
}

/// The values of an attribute, as the registry has them.
pub(super) fn values(person: &PersonState, attribute: &Attribute, configuration: &Configuration) -> Vec<Value> {
    let of_type = |default: &'static str| attribute.r#type.as_deref().unwrap_or(default);
    let org = attribute.use_org_value;
    let plain: Vec<String> = match attribute.attribute.as_str() {
        "cn" => return names(person, attribute).map(|name| spoken(name, whole(name))).collect(),
        "sn" => {
            let family = |name: &Name| text(&name.family).unwrap_or_else(|| ".".to_owned());
            return names(person, attribute).map(|name| spoken(name, family(name))).collect();
        }
        "givenName" => {
            return names(person, attribute).filter_map(|name| Some(spoken(name, text(&name.given)?))).collect();
        }
        "displayName" => return named(person, of_type("preferred")),
        "voPersonAuthorName" => return named(person, of_type("author")),
        "title" => return roles(person, org, |role| &role.title, |org| &org.title),
        "o" => return roles(person, org, |role| &role.o, |org| &org.o),
        "ou" => return roles(person, org, |role| &role.ou, |org| &org.ou),
        "employeeType" | "voPersonAffiliation" => return affiliations(person, org),
        "eduPersonAffiliation" => edu_person(person, org),
        "eduPersonScopedAffiliation" => scoped(edu_person(person, org), configuration),
        "mail" => mails(person, |mail| mail.r#type() == of_type("official")),
        "voPersonVerifiedEmail" => mails(person, |mail| {
            mail.verified() && attribute.r#type.as_deref().is_none_or(|only| only == mail.r#type())
        }),
        "uid" => identifiers(person, of_type("uid"), org),
        "employeeNumber" | "eduPersonPrincipalName" => {
            identifiers(person, of_type("eppn"), org).into_iter().take(1).collect()
        }
        "eduPersonOrcid" => identifiers(person, of_type("orcid"), org),
        "eduPersonUniqueId" => scoped(identifiers(person, of_type("enterprise"), org), configuration),
        "voPersonID" => identifiers(person, of_type("enterprise"), org),
        "voPersonExternalID" => identifiers(person, of_type("eppn"), org),
        "voPersonApplicationUID" => identifiers(person, of_type("uid"), org),
        "voPersonStatus" => person.co_person.iter().filter_map(status).collect(),
        "telephoneNumber" => {
            let numbers = person.telephone_numbers.iter().filter(|number| number.r#type() == of_type("office"));
            numbers.filter_map(dialled).collect()
        }
        "labeledURI" => {
            let wanted = |kind: &str| attribute.r#type.as_deref().is_none_or(|only| only == kind);
            person.urls.iter().filter(|url| wanted(url.r#type())).filter_map(|url| text(&url.url)).collect()
        }
        "isMemberOf" => groups(person).filter_map(|group| text(&group.name)).collect(),
        _ => Vec::new(),
    };
    plain.into_iter().map(Value::from).collect()
}

/// Whether logging in is to be locked.
pub(super) fn is_locked(person: &PersonState) -> bool {
    person.co_person.as_ref().is_some_and(|person| matches!(person.status(), Status::Suspended | Status::Expired))
}

/// The values of voPersonStatus.
fn status(person: &CoPerson) -> Option<String> {
    let status = match person.status() {
        Status::Active => "active",
        Status::GracePeriod => "grace period",
        Status::Suspended => "suspended",
        Status::Expired => "expired",
        Status::Locked => "locked",
        _ => return None,
    };
    Some(status.to_owned())
}

fn mails(person: &PersonState, wanted: impl Fn(&EmailAddress) -> bool) -> Vec<String> {
    person.email_addresses.iter().filter(|mail| wanted(mail)).filter_map(|mail| text(&mail.mail)).collect()
}

/// The groups that a person is a member of; an owner alone is none.
pub(super) fn groups(person: &PersonState) -> impl Iterator<Item = &CoGroup> {
    let is_member = |membership: &&Membership| membership.member.as_ref().is_none_or(|row| row.member.unwrap_or(true));
    person.memberships.iter().filter(is_member).filter_map(|membership| membership.group.as_ref())
}

/// The groups that a person owns, member or not.
pub(super) fn owned(person: &PersonState) -> impl Iterator<Item = &CoGroup> {
    let owns = |membership: &&Membership| membership.member.as_ref().is_some_and(|row| row.owner.unwrap_or(false));
    person.memberships.iter().filter(owns).filter_map(|membership| membership.group.as_ref())
}

/// The first active identifier of a type.
pub(super) fn identifier<'a>(person: &'a PersonState, kind: &str) -> Option<&'a str> {
    first(&person.identifiers, kind)
}

/// The first of some identifiers that is of a type.
pub(super) fn first<'a>(identifiers: &'a [Identifier], kind: &str) -> Option<&'a str> {
    let of_type = identifiers.iter().filter(|identifier| identifier.r#type() == kind);
    of_type.filter_map(|identifier| identifier.identifier.as_deref()).find(|value| !value.trim().is_empty())
}

fn text(value: &Option<String>) -> Option<String> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// The primary name; all of a type, if one is configured.
fn names<'a>(person: &'a PersonState, attribute: &Attribute) -> impl Iterator<Item = &'a Name> {
    let kind = attribute.r#type.clone();
    let primary = person.names.iter().find(|name| name.primary_name()).or(person.names.first());
    let primary = primary.filter(|_| kind.is_none());
    let typed = person.names.iter().filter(move |name| kind.as_deref() == Some(name.r#type()));
    primary.into_iter().chain(typed)
}

/// The first name of a type, in one piece.
fn named(person: &PersonState, kind: &str) -> Vec<Value> {
    let name = person.names.iter().find(|name| name.r#type() == kind);
    name.map(|name| spoken(name, whole(name))).into_iter().collect()
}

/// A value of a name, in its language (RFC 3866).
fn spoken(name: &Name, value: String) -> Value {
    let tag = |language: &String| {
        !language.is_empty() && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let language = name.language.as_ref().map(|language| language.trim().replace('_', "-")).filter(tag);
    Value { option: language.map(|language| format!(";lang-{}", language.to_lowercase())), value }
}

/// A name in one piece.
fn whole(name: &Name) -> String {
    let parts = [&name.honorific, &name.given, &name.middle, &name.family, &name.suffix];
    parts.into_iter().filter_map(text).collect::<Vec<_>>().join(" ")
}

fn identifiers(person: &PersonState, kind: &str, org: bool) -> Vec<String> {
    let of_orgs = person.org_identities.iter().flat_map(|linked| &linked.identifiers).filter(|_| org);
    let own = person.identifiers.iter().filter(|_| !org);
    let all = own.chain(of_orgs).filter(|identifier| identifier.r#type() == kind);
    all.filter_map(|identifier| text(&identifier.identifier)).collect()
}

fn roles(
    person: &PersonState,
    org: bool,
    of_role: impl Fn(&CoPersonRole) -> &Option<String>,
    of_org: impl Fn(&OrgIdentity) -> &Option<String>,
) -> Vec<Value> {
    if org {
        let orgs = person.org_identities.iter().filter_map(|linked| linked.org_identity.as_ref());
        return orgs.filter_map(|org| text(of_org(org)).map(Value::from)).collect();
    }
    let value = |role| Some(Value { option: role_option(role), value: text(of_role(role))? });
    person.roles.iter().filter_map(value).collect()
}

fn role_option(role: &CoPersonRole) -> Option<String> {
    role.id.map(|id| format!(";role-{id}"))
}

fn affiliations(person: &PersonState, org: bool) -> Vec<Value> {
    roles(person, org, |role| &role.affiliation, |org| &org.affiliation)
}

/// The affiliations of a person in the words of eduPerson; what the CO has defined for itself is what it stands for.
fn edu_person(person: &PersonState, org: bool) -> Vec<String> {
    let stands_for = |affiliation: String| {
        let defined = person.affiliation_types.iter().find(|defined| defined.affiliation == affiliation);
        match defined.map_or(affiliation, |defined| defined.edu_person.clone()) {
            known if known == "librarywalkin" => "library-walk-in".to_owned(),
            known => known,
        }
    };
    let known = affiliations(person, org).into_iter().map(|value| stands_for(value.value));
    known.filter(|value| AFFILIATIONS.contains(&value.as_str())).collect()
}

fn scoped(values: Vec<String>, configuration: &Configuration) -> Vec<String> {
    let Some(scope) = &configuration.scope_suffix else { return Vec::new() };
    values.into_iter().map(|value| format!("{value}@{}", scope.trim_start_matches('@'))).collect()
}

fn dialled(number: &proto::registry::v1::TelephoneNumber) -> Option<String> {
    let number_itself = text(&number.number)?;
    let country = text(&number.country_code).map(|code| format!("+{}", code.trim_start_matches('+')));
    let extension = text(&number.extension).map(|extension| format!("x{extension}"));
    let parts = [country, text(&number.area_code), Some(number_itself), extension];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests;
