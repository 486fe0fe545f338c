// Made from topics.yaml by `make synth`: change that, not this.
// An app that embeds the stacks beside a function of its own. `cdk synth` here writes it to cdk.out.
// @ts-check

'use strict';

const cdk = require('aws-cdk-lib');
const { OnboardAi } = require("onboard-ai-cdk");

const { aws_lambda: lambda } = cdk;
const app = new cdk.App();
const stack = new cdk.Stack(app, "onboard-ai-with-a-check");
const platform = new OnboardAi(stack, 'Platform', { environment: "dev" });

const check = new lambda.Function(stack, 'Check', {
  description: 'Reads the table once, and reaches the first broker.',
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  timeout: cdk.Duration.seconds(20),
  vpc: platform.cluster.vpc,
  securityGroups: [platform.cluster.securityGroup],
  code: lambda.Code.fromInline(`
const { once } = require('node:events');
const tls = require('node:tls');
const { DynamoDBClient, ScanCommand } = require('@aws-sdk/client-dynamodb');
const { GetSecretValueCommand, SecretsManagerClient } = require('@aws-sdk/client-secrets-manager');

exports.handler = async () => {
  const page = await new DynamoDBClient().send(new ScanCommand({ TableName: process.env.TABLE, Limit: 1 }));
  const secret = await new SecretsManagerClient().send(
    new GetSecretValueCommand({ SecretId: process.env.KAFKA_SECRET_ARN }),
  );
  const [host, port] = process.env.KAFKA_BROKERS.split(',')[0].split(':');
  const broker = tls.connect({ host, port: Number(port), servername: host, timeout: 5000 });
  broker.on('timeout', () => broker.destroy(new Error('no answer from ' + host)));
  await once(broker, 'secureConnect');
  broker.end();
  return { items: page.Count, topic: process.env.KAFKA_TOPIC, user: JSON.parse(secret.SecretString).username };
};
`),
  environment: { TABLE: platform.tables["users"].tableName },
});
platform.tables["users"].grantReadData(check);
platform.topics["user-info-submitted"].connectProducer(check);
