// cdk-nag's rule packs over the templates that are named; prints what they found as JSON (see src/report.rs).
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import { Stack } from 'aws-cdk-lib';
import { rmSync } from 'node:fs';
import { include, version } from './stacks.mjs';

const PACKS = [AwsSolutionsChecks, ServerlessChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks];

const templates = process.argv.slice(2);
const { app, outdir, stacks, findings } = include(templates);
const rules = new Set();
// By pack, the stacks that its rules were asked of.
const asked = new Map(PACKS.map((Pack) => [Pack, new Set()]));
for (const Pack of PACKS) {
  const pack = new Pack(app);
  // Counts its rules and the stacks.
  const apply = pack.applyRule;
  pack.applyRule = (params) => {
    rules.add(`${pack.name}-${params.ruleSuffixOverride ?? params.rule.name}`);
    asked.get(Pack).add(Stack.of(params.node));
    return apply.call(pack, params);
  };
  for (const [template, stack] of stacks) {
    for (const { ruleName, description, violatingResources } of pack.validateScope(stack).violations) {
      // What is nowhere is wrong nevertheless.
      for (const { constructPath = '' } of violatingResources.length > 0 ? violatingResources : [{}]) {
        const resource = constructPath.split('/')[2] ?? '';
        findings.push({ rule: ruleName, template, resource, message: description });
      }
    }
  }
}
rmSync(outdir, { recursive: true, force: true });
// Rules count as they are asked: unknown where there was no stack to ask them of.
const known = stacks.size > 0 ? { rules: rules.size } : {};
// What can't be included is a finding, so it was seen.
const seen = templates.filter((template) => {
  const stack = stacks.get(template);
  return !stack || PACKS.every((Pack) => asked.get(Pack).has(stack));
});
process.stdout.write(JSON.stringify({ version: version('cdk-nag'), ...known, templates: seen, findings }));
