// CDK's validation of the templates that are named, as every `cdk synth` of a stack that embeds them does it; prints what
// it found as JSON (see src/report.rs).
import { Validations } from 'aws-cdk-lib';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { include, version } from './stacks.mjs';

const templates = process.argv.slice(2);
const { app, outdir, stacks, findings } = include(templates, { '@aws-cdk/core:validateAgainstDefaultRules': true });
const path = [...stacks.keys()];
const byName = new Map([...stacks].map(([template, stack]) => [stack.node.id, template]));

// Says which templates the validation was given.
let given = [];
Validations.of(app).addPlugins({
  name: 'seen',
  validate(context) {
    given = context.templatePaths;
    return { success: true, violations: [] };
  },
});
// What it finds is a warning on the console as well; standard output is for the report.
console.warn = console.error = () => {};
try {
  if (path.length > 0) app.synth();
} catch (error) {
  if (!existsSync(join(outdir, 'validation-report.json'))) throw error;
}

let ran = path.length === 0;
for (const report of path.length > 0 ? JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')).pluginReports : []) {
  ran ||= report.pluginName === 'CloudFormation Validate';
  for (const violation of report.violations) {
    const places = [...(violation.violatingConstructs ?? []), ...(violation.violatingResources ?? [])];
    // What is nowhere is wrong nevertheless.
    for (const { constructPath = '' } of places.length > 0 ? places : [{}]) {
      const [stack, , ...rest] = constructPath.split('/');
      // A finding outside of the resources has its place before the colon: `Outputs/ClusterArn/Value: ...`.
      const place = violation.description.match(/^(?:Parameters|Outputs|Conditions|Mappings|Rules)\/([^/:]+)/);
      findings.push({
        rule: violation.ruleName,
        template: byName.get(stack) ?? stack,
        resource: rest[0] ?? place?.[1] ?? '',
        message: violation.description,
      });
    }
  }
}
if (!ran) throw new Error('the report has nothing of CloudFormation Validate');
const seen = templates.filter(
  (template) => !stacks.has(template) || given.some((one) => one.endsWith(`/${stacks.get(template).node.id}.template.json`)),
);
rmSync(outdir, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ version: version('aws-cdk-lib'), templates: seen, findings }));
