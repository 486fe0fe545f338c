//! The dashboard: the whole pipeline on one page, in the order that an event takes.

use cfn::{Attr, Json, Resource, Template, Val, aws, cloudwatch, json, msk, sub};
use model::{Model, Role, Topic};

use super::child::tags;
use super::foundation::cluster_name;
use super::root::Parameters;

/// Lines that one graph can show and still be read.
const LINES: usize = 20;
/// A page is 24 units wide.
const WIDTH: u32 = 12;
const HEIGHT: u32 = 6;

pub(super) fn add(
    template: &mut Template,
    model: &Model,
    parameters: &Parameters,
    cluster_arn: &Attr<msk::cluster::Arn>,
) {
    let environment = parameters.environment.value();
    let cluster = cluster_name(cluster_arn);
    let mut page = Page::default();
    for topics in model.topics.chunks(LINES) {
        let function = |role: Role| {
            let name = &model.function(&role).name.name;
            sub!(
                "${app}-${name}-${env}",
                app = model.app.name.as_str(),
                name = name.as_str(),
                env = environment.clone()
            )
        };
        let producers = || topics.iter().filter(|topic| topic.producer.is_some());
        let consumers = || topics.iter().filter(|topic| topic.consumer.is_some());
        let producer = |topic: &Topic| function(Role::Producer(topic.name.name.clone()));
        let consumer = |topic: &Topic| function(Role::Consumer(topic.name.name.clone()));
        let lambda = |metric: &'static str, stat: &'static str| {
            move |topic: &Topic, function: Val<String>| json!(["AWS/Lambda", metric, "FunctionName", function, { "label": topic.name.name.as_str(), "stat": stat }])
        };
        let duration = lambda("Duration", "p99");
        let errors = lambda("Errors", "Sum");
        let publish = topics.iter().map(|topic| topic.targets.publish_ms).min().unwrap_or_default();
        let consume = topics.iter().map(|topic| topic.targets.consume_ms).min().unwrap_or_default();
        page.graph(
            "Publishing, p99 in ms",
            Some(publish),
            producers().map(|topic| duration(topic, producer(topic))),
        );
        page.graph(
            "Consuming, p99 in ms",
            Some(consume),
            consumers().map(|topic| duration(topic, consumer(topic))),
        );
        page.graph(
            "Lag, records",
            None,
            consumers().map(|topic| {
                let group = topic.consumer.as_ref().map_or("", |consumer| consumer.group.as_str());
                json!([
                    "AWS/Kafka", "MaxOffsetLag", "Cluster Name", cluster.clone(), "Consumer Group", group, "Topic",
                    topic.name.name.as_str(), { "label": topic.name.name.as_str(), "stat": "Maximum" }
                ])
            }),
        );
        page.graph(
            "Errors",
            None,
            producers()
                .map(|topic| errors(topic, producer(topic)))
                .chain(consumers().map(|topic| errors(topic, consumer(topic)))),
        );
    }
    let dashboard = cloudwatch::Dashboard::new(json!({ "widgets": Json::array(page.widgets) }).into_text())
        .dashboard_name(sub!("${app}-${env}", app = model.app.name.as_str(), env = environment.clone()));
    template.add("Dashboard", dashboard.tagged(tags(model, environment)));
}

#[derive(Default)]
struct Page {
    widgets: Vec<Json>,
}

impl Page {
    /// Adds a graph, two to a row, with a line at the target; leaves out one that would be empty.
    fn graph(&mut self, title: &str, target_ms: Option<u64>, metrics: impl Iterator<Item = Json>) {
        let metrics: Vec<Json> = metrics.collect();
        if metrics.is_empty() {
            return;
        }
        let position = u32::try_from(self.widgets.len()).unwrap_or(u32::MAX);
        let (x, y) = (position % 2 * WIDTH, position / 2 * HEIGHT);
        let lines = Json::array(target_ms.map(|target| {
            let target = i64::try_from(target).unwrap_or(i64::MAX);
            json!({ "label": "target", "value": target })
        }));
        let metrics = Json::array(metrics);
        self.widgets.push(json!({
            "type": "metric",
            "x": x,
            "y": y,
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {
                "title": title,
                "region": aws::region(),
                "period": 60,
                "view": "timeSeries",
                "metrics": metrics,
                "annotations": { "horizontal": lines },
            },
        }));
    }
}
