//! What is wrong in a directory is seen, each of it.

mod slapd {
    use super::super::{At, Entries, Server, entries};
    use crate::{
        proof::{journal::Vector, rest::Document},
        slapd::modify,
    };

    const GROUP: &str = "CO:members:all";

    fn document(subject: &str) -> Document {
        let key = format!("{subject}-2");
        let vector: Vector = [("key", 2), ("n0", 3), ("m0", 4), ("r0", 5), ("g1", 6)]
            .into_iter()
            .map(|(field, number)| (field.to_owned(), number))
            .collect();
        let text = format!("{GROUP}, born 1970-01-01, r0.5 in COU 1");
        Document { target: 1, key, subject: subject.to_owned(), vector, text }
    }

    /// What Cohort makes of people.
    fn entries_of(subjects: &[&str]) -> String {
        let people = subjects.iter().map(|subject| {
            format!(
                "dn: uid={subject}-2,{}\nobjectClass: inetOrgPerson\nobjectClass: eduMember\nuid: {subject}-2\n\
                 cn: n0.3 {subject}\nsn: {subject}\ngivenName: n0.3\nmail: m0.4@{subject}.example.org\n\
                 title;role-1: r0.5\nisMemberOf: {GROUP}\nisMemberOf: g1.6\n\n",
                entries::PEOPLE
            )
        });
        let members: String =
            subjects.iter().map(|subject| format!("member: uid={subject}-2,{}\n", entries::PEOPLE)).collect();
        let groups = [GROUP, "g1.6"].map(|group| {
            format!("dn: cn={group},{}\nobjectClass: groupOfNames\ncn: {group}\n{members}\n", entries::GROUPS)
        });
        people.chain(groups).collect()
    }

    #[tokio::test]
    async fn what_is_wrong_in_a_directory_is_found() {
        let people = ["s1", "s2", "s3", "s4"];
        let model: Vec<Document> = people.iter().map(|subject| document(subject)).collect();
        let directory = Entries::start().await;
        let url = directory.slapd.url();
        let server = Server::Entries(directory);
        assert_eq!(server.wrong(&model, 4, At::End).await.len(), people.len(), "nobody is there yet");
        modify(&url, &entries_of(&people));
        assert_eq!(server.wrong(&model, 4, At::End).await, Vec::<String>::new());

        let Server::Entries(directory) = &server else { return };
        directory.mark().await;
        let (person, group) = (format!("uid=s1-2,{}", entries::PEOPLE), format!("cn=g1.6,{}", entries::GROUPS));
        let change = |dn: &str, change: &str| format!("dn: {dn}\nchangetype: modify\n{change}\n-\n\n");
        // What is done, what undoes it, and what is said of it.
        for (harm, mended, said) in [
            (
                change(&person, "replace: givenName\ngivenName: n0.2"),
                change(&person, "replace: givenName\ngivenName: n0.3"),
                "\"n0\": 2",
            ),
            (
                change(&person, "add: mail\nmail: m0.3@s1.example.org"),
                change(&person, "delete: mail\nmail: m0.3@s1.example.org"),
                "another one beside m0",
            ),
            (
                change(&person, "delete: title;role-1"),
                change(&person, "add: title;role-1\ntitle;role-1: r0.5"),
                "instead of",
            ),
            (change(&person, "replace: sn\nsn: s2"), change(&person, "replace: sn\nsn: s1"), "is called"),
            (change(&person, "delete: description"), String::new(), "has lost what others wrote there"),
            (
                change(&group, &format!("delete: member\nmember: {person}")),
                change(&group, &format!("add: member\nmember: {person}")),
                "says it is in",
            ),
            (
                change(&group, &format!("add: member\nmember: uid=s9-1,{}", entries::PEOPLE)),
                change(&group, &format!("delete: member\nmember: uid=s9-1,{}", entries::PEOPLE)),
                "who is not there",
            ),
            (
                change(&format!("uid=caretaker,{}", entries::PEOPLE), "replace: description"),
                change(&format!("uid=caretaker,{}", entries::PEOPLE), "replace: description\ndescription: caretaker"),
                "is not as it was",
            ),
            (
                entries_of(&["s5"]).split_inclusive("\n\n").take(1).collect(),
                format!("dn: uid=s5-2,{}\nchangetype: delete\n", entries::PEOPLE),
                "the orphan s5-2",
            ),
        ] {
            modify(&url, &harm);
            let found = server.wrong(&model, 4, At::End).await;
            assert!(found.iter().any(|sentence| sentence.contains(said)), "{said}: {found:?}");
            if mended.is_empty() {
                directory.mark().await;
            } else {
                modify(&url, &mended);
            }
            assert_eq!(server.wrong(&model, 4, At::End).await, Vec::<String>::new(), "{said}");
        }
    }

    #[tokio::test]
    async fn what_is_spoilt_is_found_and_that_marked_entries_were_made_anew() {
        let model = ["s1", "s2", "s3", "s4", "s5", "s6"].map(document);
        let server = Server::Entries(Entries::start().await);
        let Server::Entries(directory) = &server else { return };
        let url = directory.slapd.url();
        let all = entries_of(&["s1", "s2", "s3", "s4", "s5", "s6"]);
        modify(&url, &all);
        directory.spoil().await;
        let found = server.wrong(&model, 6, At::End).await;
        for subject in ["s1", "s2", "s3", "s4", "s5"] {
            assert!(found.iter().any(|sentence| sentence.contains(&format!("{subject}-2"))), "{subject}: {found:?}");
        }
        // All that is ours is deleted and made again, as it was: what others wrote went with it.
        let dns = all.lines().filter_map(|line| line.strip_prefix("dn: "));
        let deleted: String = dns.map(|dn| format!("dn: {dn}\nchangetype: delete\n\n")).collect();
        crate::slapd::try_modify(&url, &deleted);
        modify(&url, &all);
        let found = server.wrong(&model, 6, At::End).await;
        assert_eq!(found.len(), 5, "{found:?}");
        assert!(found.iter().all(|sentence| sentence.contains("is gone with what others wrote there")), "{found:?}");
    }
}
