// An app with zone.js.

import { WebSocket, startServer, text, until } from './page.mjs';

import 'zone.js';
import '@angular/compiler';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { NgZone, provideZoneChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { WebSocketService, provideOnboardAiWebSocket } from 'onboard-ai-web/angular';

import { Older } from '../out/angular/constructor.js';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

test('subscribers are called inside of the zone, and nothing else disturbs it', async (t) => {
  const app = await bootstrapApplication(Older, {
    providers: [
      provideZoneChangeDetection(),
      provideOnboardAiWebSocket({
        wsEndpoint: server.endpoint,
        // This page's document and zone.js don't get on.
        platform: { WebSocket, watch: () => () => {} },
        timing: { pingAfter: 30 },
      }),
    ],
  });
  t.after(() => app.destroy());
  const zone = app.injector.get(NgZone);
  const webSocket = app.injector.get(WebSocketService);
  const inZone = [];
  webSocket.events$.subscribe(() => inZone.push(NgZone.isInAngularZone()));
  const statesInZone = [];
  webSocket.state$.subscribe(() => statesInZone.push(NgZone.isInAngularZone()));

  zone.run(() => webSocket.connect('one'));
  await until(() => webSocket.state().status === 'open', 'a connection');
  assert.equal(zone.hasPendingMacrotasks, false, 'no timer of the client holds the zone up');
  assert.equal(zone.isStable, true);

  let rounds = 0;
  const rounding = zone.onUnstable.subscribe(() => (rounds += 1));
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(rounds, 0, 'pings and their answers cause no change detection');
  rounding.unsubscribe();

  server.push('KYC_VERIFIED', { customerId: 'one' });
  await until(() => inZone.length === 1, 'the event');
  assert.deepEqual(inZone, [true]);
  assert.deepEqual(statesInZone.slice(1), [true, true], 'after the subscription itself');
  // Nothing but the zone tells this component that its count changed.
  await until(() => text('app-older') === '1', 'that the page shows it');
});
