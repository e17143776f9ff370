//! Which crate may depend on which, and which part of a service may name what.

use std::path::Path;

use serde_json::Value;

use crate::{cargo, files, root, shown};

/// The arrows of ARCHITECTURE.md. `testkit` is for tests and may stand only among the dev-dependencies.
const ARROWS: [(&str, &[&str]); 11] = [
    ("standalone", &["gateway", "messaging", "person-role-service", "proto", "provisioning-service", "service-kit"]),
    ("gateway", &["proto", "service-kit"]),
    ("person-role-service", &["messaging", "proto", "service-kit"]),
    ("provisioning-service", &["messaging", "proto", "service-kit"]),
    ("messaging", &["service-kit"]),
    ("service-kit", &["proto"]),
    ("proto", &[]),
    ("codegen", &[]),
    ("describe", &["gateway", "proto", "provisioning-service"]),
    ("testkit", &[]),
    ("xtask", &[]),
];

const SERVICES: [&str; 2] = ["person-role-service", "provisioning-service"];

/// The parts of a service that may name the database layer: `app` because it owns the transaction, the entry points
/// because they open the database.
const DATABASE_PARTS: [&str; 10] =
    ["app", "change", "context", "entity", "follow", "lib", "main", "migration", "resource", "store"];

fn packages() -> Vec<Value> {
    let metadata = cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Gives a package's dependencies with their kind: `None` for normal ones, else `dev` or `build`.
fn dependencies(package: &Value) -> Vec<(&str, Option<&str>)> {
    let dependencies = package["dependencies"].as_array().unwrap();
    dependencies.iter().map(|found| (found["name"].as_str().unwrap(), found["kind"].as_str())).collect()
}

#[test]
fn crates_depend_on_each_other_only_along_the_arrows() {
    let packages = packages();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let allowed = ARROWS.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
        let allowed =
            allowed.unwrap_or_else(|| panic!("Give the new crate {name} its row in ARROWS and ARCHITECTURE.md."));
        for (dependency, kind) in dependencies(package) {
            let ours = ARROWS.iter().any(|(crate_name, _)| *crate_name == dependency);
            let fine = !ours || kind == Some("dev") || allowed.contains(&dependency);
            assert!(fine, "Take {dependency} out of {name}/Cargo.toml: {name} may depend only on {allowed:?}.");
        }
    }
    assert_eq!(packages.len(), ARROWS.len(), "Take the crates that are gone out of ARROWS.");
}

#[test]
fn the_gateway_knows_neither_database_nor_broker() {
    let packages = packages();
    let gateway = packages.iter().find(|package| package["name"] == "gateway").unwrap();
    for (dependency, _) in dependencies(gateway) {
        let forbidden = dependency.starts_with("sea-orm") || dependency == "sqlx" || dependency == "lapin";
        assert!(!forbidden, "Take {dependency} out of gateway/Cargo.toml: what needs it belongs into a service.");
    }
    let tree = cargo(&["tree", "--offline", "--package", "gateway", "--edges", "normal", "--prefix", "none"]);
    let reached = tree.lines().any(|line| line.starts_with("lapin "));
    assert!(!reached, "Cut the way from gateway to lapin; `cargo tree -p gateway -e normal -i lapin` shows it.");
}

#[test]
fn the_domain_is_pure() {
    for service in SERVICES {
        for (file, part) in parts(service) {
            if part != "domain" {
                continue;
            }
            for name in ["sea_orm", "sea_orm_migration", "tonic", "messaging"] {
                let advice = "the domain knows no database, no gRPC and no broker; move that to app, store or grpc";
                assert_unnamed(&file, name, advice);
            }
        }
    }
}

#[test]
fn only_store_migration_and_app_name_the_database_layer() {
    for service in SERVICES {
        // The connector to databases of others has nothing to do with ours.
        let theirs = root().join(service).join("src").join("connector").join("sql");
        for (file, part) in parts(service) {
            let is_theirs = file.with_extension("").starts_with(&theirs);
            if !is_theirs && !DATABASE_PARTS.contains(&part.as_str()) {
                for name in ["sea_orm", "sea_orm_migration"] {
                    assert_unnamed(&file, name, "SQL belongs into store, the transaction into app");
                }
            }
        }
    }
}

/// Gives the source files of a service, each with the part it belongs to: the first folder or file below `src`.
fn parts(service: &str) -> Vec<(std::path::PathBuf, String)> {
    let source = root().join(service).join("src");
    let files = files(&source).into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files
        .map(|file| {
            let first = file.strip_prefix(&source).unwrap().components().next().unwrap();
            let part = Path::new(first.as_os_str()).file_stem().unwrap().to_str().unwrap().to_owned();
            (file, part)
        })
        .collect()
}

fn assert_unnamed(file: &Path, name: &str, advice: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    for (number, line) in text.lines().enumerate() {
        assert!(!names(line, name), "{}:{} names {name}: {advice}.", shown(file), number + 1);
    }
}

/// Tells whether a line of code, comments apart, names a crate: in a path or as a whole after `use`.
fn names(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let word = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices(name).any(|(start, _)| {
        let (before, after) = (&code[..start], &code[start + name.len()..]);
        let whole = !before.ends_with(word) && !after.starts_with(word);
        let of_ours = before.ends_with("crate::") || before.ends_with("self::") || before.ends_with("super::");
        whole && !of_ours && (after.starts_with("::") || before.trim_end().ends_with("use"))
    })
}

#[test]
fn a_crate_is_found_where_it_is_named_and_nowhere_else() {
    for line in ["use sea_orm::Value;", "    x: &sea_orm::Value,", "pub use sea_orm;", "use sea_orm as orm;"] {
        assert!(names(line, "sea_orm"), "{line}");
    }
    for line in ["// use sea_orm::Value", "use sea_orm_migration::x;", "let sea_orm = 1;", "use crate::sea_orm::x;"] {
        assert!(!names(line, "sea_orm"), "{line}");
    }
}
