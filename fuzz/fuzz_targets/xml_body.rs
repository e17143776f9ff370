//! Bodies in XML.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cohort_fuzz::body(gateway::wire::Format::Xml, data));
