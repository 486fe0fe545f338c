//! `AWS::CloudWatch`: the body of a dashboard, and dimensions.

use crate::intrinsic::aws;
use crate::node::Node;
use crate::resources::cloudwatch::alarm::{Dimension, DimensionRequired};
use crate::value::{Json, List, Val};

impl<K: Into<Val<String>>, V: Into<Val<String>>> From<(K, V)> for Val<Dimension> {
    fn from((name, value): (K, V)) -> Self {
        Dimension::new(DimensionRequired { name: name.into(), value: value.into() }).into()
    }
}

/// The columns of a dashboard.
const COLUMNS: u32 = 24;

/// The body of a dashboard, row by row.
/// ```
/// use cfn::cloudwatch::{Dashboard, DashboardBody, Metric, Widget};
/// # fn stack(function: &cfn::Handle<cfn::lambda::Function>) -> Dashboard {
/// Dashboard::new(
///     DashboardBody::new()
///         .row(2, [Widget::text("# Onboarding")])
///         .row(
///             6,
///             [
///                 Widget::metrics("Errors", [Metric::new("AWS/Lambda", "Errors")
///                     .dimension("FunctionName", function.reference())
///                     .stat("Sum")]),
///                 Widget::metrics("Duration", [Metric::new("AWS/Lambda", "Duration")
///                     .dimension("FunctionName", function.reference())
///                     .stat("p99")])
///                 .period(60),
///             ],
///         ),
/// )
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct DashboardBody {
    widgets: Vec<Json>,
    next: u32,
}

impl DashboardBody {
    /// Without widgets yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row of widgets, `height` units high. The widgets without a width of their own share what is left of the 24
    /// columns.
    pub fn row(mut self, height: u32, widgets: impl IntoIterator<Item = Widget>) -> Self {
        let widgets: Vec<Widget> = widgets.into_iter().collect();
        let given: u32 = widgets.iter().filter_map(|widget| widget.width).sum();
        let sharing = u32::try_from(widgets.iter().filter(|widget| widget.width.is_none()).count());
        let share = sharing
            .ok()
            .and_then(|sharing| COLUMNS.checked_sub(given).map(|left| left.checked_div(sharing).unwrap_or(1)))
            .unwrap_or(0);
        let mut x = 0;
        for widget in widgets {
            let width = widget.width.unwrap_or(share);
            let mut members = vec![
                ("type".to_owned(), Node::text(widget.kind)),
                ("x".to_owned(), Node::Number(x.into())),
                ("y".to_owned(), Node::Number(self.next.into())),
                ("width".to_owned(), Node::Number(width.into())),
                ("height".to_owned(), Node::Number(height.into())),
            ];
            if share == 0 {
                let why = format!("the widgets of a dashboard's row need more than its {COLUMNS} columns");
                members.push(("width".to_owned(), Node::Invalid(why)));
            }
            members.push(("properties".to_owned(), Node::Object(widget.properties)));
            self.widgets.push(Json(Node::Object(members)));
            x += width;
        }
        self.next += height;
        self
    }

    /// The text, with the intrinsic functions of its widgets.
    pub fn to_val(&self) -> Val<String> {
        Json::object([("widgets", Json::array(self.widgets.iter().cloned()))]).into_text()
    }
}

impl From<DashboardBody> for Val<String> {
    fn from(body: DashboardBody) -> Self {
        body.to_val()
    }
}

/// A widget of a dashboard.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Widget {
    kind: &'static str,
    width: Option<u32>,
    properties: Vec<(String, Node)>,
}

impl Widget {
    fn new(kind: &'static str) -> Self {
        Self { kind, width: None, properties: Vec::new() }
    }

    /// Text in Markdown.
    pub fn text(markdown: impl Into<Val<String>>) -> Self {
        Self::new("text").property("markdown", markdown.into())
    }

    /// Metrics over time, in the stack's region.
    pub fn metrics(title: impl Into<Val<String>>, metrics: impl IntoIterator<Item = Metric>) -> Self {
        Self::new("metric")
            .property("title", title.into())
            .property("region", aws::region())
            .property("view", "timeSeries")
            .property("metrics", Json::array(metrics.into_iter().map(Metric::render)))
    }

    /// The state of alarms, by their ARNs.
    pub fn alarms(title: impl Into<Val<String>>, alarms: impl Into<List<Val<String>>>) -> Self {
        Self::new("alarm").property("title", title.into()).property("alarms", alarms.into())
    }

    /// The result of a query of Logs Insights, which names its log groups: `SOURCE '/aws/lambda/x' | fields @message`.
    pub fn logs(title: impl Into<Val<String>>, query: impl Into<Val<String>>) -> Self {
        Self::new("log")
            .property("title", title.into())
            .property("region", aws::region())
            .property("view", "table")
            .property("query", query.into())
    }

    /// Its width in columns, of 24.
    pub fn width(mut self, columns: u32) -> Self {
        self.width = Some(columns);
        self
    }

    /// The period of its metrics in seconds.
    pub fn period(self, seconds: u32) -> Self {
        self.property("period", seconds)
    }

    /// The statistic of the metrics that have none of their own.
    pub fn stat(self, stat: impl Into<Val<String>>) -> Self {
        self.property("stat", stat.into())
    }

    /// Areas on top of each other rather than lines.
    pub fn stacked(self) -> Self {
        self.property("stacked", true)
    }

    /// The last values as numbers rather than lines over time.
    pub fn single_value(self) -> Self {
        self.property("view", "singleValue")
    }

    /// A line at a value, as an objective or the threshold of an alarm.
    pub fn line_at(self, label: impl Into<Val<String>>, value: impl Into<Val<f64>>) -> Self {
        let line = Json::object([("label", Json::from(label.into())), ("value", Json::from(value.into()))]);
        self.property("annotations", Json::object([("horizontal", Json::array([line]))]))
    }

    /// Any property of the widget, by its name in the dashboard's JSON.
    pub fn property(mut self, name: &str, value: impl Into<Json>) -> Self {
        let node = value.into().0;
        match self.properties.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = node,
            None => self.properties.push((name.to_owned(), node)),
        }
        self
    }
}

/// A metric, or an expression over others, in a widget.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Metric {
    path: Vec<Json>,
    options: Vec<(String, Json)>,
}

impl Metric {
    /// A metric by namespace and name.
    pub fn new(namespace: impl Into<Val<String>>, name: impl Into<Val<String>>) -> Self {
        Self { path: vec![namespace.into().into(), name.into().into()], options: Vec::new() }
    }

    /// An expression of metric math, as `m1 / m2`.
    pub fn expression(expression: impl Into<Val<String>>) -> Self {
        Self { path: Vec::new(), options: Vec::new() }.option("expression", expression.into())
    }

    /// Adds a dimension.
    pub fn dimension(mut self, name: impl Into<Val<String>>, value: impl Into<Val<String>>) -> Self {
        self.path.extend([name.into().into(), value.into().into()]);
        self
    }

    /// The statistic, as `Sum` or `p99`.
    pub fn stat(self, stat: impl Into<Val<String>>) -> Self {
        self.option("stat", stat.into())
    }

    /// The name in the legend.
    pub fn label(self, label: impl Into<Val<String>>) -> Self {
        self.option("label", label.into())
    }

    /// The name by which expressions know it.
    pub fn id(self, id: impl Into<Val<String>>) -> Self {
        self.option("id", id.into())
    }

    /// Only for expressions: it is not drawn.
    pub fn hidden(self) -> Self {
        self.option("visible", false)
    }

    /// On the right-hand axis.
    pub fn right(self) -> Self {
        self.option("yAxis", "right")
    }

    /// Any option, by its name in the dashboard's JSON.
    pub fn option(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.options.push((name.to_owned(), value.into()));
        self
    }

    fn render(self) -> Json {
        let mut items = self.path;
        if !self.options.is_empty() {
            items.push(Json::object(self.options));
        }
        Json::array(items)
    }
}
