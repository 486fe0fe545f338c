// Angular's compiler knows the union: it refuses what an event doesn't have, in templates as in code.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';

import { performCompilation, readConfiguration } from '@angular/compiler-cli';
import ts from 'typescript';

function faults(file) {
  const path = join(import.meta.dirname, file);
  const { options } = readConfiguration(join(import.meta.dirname, 'tsconfig.json'));
  const { diagnostics } = performCompilation({ rootNames: [path], options: { ...options, noEmit: true } });
  return diagnostics.map(({ file, start, messageText }) => {
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n').split('\n')[0]}`;
  });
}

function assertFaults(file, expected) {
  const found = faults(file);
  assert.equal(found.length, expected.length, found.join('\n'));
  expected.forEach((pattern, index) => assert.match(found[index], pattern));
}

test('in templates', () => {
  assertFaults('wrong-template.ts', [
    /^11: Property 'email' does not exist on type 'UserInfoSubmittedData \| /,
    /^12: This comparison appears to be unintentional .*'"USER_INFO"'/,
    /^14: Property 'riskScore' does not exist on type 'KycVerifiedData'/,
    /^17: Property 'retryAt' does not exist on type 'ConnectionState'/,
  ]);
});

test('in code', () => {
  assertFaults('wrong-code.ts', [
    /^5: Argument of type 'number' is not assignable to parameter of type 'string'/,
    /^6: Property 'email' does not exist/,
    /^7: This comparison appears to be unintentional/,
    /^8: Object literal may only specify known properties, but 'endpoint'/,
  ]);
});
