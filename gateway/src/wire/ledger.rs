//! The document of a target's ledger, in either format (D56).

use proto::{
    provisioning::v1::{LedgerEntry, LedgerResponse},
    tree::Node,
};

use super::{
    Format, Integers,
    told::{self, member},
    xml_writer as xml,
};

/// A ledger while it is written.
#[derive(Debug)]
pub struct Ledger {
    format: Format,
    integers: Integers,
    out: Vec<u8>,
    /// Entries are written.
    open: bool,
    empty: bool,
}

impl Ledger {
    /// Begins a document.
    #[must_use]
    pub fn begin(format: Format, integers: Integers) -> Self {
        let mut out = Vec::with_capacity(1024);
        match format {
            Format::Json => out.extend_from_slice(
                br#"{"ResponseType":"CoProvisioningLedgers","Version":"1.0","CoProvisioningLedgers":[{"Version":"1.0""#,
            ),
            Format::Xml => {
                out.extend_from_slice(xml::DECLARATION);
                out.extend_from_slice(b"<CoProvisioningLedgers Version=\"1.0\"><CoProvisioningLedger Version=\"1.0\">");
            }
        }
        Self { format, integers, out, open: false, empty: true }
    }

    /// Writes the counts of a target.
    pub fn counts(&mut self, target: i64, ledger: &LedgerResponse) {
        let numbers = [
            ("CoProvisioningTargetId", target),
            ("From", ledger.from),
            ("To", ledger.to),
            ("Accepted", ledger.accepted),
        ];
        let counts = ledger.counts.iter().map(|count| (count.outcome.as_str(), count.count));
        let all: Vec<_> =
            numbers.into_iter().chain(counts).map(|(name, number)| member(name, Node::Int(number))).collect();
        told::members(self.format, &all, self.integers, &mut self.out);
    }

    /// Begins the entries.
    pub fn open(&mut self) {
        self.open = true;
        self.out.extend_from_slice(match self.format {
            Format::Json => br#","Entries":["#,
            Format::Xml => b"<Entries>",
        });
    }

    /// Adds an entry.
    pub fn push(&mut self, entry: &LedgerEntry) {
        let others = [
            ("CoGroupId", entry.co_group_id),
            ("CoEmailListId", entry.co_email_list_id),
            ("CoServiceId", entry.co_service_id),
        ];
        let mut all = vec![member("Number", Node::Int(entry.number))];
        all.extend(told::subject(entry.co_person_id, others));
        all.extend(entry.accepted.map(|time| member("At", Node::Time(time.seconds))));
        all.push(member("RequestId", Node::Int(entry.request_id)));
        all.push(member("Outcome", Node::Text(entry.outcome.clone())));
        all.extend(entry.into.map(|into| member("Into", Node::Int(into))));
        match self.format {
            Format::Json => {
                if !std::mem::take(&mut self.empty) {
                    self.out.push(b',');
                }
                told::json_object(&all, self.integers, &mut self.out);
            }
            Format::Xml => {
                self.out.extend_from_slice(b"<Entry>");
                told::members(self.format, &all, self.integers, &mut self.out);
                self.out.extend_from_slice(b"</Entry>");
            }
        }
    }

    /// Ends the document.
    pub fn end(&mut self) {
        let entries: &[u8] = match (self.format, self.open) {
            (Format::Json, true) => b"]",
            (Format::Xml, true) => b"</Entries>",
            (_, false) => b"",
        };
        self.out.extend_from_slice(entries);
        self.out.extend_from_slice(match self.format {
            Format::Json => b"}]}\n",
            Format::Xml => b"</CoProvisioningLedger></CoProvisioningLedgers>\n",
        });
    }

    /// What was written since the last time.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

#[cfg(test)]
mod tests {
    use proto::provisioning::v1::LedgerCount;
    use serde_json::json;

    use super::*;

    fn written(format: Format, entries: bool) -> String {
        let count = |outcome: &str, count| LedgerCount { outcome: outcome.to_owned(), count };
        let ledger = LedgerResponse {
            from: 3,
            to: 5,
            accepted: 2,
            counts: vec![count("Applied", 1), count("Merged", 1)],
            ..LedgerResponse::default()
        };
        let mut document = Ledger::begin(format, Integers::Number);
        document.counts(7, &ledger);
        if entries {
            document.open();
            let accepted = Some(prost_types::Timestamp { seconds: 10, nanos: 0 });
            let applied = LedgerEntry {
                number: 3,
                accepted,
                co_person_id: Some(10),
                request_id: 70,
                outcome: "Applied".to_owned(),
                ..LedgerEntry::default()
            };
            document.push(&applied);
            document.push(&LedgerEntry { number: 5, outcome: "Merged".to_owned(), into: Some(3), ..applied });
        }
        document.end();
        String::from_utf8(document.take()).unwrap()
    }

    #[test]
    fn counts_and_entries_are_told() {
        let counts = json!({"Version": "1.0", "CoProvisioningTargetId": 7, "From": 3, "To": 5, "Accepted": 2,
            "Applied": 1, "Merged": 1});
        let list = |ledger| {
            json!({"ResponseType": "CoProvisioningLedgers", "Version": "1.0",
            "CoProvisioningLedgers": [ledger]})
        };
        let read = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
        assert_eq!(read(written(Format::Json, false)), list(counts.clone()));
        let mut with_entries = counts;
        with_entries["Entries"] = json!([
            {"Number": 3, "Person": {"Type": "CO", "Id": 10}, "At": "1970-01-01 00:00:10", "RequestId": 70, "Outcome": "Applied"},
            {"Number": 5, "Person": {"Type": "CO", "Id": 10}, "At": "1970-01-01 00:00:10", "RequestId": 70, "Outcome": "Merged", "Into": 3},
        ]);
        assert_eq!(read(written(Format::Json, true)), list(with_entries));
    }

    #[test]
    fn xml_says_the_same() {
        let xml = written(Format::Xml, true);
        let document = roxmltree::Document::parse(&xml).unwrap();
        let ledger = document.root_element().first_element_child().unwrap();
        assert_eq!(
            (document.root_element().tag_name().name(), ledger.attribute("Version")),
            ("CoProvisioningLedgers", Some("1.0"))
        );
        let entries: Vec<_> = ledger.children().find(|node| node.has_tag_name("Entries")).unwrap().children().collect();
        let texts: Vec<_> =
            entries[1].children().map(|node| (node.tag_name().name(), node.text().unwrap_or_default())).collect();
        assert_eq!(texts.last(), Some(&("Into", "3")));
        assert_eq!(entries.len(), 2);
        assert!(!written(Format::Xml, false).contains("Entries"));
    }
}
