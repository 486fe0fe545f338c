// Parses asyncapi.yaml with the official parser, and checks each example and fixture against its schema. Every error
// and warning fails.
import { DiagnosticSeverity, Parser } from '@asyncapi/parser';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

// 3.0.0 is written because more tools read it than read its successor.
const NOT_ASKED = new Set(['asyncapi-latest-version']);
// Annotations of ours, and a format that JSON Schema has no name for.
const OPTIONS = { allErrors: true, strict: false, formats: { decimal: true } };

const [generated] = process.argv.slice(2);
let passed = 0;
let failed = 0;
function check(what, errors) {
  if (errors.length === 0) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`${what}:`);
  for (const error of errors) console.log(`  ${error}`);
}

const path = join(generated, 'asyncapi.yaml');
const { document, diagnostics } = await new Parser().parse(await readFile(path, 'utf8'), { source: path });
const findings = diagnostics.filter(
  ({ code, severity }) => severity <= DiagnosticSeverity.Warning && !NOT_ASKED.has(code),
);
check(
  path,
  findings.map(({ code, message, path: place, range }) => `line ${range.start.line + 1}: ${code}: ${message} (${place.join('.')})`),
);

if (document) {
  const ajv = addFormats(new Ajv(OPTIONS));
  for (const message of document.messages().all()) {
    // Both schemas are resolved already; the parser adds cycles of its own as extensions, which JSON leaves out.
    const parts = { payload: message.payload()?.json(), headers: message.headers()?.json() };
    for (const example of message.examples().all()) {
      for (const [part, schema] of Object.entries(parts)) {
        if (!schema || example[part]() === undefined) continue;
        check(`${path}: ${message.id()}: example's ${part}`, errorsOf(ajv, schema, example[part]()));
      }
    }
  }
}

for (const [folder, suffix] of [['events', ''], ['requests', '.request']]) {
  for (const file of (await readdir(join(generated, 'schema', folder))).sort()) {
    const schema = JSON.parse(await readFile(join(generated, 'schema', folder, file), 'utf8'));
    const fixture = join(generated, 'fixtures', file.replace(/\.v\d+\.schema\.json$/, `${suffix}.json`));
    const instance = JSON.parse(await readFile(fixture, 'utf8'));
    check(fixture, errorsOf(addFormats(new Ajv2020(OPTIONS)), schema, instance));
  }
}

function errorsOf(ajv, schema, instance) {
  const validate = ajv.compile(schema);
  return validate(instance) ? [] : validate.errors.map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
