// An app as Angular makes it today, without zone.js, compiled ahead of time and run on a page.

import { WebSocket, startServer, text, until } from './page.mjs';

import '@angular/compiler';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  ErrorHandler,
  Injector,
  PLATFORM_ID,
  createEnvironmentInjector,
} from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { WebSocketService, provideOnboardAiWebSocket } from 'onboard-ai-web/angular';

import { App } from '../out/angular/app.js';
import { Older } from '../out/angular/constructor.js';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

const KYC = { customerId: 'test-123', status: 'REVIEW', reasons: ['a', 'b'] };

async function bootstrap(component, more = []) {
  return bootstrapApplication(component, {
    providers: [
      provideOnboardAiWebSocket({
        wsEndpoint: server.endpoint,
        platform: { WebSocket },
        timing: { backoffBase: 10 },
      }),
      ...more,
    ],
  });
}

test("the quick reference's step 6 updates the page", async () => {
  const app = await bootstrap(App);
  assert.equal(text('#state'), 'idle');
  app.components[0].instance.connect();
  await until(() => text('#state') === 'open', 'that the page says open');
  assert.equal(server.searches.at(-1), '?customerId=test-123&token=token-1');

  server.push('USER_INFO_SUBMITTED', { customerId: 'test-123', email: 'test@example.com' });
  await until(() => text('#email') === 'test@example.com', 'the mail address');
  assert.equal(text('#type'), 'USER_INFO_SUBMITTED');

  server.push('KYC_VERIFIED', KYC);
  await until(() => text('#kyc') === 'REVIEW, 2', 'the status');

  for (const socket of server.open) socket.terminate();
  await until(() => server.searches.length > 1 && text('#state') === 'open', 'a new connection');
  server.push('KYC_VERIFIED', { ...KYC, status: 'VERIFIED' });
  await until(() => text('#kyc') === 'VERIFIED, 2', 'the status after it');

  app.destroy();
  await until(() => server.open.length === 0, 'that the connection is closed');
});

test('a constructor may ask for the service', async () => {
  document.body.innerHTML = '<app-older></app-older>';
  const app = await bootstrap(Older);
  const service = app.injector.get(WebSocketService);
  service.connect('test-123');
  await until(() => server.open.length === 1, 'a connection');
  server.push('KYC_VERIFIED', KYC);
  await until(() => app.components[0].instance.count === 1, 'the event');
  app.destroy();
});

/** The service alone, with what it told. */
async function service(context, providers = []) {
  document.body.innerHTML = '<app-older></app-older>';
  const app = await bootstrap(Older);
  const injector = createEnvironmentInjector(
    [
      provideOnboardAiWebSocket({ wsEndpoint: server.endpoint, platform: { WebSocket } }),
      ...providers,
    ],
    app.injector,
  );
  context.after(() => {
    if (!injector.destroyed) injector.destroy();
    app.destroy();
  });
  const webSocket = injector.get(WebSocketService);
  const told = { events: [], states: [], unknown: [], completed: 0 };
  webSocket.events$.subscribe({
    next: (event) => told.events.push(event),
    complete: () => (told.completed += 1),
  });
  webSocket.state$.subscribe(({ status }) => told.states.push(status));
  webSocket.unknown$.subscribe((event) => told.unknown.push(event));
  return { webSocket, told, injector };
}

test('for the same customer the connection stays, for another it is a new one', async (context) => {
  const { webSocket, told } = await service(context);
  const before = server.searches.length;
  webSocket.connect('one', 'first');
  await until(() => webSocket.state().status === 'open', 'a connection');
  webSocket.connect('one', 'second');
  webSocket.connect('one');
  for (const socket of server.open) socket.terminate();
  await until(() => server.searches.length === before + 2, 'a second connection');
  webSocket.connect('two', () => Promise.resolve('third'));
  await until(() => server.searches.length === before + 3, 'a third connection');
  assert.deepEqual(server.searches.slice(before), [
    '?customerId=one&token=first',
    '?customerId=one&token=second',
    '?customerId=two&token=third',
  ]);
  await until(() => server.open.length === 1, 'that the others are closed');
  assert.ok(!told.states.includes('closed'), 'a change of customer is not the end');
  webSocket.disconnect();
  assert.equal(webSocket.state().status, 'closed');
  webSocket.connect('two');
  await until(() => webSocket.state().status === 'open', 'that it connects again');
});

test('it ends with its injector, and for good', async (context) => {
  const { webSocket, told, injector } = await service(context);
  webSocket.connect('one');
  await until(() => webSocket.state().status === 'open', 'a connection');
  injector.destroy();
  await until(() => server.open.length === 0, 'that the connection is closed');
  assert.equal(told.completed, 1);
  assert.equal(told.states.at(-1), 'closed');
  const before = server.searches.length;
  webSocket.connect('one');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(server.searches.length, before);
});

test('what goes wrong goes to the ErrorHandler, what is unknown to unknown$', async (context) => {
  const errors = [];
  const handler = { handleError: (error) => errors.push(error) };
  const { webSocket, told } = await service(context, [{ provide: ErrorHandler, useValue: handler }]);
  webSocket.connect('one');
  await until(() => webSocket.state().status === 'open', 'a connection');
  server.say('junk');
  server.push('LATER_ADDED', {});
  await until(() => told.unknown.length === 1, 'the unknown event');
  assert.deepEqual(errors.map(({ name, kind }) => [name, kind]), [['ClientError', 'frame']]);
  assert.deepEqual(told.events, []);
});

test('on a server that renders pages it does not connect', async (context) => {
  const { webSocket } = await service(context, [{ provide: PLATFORM_ID, useValue: 'server' }]);
  const before = server.searches.length;
  webSocket.connect('one');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(webSocket.state().status, 'idle');
  assert.equal(server.searches.length, before);
});

test('who forgets to provide it is told', async () => {
  const injector = Injector.create({ providers: [] });
  assert.throws(() => injector.get(WebSocketService), /No provider .*WebSocketService/);
});
