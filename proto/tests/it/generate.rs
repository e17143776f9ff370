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

const GENERATED: &str = "src/generated";
/// A client of one resource, as somebody else would have it.
const FOREIGN: &str = "../person-role-service/tests/it/foreign_client";
/// What the foreign client is made of.
const FOREIGN_SERVICE: &str = "CoPersonRoles";
const FOREIGN_MESSAGES: [&str; 12] = [
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
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for package in ["wire/v1", "registry/v1", "provisioning/v1", "events/v1"] {
        for entry in fs::read_dir(root().join("cohort").join(package)).expect("proto folder") {
            files.push(entry.expect("entry").path());
        }
    }
    files.sort();
    files
}

/// Without source info: its paths would lead astray once something is left out.
fn compile() -> protox::Compiler {
    let mut compiler = protox::Compiler::new([root()]).expect("include path");
    compiler.include_imports(true).include_source_info(false);
    compiler.open_files(files()).expect("the .proto files compile");
    compiler
}

/// The code of descriptors, by the names of its files.
fn code(set: FileDescriptorSet) -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().expect("temporary folder");
    let mut config = tonic_prost_build::Config::new();
    config.enable_type_names();
    config
        .bytes(["AddRecord", "EditRecord", "ListRecords", "Viewed"].map(|name| format!(".cohort.registry.v1.{name}")));
    tonic_prost_build::configure()
        .out_dir(out.path())
        .emit_rerun_if_changed(false)
        .compile_fds_with_config(set, config)
        .expect("code generation");
    let mut made = BTreeMap::new();
    for entry in fs::read_dir(out.path()).expect("output") {
        let path = entry.expect("entry").path();
        let name = path.file_name().expect("name").to_string_lossy().into_owned();
        if name.starts_with("cohort.") {
            made.insert(name, fs::read(&path).expect("readable"));
        }
    }
    made
}

/// Leaves out the services of the registry's resources, with the messages that only they have.
fn without_resources(mut set: FileDescriptorSet) -> FileDescriptorSet {
    for file in set.file.iter_mut().filter(|file| file.package() == "cohort.registry.v1") {
        let mut left_out = BTreeSet::new();
        file.service.retain(|service| {
            let standard = service.method.iter().any(|method| method.name() == "View");
            for method in service.method.iter().filter(|_| standard) {
                match method.name() {
                    "Add" | "Edit" => left_out.insert(method.input_type().rsplit('.').next().unwrap().to_owned()),
                    "List" => left_out.insert(method.output_type().rsplit('.').next().unwrap().to_owned()),
                    _ => false,
                };
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
fn without_module(code: &[u8], name: &str) -> Vec<u8> {
    let code = String::from_utf8(code.to_vec()).expect("text");
    let module = code.find(&format!("\npub mod {name} {{")).expect("the module is there");
    // With the comment lines before it.
    let begin = code[..module].rfind("\n}\n").map_or(0, |at| at + 3);
    let end = module + code[module..].find("\n}\n").expect("its end") + 3;
    format!("{}{}", &code[..begin], &code[end..]).into_bytes()
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
fn without_functions(code: &[u8], unused: &[&str]) -> Vec<u8> {
    let code = String::from_utf8(code.to_vec()).expect("text");
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
    format!("{}\n", kept.join("\n")).into_bytes()
}

fn made() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut made = BTreeMap::new();
    for (name, mut content) in code(without_resources(compile().file_descriptor_set())) {
        content = without_functions(&content, &UNUSED);
        if name == "cohort.registry.v1.rs" {
            // The gateway calls by name, with bytes.
            for unused in ["authentication_client", "views_client"] {
                content = without_module(&content, unused);
            }
        }
        made.insert(Path::new(GENERATED).join(name), content);
    }
    for (name, content) in code(foreign(compile().file_descriptor_set())) {
        let content = without_module(&content, "co_person_roles_server");
        made.insert(Path::new(FOREIGN).join(name), content);
    }
    // With our options: what the program reads at start.
    made.insert(Path::new(GENERATED).join("descriptors.bin"), compile().encode_file_descriptor_set());
    made
}

#[test]
#[expect(clippy::disallowed_methods, reason = "says whether to write, not how the program behaves")]
fn generated_code_is_fresh() {
    let write = std::env::var_os("COHORT_REGENERATE").is_some();
    for (name, content) in made() {
        let path = root().join(&name);
        if write {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, &content).expect("writable");
        }
        let committed = fs::read(&path).unwrap_or_default();
        let name = name.display();
        assert!(committed == content, "{name} is stale: run `cargo xtask generate` and commit the result");
    }
}
