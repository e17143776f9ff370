//! The generated code: messages of all contracts, and servers and clients of the services that are called by their types.
//!
//! Resources are served and called by their tables, so for their services no code is made, nor for the requests and lists
//! that differ only in the record they carry. Who generates a client from the `.proto` files gets them: what such a client
//! looks like is generated too, for a test of the registry.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use prost_types::FileDescriptorSet;

use crate::{Result, root};

const GENERATED: &str = "proto/src/generated";
/// A client of one resource, as somebody else would have it.
const FOREIGN: &str = "person-role-service/tests/it/foreign_client";
/// What the foreign client is made of.
const FOREIGN_SERVICE: &str = "CoPersonRoles";
const FOREIGN_MESSAGES: [&str; 15] = [
    "AddCoPersonRoleRequest",
    "Added",
    "CoPersonRole",
    "DeleteRequest",
    "Deleted",
    "EditCoPersonRoleRequest",
    "Edited",
    "FieldViolation",
    "ListCoPersonRolesResponse",
    "ListRequest",
    "NamedText",
    "ViewRequest",
    "VersionsRequest",
    "ListVersionsResponse",
    "RecordVersion",
];

fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for package in ["wire/v1", "registry/v1", "audit/v1", "provisioning/v1", "events/v1"] {
        for entry in fs::read_dir(root().join("proto/cohort").join(package))? {
            files.push(entry?.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Without source info: its paths would lead astray once something is left out.
fn compile() -> Result<protox::Compiler> {
    let mut compiler = protox::Compiler::new([root().join("proto")])?;
    compiler.include_imports(true).include_source_info(false);
    compiler.open_files(files()?)?;
    Ok(compiler)
}

/// The code of descriptors, by the names of its files.
fn code(set: FileDescriptorSet) -> Result<BTreeMap<String, Vec<u8>>> {
    let out = tempfile::tempdir()?;
    let mut config = tonic_prost_build::Config::new();
    config.enable_type_names();
    config
        .bytes(["AddRecord", "EditRecord", "ListRecords", "Viewed"].map(|name| format!(".cohort.registry.v1.{name}")));
    tonic_prost_build::configure()
        .out_dir(out.path())
        .emit_rerun_if_changed(false)
        .compile_fds_with_config(set, config)?;
    let mut made = BTreeMap::new();
    for entry in fs::read_dir(out.path())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("cohort.") {
            made.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(made)
}

/// The packages whose resources are served by their tables.
const BY_TABLES: [&str; 3] = ["cohort.registry.v1", "cohort.audit.v1", "cohort.provisioning.v1"];

/// Leaves out the services of the resources that are served by their tables, with the messages that only they have; records
/// of the security log are known by their table alone.
fn without_resources(mut set: FileDescriptorSet) -> FileDescriptorSet {
    for file in set.file.iter_mut().filter(|file| BY_TABLES.contains(&file.package())) {
        let known_by_table = file.package() == "cohort.audit.v1";
        let mut left_out = BTreeSet::new();
        file.service.retain(|service| {
            let standard = service.method.iter().any(|method| method.name() == "View");
            for method in service.method.iter().filter(|_| standard) {
                let only_its_own = match method.name() {
                    "View" if known_by_table => Some(method.output_type()),
                    "Add" | "Edit" => Some(method.input_type()),
                    "List" => Some(method.output_type()),
                    _ => None,
                };
                left_out.extend(only_its_own.and_then(|name| name.rsplit('.').next()).map(str::to_owned));
            }
            !standard
        });
        file.message_type.retain(|message| !left_out.contains(message.name()));
    }
    set
}

/// Keeps one resource with what its client needs.
fn foreign(mut set: FileDescriptorSet) -> FileDescriptorSet {
    set.file.retain(|file| !file.package().starts_with("cohort.") || file.package() == "cohort.registry.v1");
    for file in set.file.iter_mut().filter(|file| file.package() == "cohort.registry.v1") {
        file.service.retain(|service| service.name() == FOREIGN_SERVICE);
        file.message_type.retain(|message| FOREIGN_MESSAGES.contains(&message.name()));
        file.enum_type.retain(|of| of.name() == "Status");
        file.dependency.retain(|file| !file.starts_with("cohort/wire"));
    }
    set
}

/// Cuts a module out of generated code: code that nobody uses is not kept.
fn without_module(code: Vec<u8>, name: &str) -> Result<Vec<u8>> {
    let code = String::from_utf8(code)?;
    let missing = || format!("the generated code has no module {name}");
    let (before, module) = code.split_once(&format!("\npub mod {name} {{")).ok_or_else(missing)?;
    // With the comment lines before it.
    let begin = before.rfind("\n}\n").map_or(0, |at| at + 3);
    let (_, after) = module.split_once("\n}\n").ok_or_else(missing)?;
    Ok(format!("{}{after}", before.get(..begin).unwrap_or_default()).into_bytes())
}

/// What the generators make for all and nobody here calls: the names of enumerations in protobuf, and what could be set
/// about a connection; and names of messages, which their trait makes up alike.
const UNUSED: [&str; 9] = [
    "full_name",
    "type_url",
    "as_str_name",
    "from_str_name",
    "connect",
    "with_origin",
    "with_interceptor",
    "send_compressed",
    "accept_compressed",
];

/// Cuts functions out of generated code, with the lines of comments and attributes before them.
fn without_functions(code: Vec<u8>, unused: &[&str]) -> Result<Vec<u8>> {
    let code = String::from_utf8(code)?;
    let mut kept: Vec<&str> = Vec::new();
    let mut end: Option<String> = None;
    // The import is of one of those that are cut.
    for line in code.lines().filter(|line| !line.ends_with("use tonic::codegen::http::Uri;")) {
        let text = line.trim_start();
        if let Some(last) = &end {
            if line == last {
                end = None;
            }
            continue;
        }
        let named = |name: &&&str| {
            ["pub fn ", "pub async fn ", "fn "].iter().any(|begin| {
                let rest = text.strip_prefix(begin).and_then(|rest| rest.strip_prefix(**name));
                rest.is_some_and(|rest| rest.starts_with(['(', '<']))
            })
        };
        if unused.iter().find(named).is_some() {
            while kept.last().is_some_and(|last| last.trim_start().starts_with(['/', '#'])) {
                kept.pop();
            }
            end = Some(format!("{}}}", " ".repeat(line.len() - text.len())));
        } else {
            kept.push(line);
        }
    }
    Ok(format!("{}\n", kept.join("\n")).into_bytes())
}

/// Gives all generated files, by their paths from the root of the repository.
pub(crate) fn make() -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut made = BTreeMap::new();
    let compiler = compile()?;
    for (name, mut content) in code(without_resources(compiler.file_descriptor_set()))? {
        content = without_functions(content, &UNUSED)?;
        if name == "cohort.registry.v1.rs" {
            // The gateway calls by name, with bytes.
            for unused in ["authentication_client", "views_client"] {
                content = without_module(content, unused)?;
            }
        }
        made.insert(Path::new(GENERATED).join(name), content);
    }
    for (name, content) in code(foreign(compiler.file_descriptor_set()))? {
        made.insert(Path::new(FOREIGN).join(name), without_module(content, "co_person_roles_server")?);
    }
    // With our options: what the program reads at start.
    made.insert(Path::new(GENERATED).join("descriptors.bin"), compiler.encode_file_descriptor_set());
    Ok(made)
}
