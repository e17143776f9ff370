//! Proves that the committed code in `src/generated` is what the `.proto` files say.
//! `COHORT_REGENERATE=1 cargo test -p proto` (or `cargo xtask generate`) writes it anew.

#![cfg(test)]

use std::{collections::BTreeMap, fs, path::Path};

fn generate() -> BTreeMap<String, Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for package in ["wire/v1", "registry/v1", "provisioning/v1", "events/v1"] {
        for entry in fs::read_dir(root.join("cohort").join(package)).expect("proto folder") {
            files.push(entry.expect("entry").path());
        }
    }
    files.sort();
    let mut compiler = protox::Compiler::new([root]).expect("include path");
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(&files).expect("the .proto files compile");

    let out = tempdir();
    let mut config = tonic_prost_build::Config::new();
    config.enable_type_names();
    tonic_prost_build::configure()
        .out_dir(&out)
        .emit_rerun_if_changed(false)
        .compile_fds_with_config(compiler.file_descriptor_set(), config)
        .expect("code generation");
    let mut made = BTreeMap::new();
    for entry in fs::read_dir(&out).expect("output") {
        let path = entry.expect("entry").path();
        let name = path.file_name().expect("name").to_string_lossy().into_owned();
        if name.starts_with("cohort.") {
            made.insert(name, fs::read(&path).expect("readable"));
        }
    }
    fs::remove_dir_all(&out).expect("temporary folder");

    // Without source info, but with our options: what the program reads at start.
    let mut compiler = protox::Compiler::new([root]).expect("include path");
    compiler.include_imports(true).include_source_info(false);
    compiler.open_files(&files).expect("the .proto files compile");
    made.insert("descriptors.bin".to_owned(), compiler.encode_file_descriptor_set());
    made
}

fn tempdir() -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("cohort-proto-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("temporary folder");
    dir
}

#[test]
#[expect(clippy::disallowed_methods, reason = "says whether to write, not how the program behaves")]
fn generated_code_is_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated");
    let made = generate();
    if std::env::var_os("COHORT_REGENERATE").is_some() {
        for (name, content) in &made {
            fs::write(folder.join(name), content).expect("writable");
        }
    }
    for (name, content) in &made {
        let committed = fs::read(folder.join(name)).unwrap_or_default();
        assert!(committed == *content, "{name} is stale: run `cargo xtask generate` and commit the result");
    }
}
