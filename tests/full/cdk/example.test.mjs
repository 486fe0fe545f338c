// What the toolkit made of the example: the stacks as they are, and a function with no more rights than it needs.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';

import { asCdkWrites, differences, json, rendered, templates } from './world.mjs';

const id = 'onboard-ai-with-a-check';
const out = join(import.meta.dirname, 'example.out');
const main = rendered('main');
const root = json(join(out, `${id}.template.json`));
const resources = Object.entries(root.Resources);
const own = (type) => resources.filter(([name, { Type }]) => name.startsWith('Check') && Type === type).map(([, it]) => it);

/** Without what the toolkit notes for itself. */
function bare(template) {
  const copy = structuredClone(template);
  delete copy.Resources.CDKMetadata;
  delete copy.Conditions?.CDKMetadataAvailable;
  for (const resource of Object.values(copy.Resources)) {
    for (const key of Object.keys(resource.Metadata ?? {})) {
      if (/^aws:(cdk|asset):/.test(key)) delete resource.Metadata[key];
    }
    if (Object.keys(resource.Metadata ?? { full: true }).length === 0) delete resource.Metadata;
  }
  return copy;
}

test('nested templates are as Rust rendered them; the root has the function besides', () => {
  const wanted = templates(main, 'dev');
  for (const [stack, template] of Object.entries(wanted.nested)) {
    const asset = root.Resources[stack].Metadata['aws:asset:path'];
    assert.deepEqual(bare(json(join(out, asset))), asCdkWrites(template).template, stack);
  }
  const added = differences(wanted.root, bare(root)).filter((path) => !path.endsWith('/Properties/TemplateURL/Fn::Sub'));
  const other = added.filter((path) => !path.endsWith('/Properties/TemplateURL/Fn::Join'));
  assert.deepEqual(other.map((path) => path.replace(/(\/Check[A-Za-z]*?)[0-9A-F]{8}$/, '$1')).sort(), [
    '/Parameters/BootstrapVersion',
    '/Parameters/Environment/AllowedValues/1',
    '/Parameters/Environment/AllowedValues/2',
    '/Resources/Check',
    '/Resources/CheckServiceRole',
    '/Resources/CheckServiceRoleDefaultPolicy',
    '/Rules',
  ]);
});

test('the function may read one table and the producers\' user, each with its key through its service', () => {
  const [policy] = own('AWS::IAM::Policy');
  const statements = policy.Properties.PolicyDocument.Statement;
  const on = ({ Resource }) => [Resource].flat().map((one) => one['Fn::GetAtt']?.join('.'));
  const through = ({ Condition }) => JSON.stringify(Condition?.StringEquals['kms:ViaService'] ?? '').match(/[a-z]+(?=\.)/)?.[0];
  const rows = statements.map((statement) => [
    [...new Set([statement.Action].flat().map((action) => action.split(':')[0]))].join(),
    on(statement).join(),
    through(statement),
  ]);
  assert.deepEqual(new Set(rows.map((row) => row.join(' '))), new Set([
    'kms Foundation.Outputs.DataKeyArn dynamodb',
    'dynamodb Data.Outputs.UsersTableArn ',
    'secretsmanager Foundation.Outputs.ProducerSecretArn ',
    'kms Foundation.Outputs.CredentialsKeyArn secretsmanager',
  ]));
  const actions = statements.flatMap(({ Action }) => Action);
  assert.ok(!actions.some((action) => /\*|Put|Update|Delete|BatchWrite|Encrypt|GenerateDataKey/.test(action)), actions);
});

test('it is in the cluster\'s network and told what producers are told', () => {
  const [{ Properties }] = own('AWS::Lambda::Function');
  const { Variables } = Properties.Environment;
  const of = (stack, name) => ({ 'Fn::GetAtt': [stack, `Outputs.${name}`] });
  assert.deepEqual(Object.keys(Variables).sort(), ['KAFKA_BROKERS', 'KAFKA_SECRET_ARN', 'KAFKA_TOPIC', 'KAFKA_USERNAME', 'TABLE']);
  const producer = templates(main, 'dev').nested.UserInfoSubmittedTopic.Resources.Producer.Properties.Environment.Variables;
  assert.equal(Variables.KAFKA_TOPIC, producer.KAFKA_TOPIC);
  assert.equal(Variables.KAFKA_USERNAME, producer.KAFKA_USERNAME);
  assert.deepEqual(Variables.KAFKA_BROKERS, of('Foundation', producer.KAFKA_BROKERS.Ref));
  assert.deepEqual(Variables.KAFKA_SECRET_ARN, of('Foundation', producer.KAFKA_SECRET_ARN.Ref));
  assert.deepEqual(Properties.VpcConfig.SecurityGroupIds, [of('Foundation', 'FunctionSecurityGroupId')]);
  const subnets = Properties.VpcConfig.SubnetIds.map((one) => one['Fn::Select']);
  assert.deepEqual(subnets, [0, 1].map((zone) => [zone, { 'Fn::Split': [',', of('Foundation', 'SubnetIds')] }]));
});

test('its code is JavaScript', () => {
  const [{ Properties }] = own('AWS::Lambda::Function');
  assert.ok(Properties.Code.ZipFile.length <= 4096);
  new vm.Script(`(function (exports, require) {${Properties.Code.ZipFile}})`);
});
