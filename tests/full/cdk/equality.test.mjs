// What CDK synthesises of the package is what Rust rendered.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asCdkWrites, differences, newApp, newStack, rendered, synthesised, templates } from './world.mjs';

/** Every path in a nested template that CDK writes otherwise. */
function rewritten({ Resources }) {
  const at = (type, path) => {
    return Object.keys(Resources).filter((id) => Resources[id].Type === type).map((id) => `/Resources/${id}/${path}`);
  };
  return [
    ...at('AWS::CloudTrail::Trail', 'DependsOn'),
    ...at('AWS::ApiGatewayV2::Deployment', 'DependsOn'),
    ...at('AWS::Lambda::EventSourceMapping', 'Properties/Tags'),
  ];
}

for (const name of ['main', 'hazards']) {
  const package_ = rendered(name);
  const { facts, Platform } = package_;
  for (const { name: environment } of facts.environments) {
    test(`${name}: ${environment}`, () => {
      const app = newApp();
      const id = `${facts.app}-${environment}`;
      new Platform(newStack(app, id), 'Platform', { environment });
      const got = synthesised(app, id);
      const wanted = templates(package_, environment);
      const stacks = Object.keys(facts.stacks);

      // Nested templates: dependencies of two resources, and the tags of mappings.
      assert.deepEqual(Object.keys(got.nested).sort(), [...stacks].sort());
      for (const stack of stacks) {
        const { template, paths } = asCdkWrites(wanted.nested[stack]);
        assert.deepEqual(got.nested[stack], template, stack);
        assert.deepEqual(paths, rewritten(template), stack);
      }

      // The root: where nested templates are uploaded to is CDK's own affair ...
      for (const stack of stacks) {
        const [, [, ...url]] = got.root.Resources[stack].Properties.TemplateURL['Fn::Join'];
        assert.deepEqual(url.at(-2), { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' });
        assert.match(url.at(-1), /^\/[0-9a-f]{64}\.json$/);
        got.root.Resources[stack].Properties.TemplateURL = wanted.root.Resources[stack].Properties.TemplateURL;
      }
      // ... and it can't become another environment.
      const { Environment } = got.root.Parameters;
      assert.equal(Environment.Default, environment);
      assert.deepEqual(Environment.AllowedValues, [environment]);
      const { Default, AllowedValues } = wanted.root.Parameters.Environment;
      Object.assign(Environment, { Default, AllowedValues });
      assert.deepEqual(got.root, wanted.root);
    });
  }
}

test('the comparison sees a change of any depth', () => {
  const package_ = rendered('main');
  const { facts, Platform } = package_;
  const app = newApp();
  const [{ name: environment }] = facts.environments;
  const platform = new Platform(newStack(app, 'changed'), 'Platform', { environment });
  platform.resources.cluster.numberOfBrokerNodes = 6;
  const { nested } = synthesised(app, 'changed');
  const wanted = templates(package_, environment).nested;
  assert.deepEqual(differences(wanted.Foundation, nested.Foundation), [
    '/Resources/Cluster/Properties/NumberOfBrokerNodes',
  ]);
  assert.deepEqual(differences(wanted.Data, nested.Data), ['/Resources/AuditTrail/DependsOn']);
});
