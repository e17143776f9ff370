//! The parts of each crate stand in an order, and name only what stands below them, re-exports seen through.

use std::collections::BTreeSet;

use xtask::house::{self, Kind};
use xtask::naming::{Names, Place};

use crate::root;

struct Order {
    package: &'static str,
    /// From top to bottom. Parts of one storey do not name each other.
    storeys: &'static [&'static [&'static str]],
    /// Parts that only the first one or two may name: tables are made by whoever opens the database.
    apart: &'static [(&'static str, &'static [&'static str])],
    /// Crates that only some parts may name.
    crates: &'static [(&'static str, &'static [&'static str])],
}

const ORDERS: [Order; 2] = [
    Order {
        package: "person-role-service",
        storeys: &[
            &["main"],
            &["lib"],
            &["settings", "consumer", "grpc"],
            &["app"],
            &["resource"],
            &["follow"],
            &["change"],
            &["rights"],
            &["context"],
            &["keys", "mail", "store"],
            &["domain"],
            &["migration"],
        ],
        apart: &[("migration", &["lib", "main"])],
        crates: &[
            ("sea_orm", &["main", "lib", "app", "resource", "follow", "change", "context", "store", "migration"]),
            ("sea_orm_migration", &["main", "lib", "migration"]),
            ("tonic", &["main", "lib", "grpc", "consumer"]),
            ("messaging", &["main", "lib", "consumer", "change", "context"]),
        ],
    },
    Order {
        package: "provisioning-service",
        storeys: &[
            &["main"],
            &["lib"],
            &["command", "service"],
            &["consumer", "grpc", "worker"],
            &["app"],
            &["registry", "connector"],
            &["store", "settings"],
            &["secrets"],
            &["domain"],
            &["migration"],
        ],
        apart: &[("migration", &["service", "lib", "main"])],
        crates: &[
            // `worker` names only the error, `store::DbErr`; `app` only the status of a call to the registry.
            // `connector` names it for databases of others, `messaging` for brokers of others.
            ("sea_orm", &["main", "lib", "service", "worker", "app", "connector", "store", "migration"]),
            ("sea_orm_migration", &["main", "lib", "migration"]),
            ("ring", &["secrets"]),
            ("tonic", &["main", "lib", "service", "grpc", "app", "registry"]),
            ("messaging", &["main", "lib", "service", "consumer", "app", "worker", "connector"]),
        ],
    },
];

fn breaches(order: &Order) -> BTreeSet<String> {
    let sources = house::read(root()).unwrap();
    let names = Names::of(&sources);
    let mut found = BTreeSet::new();
    let ours = sources.iter().enumerate().filter(|(_, source)| source.package == order.package);
    for (index, source) in ours.filter(|(_, source)| source.kind == Kind::Product) {
        let from = source.part();
        if order.storey(from).is_none() {
            found.insert(format!("Give {} its storey.", source.path.display()));
        }
        for naming in names.of_file(index) {
            let places = naming.places.iter().filter_map(|place| order.breach(from, place));
            found.extend(
                places.map(|why| format!("{}:{} `{}`: {why}", source.path.display(), naming.line, naming.written)),
            );
        }
    }
    found
}

impl Order {
    fn storey(&self, part: &str) -> Option<usize> {
        self.storeys.iter().position(|parts| parts.contains(&part))
    }

    fn breach(&self, from: &str, place: &Place) -> Option<String> {
        match place {
            Place::Module(package, module) if package == self.package => {
                let to = module.first().map_or("lib", String::as_str);
                let apart = self.apart.iter().find(|(part, _)| *part == to);
                let fine =
                    from == to || apart.map_or(self.storey(from) < self.storey(to), |(_, by)| by.contains(&from));
                (!fine).then(|| format!("{from} may not name {to}."))
            }
            Place::Module(..) => None,
            Place::Crate(name) => {
                let rule = self.crates.iter().find(|(rule, _)| rule == name);
                rule.filter(|(_, parts)| !parts.contains(&from)).map(|_| format!("{from} may not name {name}."))
            }
        }
    }
}

#[test]
fn parts_of_person_role_service_name_only_what_stands_below() {
    let breaches = breaches(&ORDERS[0]);
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn parts_of_provisioning_service_name_only_what_stands_below() {
    let breaches = breaches(&ORDERS[1]);
    assert!(breaches.is_empty(), "{breaches:#?}");
}
