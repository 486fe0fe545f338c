// How often the page asks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

import { seldom } from './page/feed.js';

test('what is asked for often is done seldom, and once more after the last time', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const under = [];
  const ask = seldom(() => new Promise((done) => under.push(done)), 400);
  const pass = async () => {
    context.mock.timers.tick(400);
    await turn();
  };
  ask();
  ask();
  assert.equal(under.length, 0, 'not at once');
  await pass();
  assert.equal(under.length, 1, 'once for both');
  ask();
  await pass();
  assert.equal(under.length, 1, 'not before the first is done');
  under[0]();
  await turn();
  await pass();
  assert.equal(under.length, 2, 'what came meanwhile is not forgotten');
  under[1]();
  await turn();
  await pass();
  assert.equal(under.length, 2, 'and that is all');
  ask();
  await pass();
  assert.equal(under.length, 3);
});
