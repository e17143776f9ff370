//! How the memory of a process is kept.
//!
//! By jemalloc, also that of SQLite: what is free goes back to the system after a fifth of a second
//! (`JEMALLOC_SYS_WITH_MALLOC_CONF` in `.cargo/config.toml`; `MALLOC_CONF` of a process says otherwise). The C library keeps it, in an
//! arena for each of many threads ([ADR 0070](../../docs/adr/0070-free-memory-goes-back.md)).

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
