//! What people write who know other tools, and what it is called here.

use crate::close;

/// What to do about a key that is often expected.
pub(super) fn of_key(owner: &str, key: &str) -> Option<&'static str> {
    let field = matches!(owner, "a topic's field" | "an object's field");
    Some(match key {
        "required" | "nullable" if field => {
            "fields are required; mark one that may be left out with `optional: true`"
        }
        "default" if field => "events have no defaults: the business rule or the sender sets every value",
        "computed" if owner == "an object's field" => {
            "only a topic's own fields are computed: mark the field that holds this object"
        }
        "browser" if owner == "an object's field" => {
            "an object goes to the browser whole: mark the topic's field that holds it"
        }
        "optional" | "pii" | "browser" | "computed" if owner == "`items`" || owner == "a shared type" => {
            "this is a mark of fields: put it where the type is used"
        }
        "enum" => "write `type: enum` and `values: [...]`",
        "name" => "the name is the key above",
        "replication" | "replication_factor" if owner == "a topic" => {
            "copies are set for each environment: `brokers.replication`"
        }
        "retention_ms" | "retention.ms" => "write `retention: 7d`",
        "role" | "runtime" | "environment" | "permissions"
            if owner.ends_with("producer") || owner.ends_with("consumer") =>
        {
            "this follows from the manifest's edges and is not set by hand"
        }
        _ => return None,
    })
}

/// Why a word that one may expect is none of those that are taken.
pub(super) fn of_word(key: &str, word: &str) -> Option<&'static str> {
    Some(match (key, word) {
        ("type", "kafka.t3.small") => {
            "MSK's pages still list it, but `CreateCluster` refuses it for new clusters: `Unsupported InstanceType`"
        }
        ("type", word) if word.starts_with("kafka.t3") => "MSK has no T3 brokers for new clusters",
        ("type", word)
            if word.starts_with("kafka.m7g")
                || word.starts_with("kafka.m5")
                || word.starts_with("express.m7g") =>
        {
            "MSK doesn't have this size"
        }
        ("kafka", word) if word.starts_with("3.7") => "MSK ended its support of Kafka 3.7 on 2026-09-01",
        ("kafka", word) if word.starts_with("3.6") => "MSK ended its support of Kafka 3.6 on 2026-06-01",
        ("kafka", word) if word.starts_with("4.") => {
            "from Kafka 4 on there is no ZooKeeper: the version ends with `.kraft`"
        }
        ("kafka", word) if word.starts_with('2') || word.starts_with("3.5") => {
            "CloudFormation makes topics from Kafka 3.6 on, and MSK no longer supports versions before 3.8"
        }
        ("kafka", _) => "MSK names patch versions with an `x`",
        _ => return None,
    })
}

/// How to spell what is spelled wrong.
pub(super) fn of_spelling(key: &str, text: &str, example: Option<&str>) -> Option<String> {
    if key == "route" && text.contains(['{', ':']) {
        return Some("a path has no places: ids and all else come in the request's body".into());
    }
    example.map(|example| format!("write for example `{example}`"))
}

/// The one of `words` that was probably meant.
pub(super) fn word_for<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let elsewhere = instead_of(word).and_then(|known| words.iter().copied().find(|here| *here == known));
    elsewhere.or_else(|| close::closest(word, words.iter().copied()))
}

/// What stands here for a word of elsewhere that nothing here is spelled like.
fn instead_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "kafka.t3.small" | "kafka.t3.medium" => "kafka.m7g.large",
        "express.m5.large" => "express.m7g.large",
        word if word.starts_with("3.6")
            || word.starts_with("3.7")
            || word.starts_with("2.")
            || word.starts_with("3.5") =>
        {
            "3.9.x.kraft"
        }
        word if word.starts_with("3.8") => "3.8.x.kraft",
        word if word.starts_with("3.9") => "3.9.x.kraft",
        word if word.starts_with("4.0") => "4.0.x.kraft",
        word if word.starts_with("4.1") => "4.1.x.kraft",
        word if word.starts_with("4.2") => "4.2.x.kraft",
        "amd64" | "x64" | "x86-64" | "intel" => "x86_64",
        "aarch64" | "graviton" => "arm64",
        "delete" => "destroy",
        "keep" => "retain",
        "http" => "https",
        "phone" => "sms",
        "queue" => "sqs",
        "update" | "upsert" => "merge",
        "replace" | "insert" => "put",
        "public" | "anonymous" => "open",
        "jwt" | "bearer" => "token",
        _ => return None,
    })
}
