// What the tests share: rendered packages, apps that embed them, and what those are synthesised to.

import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const require = createRequire(import.meta.url);
export const cdk = require('aws-cdk-lib');

/** The folder that this runs in, a copy of `tests/full/cdk` with the rendered folders beside it. */
const here = import.meta.dirname;

/**
 * A rendered package: `main` of the project's own manifest, `hazards` of one with odd names.
 */
export function rendered(name) {
  const folder = join(here, 'rendered', name);
  const package_ = join(folder, 'cdk');
  const facts = json(join(package_, 'facts.json'));
  const [Platform] = Object.values(require(package_));
  return { folder, package: package_, facts, Platform, templates: join(folder, 'cloudformation') };
}

export const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** An app without anything of CDK's own in its templates. */
export function newApp() {
  return new cdk.App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-')), analyticsReporting: false });
}

export function newStack(app, id) {
  const synthesizer = new cdk.DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
  return new cdk.Stack(app, id, { synthesizer });
}

/** A stack's template and, by the logical ids of nested stacks, theirs. */
export function synthesised(app, id) {
  const { directory } = app.synth();
  const root = json(join(directory, `${id}.template.json`));
  const start = `${id.replaceAll('-', '')}PlatformInclude`;
  const nested = {};
  for (const file of readdirSync(directory).filter((file) => file.startsWith(start))) {
    const [, stack] = /^(.*)[0-9A-F]{8}\.nested\.template\.json$/.exec(file.slice(start.length));
    nested[stack] = json(join(directory, file));
  }
  return { root, nested };
}

/** The templates that Rust rendered for an environment. */
export function templates({ facts, templates }, environment) {
  const nested = Object.entries(facts.stacks).map(([id, file]) => {
    return [id, json(join(templates, environment, `${file}.template.json`))];
  });
  return { root: json(join(templates, facts.template)), nested: Object.fromEntries(nested) };
}

/**
 * A rendered template as CDK writes it, and the paths at which it writes otherwise, to the same effect: dependencies as a
 * sorted list, even of one, and tags in the order of their keys.
 */
export function asCdkWrites(template) {
  const copy = structuredClone(template);
  const paths = [];
  for (const [id, resource] of Object.entries(copy.Resources)) {
    if (resource.DependsOn) {
      const sorted = [resource.DependsOn].flat().sort();
      if (differences(resource.DependsOn, sorted).length > 0) paths.push(`/Resources/${id}/DependsOn`);
      resource.DependsOn = sorted;
    }
    const tags = resource.Properties?.Tags;
    if (!Array.isArray(tags)) continue;
    const sorted = tags.toSorted(({ Key: one }, { Key: other }) => (one < other ? -1 : 1));
    if (differences(tags, sorted).length === 0) continue;
    resource.Properties.Tags = sorted;
    paths.push(`/Resources/${id}/Properties/Tags`);
  }
  return { template: copy, paths };
}

/** Paths at which two JSON values differ, each as deep as it goes. */
export function differences(one, other, path = '') {
  if (Object.is(one, other)) return [];
  const both = [one, other];
  const objects = both.every((value) => typeof value === 'object' && value !== null);
  if (!objects || Array.isArray(one) !== Array.isArray(other)) return [path];
  const keys = new Set(both.flatMap((value) => Object.keys(value)));
  return [...keys].flatMap((key) => {
    const inside = `${path}/${key}`;
    if (both.every((value) => Object.hasOwn(value, key))) return differences(one[key], other[key], inside);
    return [inside];
  });
}
