//! The attributes of a person that can be written, and where their values come from.

use proto::registry::v1::{CoPersonRole, Identifier, Name, OrgIdentity, PersonState};

use crate::connector::ldap::configuration::{Attribute, Configuration};

/// Their names.
pub(super) const NAMES: [&str; 19] = [
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
];

/// The values of eduPersonAffiliation.
const AFFILIATIONS: [&str; 8] =
    ["faculty", "student", "staff", "alum", "member", "affiliate", "employee", "library-walk-in"];

/// The values of an attribute, as the registry has them.
pub(super) fn values(person: &PersonState, attribute: &Attribute, configuration: &Configuration) -> Vec<String> {
    let of_type = |default: &'static str| attribute.r#type.as_deref().unwrap_or(default);
    let org = attribute.use_org_value;
    match attribute.attribute.as_str() {
        "cn" => names(person, attribute).map(whole).collect(),
        "sn" => names(person, attribute).map(|name| text(&name.family).unwrap_or_else(|| ".".to_owned())).collect(),
        "givenName" => names(person, attribute).filter_map(|name| text(&name.given)).collect(),
        "displayName" => typed_name(person, of_type("preferred")).map(whole).into_iter().collect(),
        "mail" => {
            let mails = person.email_addresses.iter();
            mails.filter(|mail| mail.r#type() == of_type("official")).filter_map(|mail| text(&mail.mail)).collect()
        }
        "uid" => identifiers(person, of_type("uid"), org),
        "employeeNumber" => identifiers(person, of_type("eppn"), org).into_iter().take(1).collect(),
        "eduPersonPrincipalName" => identifiers(person, of_type("eppn"), org).into_iter().take(1).collect(),
        "eduPersonOrcid" => identifiers(person, of_type("orcid"), org),
        "eduPersonUniqueId" => scoped(identifiers(person, of_type("enterprise"), org), configuration),
        "title" => roles(person, org, |role| &role.title, |org| &org.title),
        "o" => roles(person, org, |role| &role.o, |org| &org.o),
        "ou" => roles(person, org, |role| &role.ou, |org| &org.ou),
        "employeeType" => affiliations(person, org),
        "eduPersonAffiliation" => edu_person(person, org),
        "eduPersonScopedAffiliation" => scoped(edu_person(person, org), configuration),
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
    }
}

/// The groups that a person is a member of; an owner alone is none.
pub(super) fn groups(person: &PersonState) -> impl Iterator<Item = &proto::registry::v1::CoGroup> {
    let is_member = |membership: &&proto::registry::v1::Membership| {
        membership.member.as_ref().is_none_or(|row| row.member.unwrap_or(true))
    };
    person.memberships.iter().filter(is_member).filter_map(|membership| membership.group.as_ref())
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

fn typed_name<'a>(person: &'a PersonState, kind: &str) -> Option<&'a Name> {
    person.names.iter().find(|name| name.r#type() == kind)
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
) -> Vec<String> {
    match org {
        false => person.roles.iter().filter_map(|role| text(of_role(role))).collect(),
        true => {
            let orgs = person.org_identities.iter().filter_map(|linked| linked.org_identity.as_ref());
            orgs.filter_map(|org| text(of_org(org))).collect()
        }
    }
}

fn affiliations(person: &PersonState, org: bool) -> Vec<String> {
    roles(person, org, |role| &role.affiliation, |org| &org.affiliation)
}

fn edu_person(person: &PersonState, org: bool) -> Vec<String> {
    affiliations(person, org).into_iter().filter(|value| AFFILIATIONS.contains(&value.as_str())).collect()
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
