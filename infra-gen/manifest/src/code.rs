//! What can be wrong with a manifest, each kind with a code that stays.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// A kind of problem. Its code never changes its meaning; a kind that is given up leaves a gap.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every kind, in the codes' order.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// `M0301`
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What kind of problem it is, in one line.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    // M00: the text.
    /// The file can't be opened or read.
    Unreadable = "M0001",
    /// The file is no UTF-8 text.
    NotUtf8 = "M0002",
    /// The file holds nothing.
    Empty = "M0003",
    /// The text is no YAML.
    Syntax = "M0004",
    /// A tab stands where YAML wants spaces.
    Tab = "M0005",
    /// A map has one key twice.
    DuplicateKey = "M0006",
    /// A key is a list, a map or empty.
    KeyIsNoName = "M0007",
    /// A merge key, `<<`.
    MergeKey = "M0008",
    /// An alias names no anchor above it.
    UnknownAlias = "M0009",
    /// An alias stands inside of what it repeats.
    AliasInItself = "M0010",
    /// A YAML tag other than `!!str`, `!!map` and `!!seq`.
    Tag = "M0011",
    /// The file has more than one YAML document.
    SeveralDocuments = "M0012",
    /// Values nested deeper than any manifest.
    TooDeep = "M0013",
    /// More values than any manifest has, most often by aliases of aliases.
    TooLarge = "M0014",

    // M01: the shape.
    /// A key that the manifest's language doesn't have here.
    UnknownKey = "M0101",
    /// A key that has to be here is not.
    MissingKey = "M0102",
    /// A value of another type: a number where text is wanted, a list where a map is wanted.
    WrongType = "M0103",
    /// A key without a value.
    NoValue = "M0104",
    /// A word that is none of the few that can stand here.
    UnknownWord = "M0105",
    /// A number outside of its range.
    OutOfRange = "M0106",
    /// Text that is not spelled as this kind of text is.
    Spelling = "M0107",
    /// A list or map with too few or too many entries.
    WrongLength = "M0108",
    /// A map entry's name is not spelled as this kind of name is.
    NameSpelling = "M0109",
    /// The schema takes what the reader doesn't: a mistake in this program.
    SchemaMismatch = "M0199",

    // M02: names.
    /// A real name is longer than AWS or Kafka takes.
    NameTooLong = "M0201",
    /// A real name is shorter than AWS takes.
    NameTooShort = "M0202",
    /// Two names are one in Rust, TypeScript or CloudFormation.
    NamesCollide = "M0203",
    /// Two topics differ only in `.` and `_`, which Kafka's metrics can't tell apart.
    KafkaNamesCollide = "M0204",
    /// A name is a keyword that no language lets one escape.
    Keyword = "M0205",
    /// A name is that of a type that the generated code needs.
    BuiltInName = "M0206",
    /// A table that the runtime has already.
    SystemTable = "M0207",
    /// Two functions have one name.
    FunctionTwice = "M0208",
    /// Two producers have one route.
    RouteTwice = "M0209",
    /// Two consumers are in one group.
    GroupTwice = "M0210",
    /// Two topics push one event type.
    PushTypeTwice = "M0211",
    /// Two functions have one handler name.
    HandlerTwice = "M0212",
    /// A name that a file or a program of the project has already.
    NameTaken = "M0213",
    /// Two environments would have one thing of one name in an account.
    FullNamesCollide = "M0214",

    // M03: references.
    /// No such table.
    UnknownTable = "M0301",
    /// No such channel.
    UnknownChannel = "M0302",
    /// No such field.
    UnknownField = "M0303",
    /// No such type.
    UnknownType = "M0304",
    /// No such environment.
    UnknownEnvironment = "M0305",
    /// No such topic.
    UnknownTopic = "M0306",
    /// A reference is in its list twice.
    ReferenceTwice = "M0307",
    /// A table that belongs to the runtime alone.
    TableNotForEvents = "M0308",

    // M04: fields and types.
    /// An option that this type doesn't have.
    OptionOfOtherType = "M0401",
    /// An option that this type can't do without.
    OptionMissing = "M0402",
    /// A least value above the greatest.
    BoundsReversed = "M0403",
    /// A bound that the type can't hold.
    BoundNotHeld = "M0404",
    /// A pattern that is no regular expression.
    BadPattern = "M0405",
    /// A word that is in its enum twice.
    WordTwice = "M0406",
    /// A shared type that contains itself.
    TypeInItself = "M0407",
    /// A key that isn't a required field of text or a whole number.
    BadKey = "M0408",
    /// A key that is personal data.
    KeyIsPersonal = "M0409",
    /// A computed field where nothing computes it.
    NothingComputes = "M0410",
    /// An error topic has a field that the runtime can't fill.
    ErrorTopicField = "M0411",
    /// A pattern without a text of the type's length.
    PatternAndLength = "M0412",
    /// A key that a caller can't send, since it is computed.
    KeyIsComputed = "M0413",
    /// An open route whose key can't hold a new customer's id.
    OpenKey = "M0414",

    // M05: tables.
    /// A table's key is no required field of an event that is written into it.
    TableKey = "M0501",
    /// Two topics write one attribute with two types.
    AttributeTypes = "M0502",
    /// An index has an attribute that no event brings.
    IndexAttribute = "M0503",
    /// A field has the name of the attribute that the table keeps for its time to live.
    TtlAttribute = "M0504",
    /// A table's or an index's sort key is its partition key.
    SortIsKey = "M0505",
    /// A time to live that DynamoDB can't keep.
    TtlOutOfRange = "M0506",
    /// A key that can be longer than DynamoDB takes.
    KeyTooLong = "M0507",

    // M06: environments and the cluster.
    /// Brokers that can't be spread evenly over the zones.
    BrokersAndZones = "M0601",
    /// Something that Express brokers don't do.
    Express = "M0602",
    /// Standard brokers without storage.
    StorageMissing = "M0603",
    /// More copies of a partition than brokers.
    Replication = "M0604",
    /// A Kafka version that the brokers don't run.
    KafkaVersion = "M0605",
    /// More partitions than the brokers carry.
    PartitionBudget = "M0606",
    /// Something that is only fit for development, in production.
    NotForProduction = "M0607",
    /// A log retention that CloudWatch doesn't have.
    LogRetention = "M0608",
    /// A retention that Kafka can't keep or that is of no use.
    Retention = "M0609",
    /// The dead-letter topic is also a topic of the manifest.
    DeadLetterTopic = "M0610",

    // M07: functions and mappings.
    /// A batching window that Lambda doesn't have.
    Window = "M0701",
    /// A record age that Lambda doesn't have, or that the topic doesn't reach.
    RecordAge = "M0702",
    /// Fewer pollers at most than at least, or more than partitions.
    Pollers = "M0703",
    /// A timeout that Lambda or the HTTP API doesn't have.
    Timeout = "M0704",
    /// Something that needs a consumer, on a topic without one.
    ConsumerMissing = "M0705",
    /// A setting of a consumer, on a topic without one.
    NoEffect = "M0706",

    // M08: alerts, pushes and targets.
    /// Not exactly one channel for alarms.
    AlarmChannel = "M0801",
    /// An endpoint that the protocol can't reach.
    Endpoint = "M0802",
    /// A condition that can't be read.
    Condition = "M0803",
    /// A condition that compares a field with what it can't be.
    ConditionValue = "M0804",
    /// A message with a place that is not closed, or not opened.
    MessagePlace = "M0805",
    /// Personal data in an alert.
    PersonalData = "M0806",
    /// A field that is no single value, in a message or condition.
    NotPrintable = "M0807",
    /// A target that the settings, or nothing at all, can meet.
    Target = "M0808",
    /// A message that can be empty.
    EmptyMessage = "M0809",

    // M09: sizes and quotas.
    /// A push that can pass API Gateway's message limit.
    PushTooLarge = "M0901",
    /// An event that can pass Kafka's record limit or DynamoDB's item limit.
    EventTooLarge = "M0902",
    /// A message that can pass SNS's limit.
    MessageTooLarge = "M0903",
    /// More indexes than a table can have.
    TooManyIndexes = "M0904",
    /// More routes than an HTTP API can have.
    TooManyRoutes = "M0905",
    /// More resources, parameters or outputs than CloudFormation takes.
    TooManyResources = "M0906",
    /// More environment variables than a function can have.
    TooManyVariables = "M0907",
    /// More tables to read than a function's policy can name.
    PolicyTooLong = "M0908",

    // M10: the waivers of `make verify`, which are read with the manifest's reader.
    /// A waiver's last day is over.
    WaiverExpired = "M1001",
    /// A waiver, or a part of one, that waives nothing.
    WaiverUnused = "M1002",
    /// A waiver's date is none, or too far away.
    WaiverDate = "M1003",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
    }
}
