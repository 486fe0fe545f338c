// A world for the client in which time passes when a test says so.

import { EventClient } from '../generated/lib/client.js';

export const TYPES = ['PAID', 'SENT'];

/** A WebSocket that a test opens, speaks through and breaks. */
class FakeSocket {
  #listeners = { open: [], message: [], close: [], error: [] };
  state = 'connecting';
  sent = [];

  constructor(world, url) {
    this.world = world;
    this.url = new URL(url);
    this.madeAt = world.now;
  }

  addEventListener(type, listener) {
    this.#listeners[type].push(listener);
  }

  #fire(type, event) {
    for (const listener of this.#listeners[type]) listener(event);
  }

  send(text) {
    if (this.state === 'connecting') throw new Error('still connecting');
    this.sent.push({ at: this.world.now, ...JSON.parse(text) });
    if (this.state === 'open') this.world.onSent(this, JSON.parse(text));
  }

  /** The client closes it. */
  close(code) {
    if (this.state === 'closed') return;
    this.closedBy = 'client';
    this.code = code;
    this.closedAt = this.world.now;
    this.state = 'closed';
  }

  // What a test does.

  open() {
    if (this.state !== 'connecting') return;
    this.state = 'open';
    this.#fire('open');
  }

  /** The server sends something; text as it is, all else as JSON. */
  say(frame) {
    this.#fire('message', { data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }

  sayRaw(data) {
    this.#fire('message', { data });
  }

  /** The connection is lost. */
  drop() {
    if (this.state === 'closed') return;
    this.closedBy = 'server';
    this.state = 'closed';
    this.#fire('close');
  }

  /** No connection comes about. */
  refuse() {
    this.state = 'closed';
    this.#fire('error');
    this.#fire('close');
  }

  /** The actions that the client sent: `['resume', 'ping']`. */
  get actions() {
    return this.sent.map(({ action }) => action);
  }
}

export class World {
  now = Date.parse('2026-11-23T12:00:00.000Z');
  sockets = [];
  /** What `random()` gives. */
  chance = 0.5;
  /** What a new socket does by itself: 'open', 'refuse' or nothing. */
  onDial = 'open';
  /** Answers what a client sends. */
  onSent = () => {};
  #timers = new Map();
  #next = 1;
  #hint = () => {};
  watching = false;

  get platform() {
    const world = this;
    return {
      WebSocket: class extends FakeSocket {
        constructor(url) {
          super(world, url);
          world.sockets.push(this);
          if (world.onDial === 'open') world.soon(() => this.open());
          if (world.onDial === 'refuse') world.soon(() => this.refuse());
        }
      },
      now: () => this.now,
      random: () => (typeof this.chance === 'function' ? this.chance() : this.chance),
      setTimeout: (callback, milliseconds) => this.after(milliseconds, callback),
      clearTimeout: (timer) => this.#timers.delete(timer),
      watch: (hint) => {
        this.#hint = hint;
        this.watching = true;
        return () => {
          this.#hint = () => {};
          this.watching = false;
        };
      },
    };
  }

  /** A client in this world, with what it told. */
  client(options = {}) {
    const client = new EventClient(TYPES, {
      endpoint: 'wss://events.example/dev',
      customerId: 'test-123',
      onError: (error) => told.errors.push(error),
      onUnknown: (event) => told.unknown.push(event),
      platform: this.platform,
      ...options,
    });
    const told = { events: [], states: [], errors: [], unknown: [] };
    client.subscribe((event) => told.events.push(event));
    client.onState((state) => told.states.push(state));
    return { client, told };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  get openSockets() {
    return this.sockets.filter(({ state }) => state === 'open');
  }

  get timers() {
    return this.#timers.size;
  }

  hint(hint) {
    this.#hint(hint);
  }

  after(milliseconds, callback) {
    const timer = this.#next++;
    this.#timers.set(timer, { at: this.now + Math.max(0, milliseconds), timer, callback });
    return timer;
  }

  soon(callback) {
    this.after(1, callback);
  }

  /** Lets promises settle. */
  async settle() {
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets this much time pass, each timer at its moment. */
  async pass(milliseconds) {
    const until = this.now + milliseconds;
    await this.settle();
    for (;;) {
      const due = [...this.#timers.values()].filter(({ at }) => at <= until);
      due.sort((a, b) => a.at - b.at || a.timer - b.timer);
      const first = due[0];
      if (!first) break;
      this.#timers.delete(first.timer);
      this.now = Math.max(this.now, first.at);
      first.callback();
      await this.settle();
    }
    this.now = until;
  }

  /** An event that happened now; ids sort by time. */
  event(type = 'PAID', data = {}) {
    const time = new Date(this.now).toISOString();
    const id = `${time}-${String(this.#next++).padStart(6, '0')}`;
    return { type, id, time, topic: type.toLowerCase(), version: 1, data };
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const RESUMED = { type: 'RESUMED', count: 0, last: null, more: false };

/** Answers pings and questions as a server that keeps nothing. */
export function polite(socket, { action }) {
  if (action === 'ping') socket.say({ type: 'PONG' });
  if (action === 'resume') socket.say(RESUMED);
}
