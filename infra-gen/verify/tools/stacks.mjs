// The templates as stacks of one CDK app, each loaded with CfnInclude.
import { App, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Includes every template; what CfnInclude refuses is a finding by itself. */
export function include(templates, context = {}) {
  const outdir = mkdtempSync(join(tmpdir(), 'verify-'));
  const app = new App({ outdir, context, analyticsReporting: false, treeMetadata: false });
  const findings = [];
  const stacks = new Map();
  templates.forEach((templateFile, number) => {
    // Not DefaultStackSynthesizer: it would add a parameter and a rule of its own to each template.
    const stack = new Stack(app, `T${number}`, { synthesizer: new LegacyStackSynthesizer() });
    try {
      new CfnInclude(stack, 'T', { templateFile });
      stacks.set(templateFile, stack);
    } catch (error) {
      app.node.tryRemoveChild(`T${number}`);
      findings.push({ rule: 'CfnInclude', template: templateFile, resource: '', message: error.message });
    }
  });
  return { app, outdir, stacks, findings };
}

/** The version of an installed package. */
export function version(name) {
  return JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')).version;
}
