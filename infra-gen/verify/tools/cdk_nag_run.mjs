// cdk-nag's rule packs over the templates that are named; prints what they found as JSON (see src/report.rs).
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import { rmSync } from 'node:fs';
import { include, version } from './stacks.mjs';

const PACKS = [AwsSolutionsChecks, ServerlessChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks];

const templates = process.argv.slice(2);
const { app, outdir, stacks, findings } = include(templates);
const rules = new Set();
for (const Pack of PACKS) {
  const pack = new Pack(app);
  // Counts its rules.
  const apply = pack.applyRule;
  pack.applyRule = (params) => {
    rules.add(`${pack.name}-${params.ruleSuffixOverride ?? params.rule.name}`);
    return apply.call(pack, params);
  };
  for (const [template, stack] of stacks) {
    for (const { ruleName, description, violatingResources } of pack.validateScope(stack).violations) {
      for (const { constructPath } of violatingResources) {
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
process.stdout.write(JSON.stringify({ version: version('cdk-nag'), ...known, templates, findings }));
