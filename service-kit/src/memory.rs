//! How the memory of a process is kept.
//!
//! By jemalloc, also that of SQLite: what is free goes back to the system after a tenth of a second, there are two arenas, and a thread
//! keeps only what is small (`JEMALLOC_SYS_WITH_MALLOC_CONF` in `.cargo/config.toml`; `MALLOC_CONF` of a process says otherwise). The C library keeps it, in an
//! arena for each of many threads ([ADR 0070](../../docs/adr/0070-free-memory-goes-back.md)).

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
