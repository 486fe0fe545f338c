// What the construct offers: names, grants, parameters, zips.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { asCdkWrites, cdk, differences, newApp, newStack, rendered, require, synthesised, templates } from './world.mjs';

const main = rendered('main');
const { Platform } = main;

/** A stack with the platform and a role to grant to. */
function scene(props) {
  const app = newApp();
  const stack = newStack(app, 'own');
  const platform = new Platform(stack, 'Platform', { environment: 'dev', ...props });
  const role = new cdk.aws_iam.Role(stack, 'Role', {
    assumedBy: new cdk.aws_iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  /** The statements of the role's policy. */
  const granted = () => {
    const policies = Object.values(synthesised(app, 'own').root.Resources);
    const policy = policies.find(({ Type }) => Type === 'AWS::IAM::Policy');
    return policy.Properties.PolicyDocument.Statement;
  };
  return { app, stack, platform, role, granted };
}

const output = (stack, name) => ({ 'Fn::GetAtt': [stack, `Outputs.${name}`] });
const through = (service) => ({
  StringEquals: {
    'kms:ViaService': { 'Fn::Join': ['', [`${service}.`, { Ref: 'AWS::Region' }, '.amazonaws.com']] },
  },
});

for (const { facts, Platform, name } of [
  { ...main, name: 'main' },
  { ...rendered('hazards'), name: 'hazards' },
]) {
  test(`${name}: every name has its handles, and they are of the resource`, () => {
    const app = newApp();
    const [{ name: environment }] = facts.environments;
    const platform = new Platform(newStack(app, 'own'), 'Platform', { environment });
    const { CfnTopic } = cdk.aws_msk;
    for (const [kind, ty] of Object.entries({
      topics: CfnTopic,
      tables: cdk.aws_dynamodb.CfnTable,
      channels: cdk.aws_sns.CfnTopic,
      functions: cdk.aws_lambda.CfnFunction,
    })) {
      const names = facts[kind].map(({ name }) => name);
      assert.deepEqual(Object.keys(platform[kind]), names);
      assert.deepEqual(Object.keys(platform.resources[kind]), names);
      for (const fact of facts[kind]) {
        const resource = platform.resources[kind][fact.name];
        assert.ok(resource instanceof ty, `${kind} ${fact.name}`);
        assert.equal(cdk.Stack.of(resource).resolve(resource.logicalId), fact.id);
        assert.equal(platform[kind][fact.name], platform[kind][fact.name], 'made once');
        assert.ok(fact.name in platform[kind]);
      }
    }
    assert.ok(platform.resources.cluster instanceof cdk.aws_msk.CfnCluster);
    assert.equal(platform.resources.httpApi.protocolType, 'HTTP');
    assert.equal(platform.resources.webSocketApi.protocolType, 'WEBSOCKET');
  });
}

test('an unknown name is an error that names the known', () => {
  const { platform } = scene();
  const known = main.facts.tables.map(({ name }) => `'${name}'`).join(', ');
  assert.throws(() => platform.tables.usres, { message: `onboard-ai has no table 'usres': known are ${known}` });
  assert.throws(() => platform.topics['user-info'], /^Error: onboard-ai has no topic 'user-info': known are 'user-info-submitted', /);
  assert.throws(() => platform.functions.nope, /has no function 'nope'/);
  assert.throws(() => platform.channels.nope, /has no channel 'nope'/);
  assert.throws(() => platform.resources.tables.nope, /has no table 'nope'/);
  assert.throws(() => (platform.tables.users = 1), /table 'users' can't be set/);
});

test('loggers and promises may ask a collection what they ask of anything', async () => {
  const { platform } = scene();
  assert.equal(await platform.tables, platform.tables);
  assert.equal(typeof `${require('node:util').inspect(platform.tables)}`, 'string');
  assert.equal(Object.keys({ ...platform.channels }).length, main.facts.channels.length);
});

test('an unknown environment, property or value is an error that names the known', () => {
  const make = (props) => () => scene(props);
  assert.throws(make({ environment: 'pord' }), {
    message: "onboard-ai has no environment 'pord': known are 'dev', 'staging', 'prod'",
  });
  assert.throws(make({ environment: undefined }), /no environment 'undefined'/);
  assert.throws(make({ artefactBucket: 'b' }), /no property 'artefactBucket': known are 'environment', .*'artifactBucket'/);
  assert.throws(make({ topicCreation: 'inside' }), /'topicCreation' can't be 'inside': known are 'stack', 'outside'/);
  assert.throws(make({ edgeCode: 'a,b' }), /'edgeCode' must be an array of strings/);
  assert.throws(make({ artifactBucket: ['b'] }), /'artifactBucket' must be a string/);
  assert.throws(make({ templates: '/nowhere' }), /no onboard-ai.template.json in \/nowhere: run `make synth`/);
});

test('a table is granted with its indexes and its key, through DynamoDB alone', () => {
  const { platform, role, granted } = scene();
  platform.tables.users.grantReadData(role);
  const arn = output('Data', 'UsersTableArn');
  const [key, data, ...rest] = granted();
  assert.deepEqual(key, {
    Action: ['kms:Decrypt', 'kms:DescribeKey'],
    Condition: through('dynamodb'),
    Effect: 'Allow',
    Resource: output('Foundation', 'DataKeyArn'),
  });
  assert.deepEqual([data.Resource].flat(), [arn]);
  assert.ok(data.Action.every((action) => /^dynamodb:(Batch)?(Get|Query|Scan|ConditionCheck|Describe)/.test(action)), data.Action);
  assert.deepEqual(rest.flatMap(({ Resource }) => Resource), rest.map(() => arn));
});

test('a channel is granted with its key, through SNS alone', () => {
  const { platform, role, granted } = scene();
  platform.channels.support.grantPublish(role);
  const statements = granted();
  assert.deepEqual(
    statements.map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition })),
    [
      { Action: 'sns:Publish', Resource: output('Foundation', 'SupportChannelArn'), Condition: undefined },
      {
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: output('Foundation', 'DataKeyArn'),
        Condition: through('sns'),
      },
    ],
  );
});

test('connections and functions are granted, and nothing else', () => {
  const { platform, role, granted } = scene();
  platform.apis.grantManageConnections(role);
  assert.deepEqual(granted(), [
    {
      Action: 'execute-api:ManageConnections',
      Effect: 'Allow',
      Resource: output('Edge', 'WebSocketConnectionsArn'),
    },
  ]);
  const other = scene();
  other.platform.functions['submit-user-info'].grantInvoke(other.role);
  const [invoke, ...rest] = other.granted();
  assert.equal(invoke.Action, 'lambda:InvokeFunction');
  assert.deepEqual(rest, []);
  // The function's ARN is no output of its stack, so CDK adds one; nothing else in there changes.
  const { nested } = synthesised(other.app, 'own');
  const wanted = asCdkWrites(templates(main, 'dev').nested.UserInfoSubmittedTopic).template;
  assert.deepEqual(differences(wanted, nested.UserInfoSubmittedTopic), ['/Outputs']);
  assert.deepEqual(Object.values(nested.UserInfoSubmittedTopic.Outputs), [
    { Value: { 'Fn::GetAtt': ['Producer', 'Arn'] } },
  ]);
});

test('parameters that are given are put in place, the others stay', () => {
  const arn = 'arn:aws:kafka:us-east-1:123456789012:cluster/mine/uuid-1';
  const { app, platform } = scene({
    existingClusterArn: arn,
    existingSubnetIds: ['subnet-1', 'subnet-2'],
    topicCreation: 'outside',
  });
  const { root, nested } = synthesised(app, 'own');
  const passed = root.Resources.Foundation.Properties.Parameters;
  assert.equal(passed.ExistingClusterArn, arn);
  assert.deepEqual(passed.ExistingSubnetIds, { 'Fn::Join': [',', ['subnet-1', 'subnet-2']] });
  assert.deepEqual(passed.ExistingSecretArn, { Ref: 'ExistingSecretArn' });
  assert.equal(root.Resources.Data.Properties.Parameters.TopicCreation, 'outside');
  const gone = ['ExistingClusterArn', 'ExistingSubnetIds', 'TopicCreation'];
  const all = Object.keys(templates(main, 'dev').root.Parameters);
  assert.deepEqual(Object.keys(root.Parameters).sort(), all.filter((name) => !gone.includes(name)).sort());
  for (const [stack, template] of Object.entries(templates(main, 'dev').nested)) {
    assert.deepEqual(nested[stack], asCdkWrites(template).template, stack);
  }
  assert.throws(() => platform.cluster.vpc, /the VPC of an existing cluster is not the platform's/);
});

test('zips become assets, and the functions are made of them', () => {
  const zips = mkdtempSync(join(tmpdir(), 'zips-'));
  mkdirSync(zips, { recursive: true });
  for (const { name } of main.facts.functions) {
    // The end of an empty zip archive, and a comment that makes each its own.
    writeFileSync(join(zips, `${name}.zip`), Buffer.concat([Buffer.from('504b0506', 'hex'), Buffer.alloc(18), Buffer.from(name)]));
  }
  const { app } = scene({ zips });
  const { root } = synthesised(app, 'own');
  const bucket = { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' };
  const keys = new Set();
  for (const [stack, { Properties }] of Object.entries(root.Resources)) {
    for (const [name, value] of Object.entries(Properties.Parameters ?? {})) {
      if (!name.endsWith('Code')) continue;
      const [index, list] = value['Fn::Select'] ?? [];
      const key = typeof value === 'string' ? value : list[index];
      assert.match(key, /^[0-9a-f]{64}\.zip$/, `${stack} ${name}`);
      keys.add(key);
    }
  }
  assert.equal(keys.size, main.facts.functions.length);
  assert.deepEqual(root.Conditions.UseBootstrapBucket, { 'Fn::Equals': [bucket, ''] });
  assert.equal(Object.keys(root.Parameters).some((name) => name.endsWith('Code')), false);
});

test('a zip that is missing is named', () => {
  assert.throws(() => scene({ zips: '/nowhere' }), /\/nowhere\/.*\.zip/);
});
