// What the declarations let through, and what they refuse.

import { App, Stack, aws_dynamodb as dynamodb, aws_lambda as lambda } from 'aws-cdk-lib';
import { OnboardAi, type OnboardAiEnvironment, type OnboardAiTableName, type OnboardAiTopicName } from 'onboard-ai-cdk';

const stack = new Stack(new App(), 'own');
const environment: OnboardAiEnvironment = 'staging';
const platform = new OnboardAi(stack, 'Platform', { environment, topicCreation: 'outside', edgeCode: ['a', 'b'] });
declare const fn: lambda.Function;

platform.tables.users.grantReadData(fn);
platform.tables['kyc-results'].grantWriteData(fn);
platform.topics['user-info-submitted'].connectProducer(fn);
platform.channels.support.grantPublish(fn);
platform.functions['submit-user-info'].grantInvoke(fn);
platform.apis.grantManageConnections(fn);
platform.resources.cluster.numberOfBrokerNodes = 6;
const table: dynamodb.CfnTable = platform.resources.tables.users;
const topics: readonly OnboardAiTopicName[] = ['kyc-verified', 'workflow-errors'];
for (const topic of topics) platform.resources.topics[topic].partitionCount = 12;
void [table, platform.cluster.vpc, platform.cluster.producer.secret, platform.apis.http.apiEndpoint];

// @ts-expect-error no such table
platform.tables.usres;
// @ts-expect-error no such topic
platform.topics['user-info'];
// @ts-expect-error no such function
platform.functions['submit-user'];
// @ts-expect-error no such channel
platform.channels.desk;
// @ts-expect-error no such table
platform.resources.tables['users-dev'];
// @ts-expect-error no such table
const wrong: OnboardAiTableName = 'people';
// @ts-expect-error no such environment
new OnboardAi(stack, 'A', { environment: 'pord' });
// @ts-expect-error the environment is needed
new OnboardAi(stack, 'B', {});
// @ts-expect-error no such property
new OnboardAi(stack, 'C', { environment, artefactBucket: 'b' });
// @ts-expect-error not one of its values
new OnboardAi(stack, 'D', { environment, topicCreation: 'inside' });
// @ts-expect-error a list
new OnboardAi(stack, 'E', { environment, edgeCode: 'a,b' });
// @ts-expect-error handles are not for setting
platform.tables.users = platform.tables.applications;
// @ts-expect-error a role has no variables
platform.topics['kyc-verified'].connectProducer(fn.role!);
void wrong;
