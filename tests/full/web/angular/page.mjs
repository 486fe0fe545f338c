// A page for Angular to run on, and a server for it to listen to.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { Window } from 'happy-dom';
import { WebSocket, WebSocketServer } from 'ws';

export { WebSocket };

const window = new Window({ url: 'https://app.example/' });
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis)) globalThis[name] = window[name];
}
for (const name of ['window', 'document', 'Event', 'CustomEvent', 'Node']) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
delete globalThis.WebSocket;
document.body.innerHTML = '<app-root></app-root><app-older></app-older>';

export const text = (selector) => document.querySelector(selector)?.textContent.trim();

export async function until(holds, what) {
  for (let i = 0; i < 300; i += 1) {
    if (holds()) return;
    await sleep(10);
  }
  throw new Error(`not in 3 s: ${what}`);
}

export async function startServer() {
  const wss = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(wss, 'listening');
  const server = {
    endpoint: `ws://127.0.0.1:${wss.address().port}/dev`,
    /** The addresses of all connections so far: `?customerId=…`. */
    searches: [],
    get open() {
      return [...wss.clients].filter(({ readyState }) => readyState === WebSocket.OPEN);
    },
    push(type, data) {
      const id = `${Date.now()}-${Math.random()}`;
      const event = { type, id, time: new Date().toISOString(), topic: 't', version: 1, data };
      for (const socket of server.open) socket.send(JSON.stringify(event));
    },
    say(text) {
      for (const socket of server.open) socket.send(text);
    },
    /** Ends the server and the page. */
    async stop() {
      for (const socket of wss.clients) socket.terminate();
      wss.close();
      await window.happyDOM.close();
    },
  };
  wss.on('connection', (socket, { url }) => {
    server.searches.push(new URL(url, server.endpoint).search);
    socket.on('message', () => socket.send('{"type":"RESUMED","count":0,"last":null,"more":false}'));
  });
  return server;
}
