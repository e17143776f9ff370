//! Object classes of the field that no package of Debian brings for OpenLDAP: as far as tests write them.

const CLASSES: [(&str, &[&str]); 3] = [
    (
        "eduPerson",
        &[
            "eduPersonAffiliation",
            "eduPersonPrincipalName",
            "eduPersonScopedAffiliation",
            "eduPersonUniqueId",
            "eduPersonOrcid",
        ],
    ),
    ("eduMember", &["isMemberOf"]),
    (
        "voPerson",
        &[
            "voPersonApplicationUID",
            "voPersonAuthorName",
            "voPersonExternalID",
            "voPersonID",
            "voPersonStatus",
            "voPersonAffiliation",
            "voPersonVerifiedEmail",
        ],
    ),
];

/// A schema file for slapd: eduPerson, eduMember and voPerson. The numbers are not theirs.
pub(crate) fn people() -> String {
    let (mut text, mut number) = (String::new(), 0);
    for (class, attributes) in CLASSES {
        for name in attributes {
            number += 1;
            text += &format!(
                "attributetype ( 1.1.2.{number} NAME '{name}' EQUALITY caseIgnoreMatch \
                 SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n"
            );
        }
        number += 1;
        let may = attributes.join(" $ ");
        text += &format!("objectclass ( 1.1.2.{number} NAME '{class}' SUP top AUXILIARY MAY ( {may} ) )\n");
    }
    text
}
