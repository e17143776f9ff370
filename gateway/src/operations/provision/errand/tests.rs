use super::*;

fn of(path: &str) -> Result<Errand, Problem> {
    let segments: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    read(&segments)
}

#[test]
fn targets_and_subjects_are_found_in_any_order() {
    for (path, target, subject, subject_id) in [
        ("4/copersonid:42", 4, "copersonid", 42),
        ("copersonid:42/4", 4, "copersonid", 42),
        ("4/coid:1/cogroupid:3/copersonid:2", 4, "copersonid", 2),
        ("4/coid:1/couid:3", 4, "couid", 3),
        ("4/codeptid:9/coserviceid:5", 4, "coserviceid", 5),
        ("4/CoEmailListId:5", 4, "coemaillistid", 5),
        ("4/copersonid:1/copersonid:2", 4, "copersonid", 2),
    ] {
        assert_eq!(of(path), Ok(Errand { target, subject, subject_id }), "{path}");
    }
}

#[test]
fn each_mistake_has_its_answer() {
    let phrase = |path: &str| match of(path) {
        Err(Problem::Refused(Refusal::Unknown { phrase, .. })) => phrase,
        Err(Problem::Refused(Refusal::BadRequest(_))) => "Bad Request".to_owned(),
        other => format!("{other:?}"),
    };
    for (path, expected) in [
        ("", "Bad Request"),
        ("4", "Bad Request"),
        ("4/codeptid:1", "Bad Request"),
        ("abc", "Bad Request"),
        ("copersonid:5", "CoProvisioningTarget Not Found"),
        ("abc/copersonid:5", "CoProvisioningTarget Not Found"),
        ("99999999999999999999/copersonid:abc", "CoProvisioningTarget Not Found"),
        ("4/copersonid:abc", "CoPerson Unknown"),
        ("4/copersonid:", "CoPerson Unknown"),
        ("4/cogroupid:1:2", "CoGroup Unknown"),
        ("4/coemaillistid:-1", "CoEmailList Unknown"),
        ("4/coserviceid:1.5", "CoService Unknown"),
        ("4/5/copersonid:1", "Unknown"),
    ] {
        assert_eq!(phrase(path), expected, "{path}");
    }
}
