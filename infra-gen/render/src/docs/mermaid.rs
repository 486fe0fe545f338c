//! The diagram of the system, in Mermaid.

use std::fmt::Write as _;

use model::{Alert, Model, TableRole, Topic};

use super::words;

/// Up to here each topic has a box of its own. A picture of more is a wall of boxes; the topics that write one
/// table then share one.
const MOST_TOPICS: usize = 20;
/// Names that a shared box lists.
const MOST_NAMES: usize = 6;

/// The stacks that many arrows lead to are told by colour: boxes around them would tear the picture apart.
const STACKS: [(&str, &str, &str); 3] =
    [("edge", "#dbeafe", "#2563eb"), ("data", "#dcfce7", "#16a34a"), ("foundation", "#ffedd5", "#ea580c")];

/// The diagram, from the browser through APIs, topics and tables back to the browser.
pub(super) fn diagram(model: &Model) -> String {
    let mut diagram = Diagram { model, text: "flowchart LR\n".into() };
    diagram.edge();
    if model.topics.len() > MOST_TOPICS {
        diagram.groups();
    } else {
        diagram.topics();
    }
    diagram.stores();
    for (name, fill, stroke) in STACKS {
        // The text's colour too: a page may be dark.
        diagram.line(&format!("classDef {name} fill:{fill},stroke:{stroke},color:#111"));
    }
    diagram.text
}

struct Diagram<'a> {
    model: &'a Model,
    text: String,
}

impl Diagram<'_> {
    fn line(&mut self, line: &str) {
        writeln!(self.text, "  {line}").expect("a string takes text");
    }

    fn stack(&mut self, id: &str, title: &str, lines: &[String]) {
        self.line(&format!("subgraph {id}[{}]", quoted(title)));
        for line in lines {
            self.line(&format!("  {line}"));
        }
        self.line("end");
    }

    fn edge(&mut self) {
        if self.model.topics.iter().any(|topic| topic.producer.is_some()) {
            self.line("sender([Browser]) --> http[HTTP API]:::edge");
        }
        if self.model.topics.iter().any(pushes) {
            self.line("socket[WebSocket API]:::edge -.-> receiver([Browser])");
        }
    }

    fn topics(&mut self) {
        for (at, topic) in self.model.topics.iter().enumerate() {
            self.topic(at, topic);
        }
        let collecting = self.model.topics.iter().enumerate().filter(|(_, topic)| topic.collects_errors);
        // Every function that fails publishes there; an arrow from each would hide the rest.
        for (at, _) in collecting {
            self.line(&format!("f{at}[/any failed step/] -.-> k{at}"));
        }
    }

    fn topic(&mut self, at: usize, topic: &Topic) {
        let mut chain = vec![];
        let mut nodes = vec![];
        if let Some(producer) = &topic.producer {
            let route = format!("{} {}", producer.method.as_str(), escaped(&producer.path));
            nodes.push(format!("p{at}[\"{}<br>{route}\"]", escaped(&producer.function.name)));
            chain.push(format!("p{at}"));
        }
        nodes.push(format!("k{at}[({})]", quoted(&topic.name.name)));
        chain.push(format!("k{at}"));
        if let Some(consumer) = &topic.consumer {
            nodes.push(format!("c{at}[{}]", quoted(&consumer.function.name)));
            chain.push(format!("c{at}"));
        }
        nodes.push(chain.join(" --> "));
        self.stack(&format!("t{at}"), &format!("{}Topic", topic.name.pascal), &nodes);
        if topic.producer.is_some() {
            self.line(&format!("http --> p{at}"));
        }
        self.follow(&format!("c{at}"), &[topic]);
    }

    /// Boxes of several topics, by the table that they write.
    fn groups(&mut self) {
        for (at, table) in self.model.tables.iter().enumerate() {
            let writes = |topic: &&Topic| {
                topic.consumer.as_ref().is_some_and(|consumer| consumer.table == table.name.name)
            };
            let topics: Vec<&Topic> = self.model.topics.iter().filter(writes).collect();
            self.group(&format!("g{at}"), &topics);
        }
        let idle: Vec<&Topic> = self.model.topics.iter().filter(|topic| topic.consumer.is_none()).collect();
        self.group("g", &idle);
    }

    fn group(&mut self, id: &str, topics: &[&Topic]) {
        if topics.is_empty() {
            return;
        }
        let mut names: Vec<String> =
            topics.iter().take(MOST_NAMES).map(|topic| escaped(&topic.name.name)).collect();
        if topics.len() > MOST_NAMES {
            names.push(format!("and {} more", topics.len() - MOST_NAMES));
        }
        let title = words::count(topics.len() as u64, "topic");
        self.line(&format!("{id}[(\"<b>{title}</b><br>{}\")]", names.join("<br>")));
        if topics.iter().any(|topic| topic.producer.is_some()) {
            self.line(&format!("http --> {id}"));
        }
        self.follow(id, topics);
    }

    /// Where consumers of these topics lead to: a table, channels, the WebSocket.
    fn follow(&mut self, from: &str, topics: &[&Topic]) {
        // Topics that share a box share the table.
        let Some(consumer) = topics.iter().find_map(|topic| topic.consumer.as_ref()) else { return };
        if let Some(table) = self.table(&consumer.table) {
            self.line(&format!("{from} --> {table}"));
        }
        for (at, channel) in self.model.channels.iter().enumerate() {
            let alerts: Vec<&Alert> = topics
                .iter()
                .filter_map(|topic| topic.alert.as_ref())
                .filter(|alert| alert.channel == channel.name.name)
                .collect();
            let label = match alerts.as_slice() {
                [] => continue,
                [Alert { when: Some(condition), .. }] => {
                    format!("|{}|", quoted(&format!("if {}", words::brief(condition))))
                }
                _ => String::new(),
            };
            self.line(&format!("{from} -->{label} n{at}"));
        }
        if topics.iter().any(|topic| pushes(topic)) {
            self.line(&format!("{from} -.-> socket"));
        }
    }

    fn table(&self, name: &str) -> Option<String> {
        self.model.tables.iter().position(|table| table.name.name == name).map(|at| format!("d{at}"))
    }

    /// Tables and channels.
    fn stores(&mut self) {
        for (at, table) in self.model.tables.iter().enumerate() {
            // These two are beside every arrow: each consumer marks the event, each push reads connections.
            if !matches!(table.role, TableRole::Events | TableRole::Connections) {
                self.line(&format!("d{at}[({})]:::data", quoted(&table.name.name)));
            }
        }
        for (at, channel) in self.model.channels.iter().enumerate() {
            self.line(&format!("n{at}>{}]:::foundation", quoted(&channel.name.name)));
        }
    }
}

/// Whether a consumer sends this topic's events to browsers.
fn pushes(topic: &Topic) -> bool {
    topic.push.is_some() && topic.consumer.is_some()
}

/// A label.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Mermaid's own entity codes stand for what would end a label or be read as HTML.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}

#[cfg(test)]
mod tests {
    use model::{Ident, Parts};

    use super::*;
    use crate::hazards;

    fn with_topics(count: usize) -> Model {
        let parts: &Parts = &hazards::model();
        let mut parts = Parts { tables: parts.tables[..1].to_vec(), ..parts.clone() };
        let first = parts.topics[0].clone();
        parts.topics =
            (0..count).map(|at| Topic { name: Ident::new(format!("topic-{at}")), ..first.clone() }).collect();
        Model::new(parts)
    }

    #[test]
    fn each_of_a_few_topics_has_a_box() {
        let diagram = diagram(&with_topics(MOST_TOPICS));
        assert_eq!(diagram.matches("subgraph t").count(), MOST_TOPICS);
    }

    #[test]
    fn many_topics_share_a_box_for_each_table() {
        let diagram = diagram(&with_topics(MOST_TOPICS + 1));
        assert!(!diagram.contains("subgraph t"));
        assert!(diagram.contains("<b>21 topics</b><br>topic-0<br>"));
        assert!(diagram.contains("and 15 more"));
        insta::assert_snapshot!(diagram);
    }

    #[test]
    fn a_label_can_not_end_itself() {
        assert_eq!(quoted("a \"b\" <c> #1"), "\"a #quot;b#quot; #lt;c#gt; #35;1\"");
    }
}
