use super::*;

#[test]
fn paths_are_taken_apart() {
    for (path, base, segments, format) in [
        ("/registry/co_person_roles.json", BASE, vec!["co_person_roles"], Some(Format::Json)),
        ("/co_person_roles/7.xml", "", vec!["co_person_roles", "7"], Some(Format::Xml)),
        ("/registry.json", "", vec!["registry"], Some(Format::Json)),
        ("/registry/registry/cous.json", BASE, vec!["registry", "cous"], Some(Format::Json)),
        ("/registryx/cous.json", "", vec!["registryx", "cous"], Some(Format::Json)),
        ("/cous", "", vec!["cous"], None),
        ("/cous.JSON", "", vec!["cous.JSON"], None),
        ("/cous.json.txt", "", vec!["cous.json.txt"], None),
        ("/a/copersonid%3A5%2ejson", "", vec!["a", "copersonid:5"], Some(Format::Json)),
        ("/cous/a%2Fb.json", "", vec!["cous", "a/b"], Some(Format::Json)),
        ("//cous.json", "", vec!["cous"], Some(Format::Json)),
        ("/registry//cous///7.json", BASE, vec!["cous", "7"], Some(Format::Json)),
        ("//registry/cous.json", BASE, vec!["cous"], Some(Format::Json)),
        ("/cous/%2F7.json", "", vec!["cous", "/7"], Some(Format::Json)),
        ("/cous.json//", "", vec!["cous.json", ""], None),
        ("/cous/.json", "", vec!["cous", ""], Some(Format::Json)),
        ("/cous.json/", "", vec!["cous.json", ""], None),
        ("/%ff.json", "", vec![], None),
        ("/", "", vec![""], None),
        ("*", "", vec!["*"], None),
        ("", "", vec![""], None),
    ] {
        let address = Address::of(path);
        assert_eq!(
            (address.base, address.segments, address.format),
            (base, segments.into_iter().map(str::to_owned).collect(), format),
            "{path}"
        );
    }
}
