/** One customer on the journey: sends steps through the generated client, and hears what becomes of them. */

import * as web from './web/index.js';
import { describe } from './dom.js';
import { example, person } from './example.js';

/** So long a connection, or a step's push, is waited for, in milliseconds. */
const PATIENCE = 60_000;

export class Traveller extends EventTarget {
  who = person();
  /** Values by the name of their field: what the server said, and what was sent. */
  known = {};
  /** Values to choose from, by the name of their field. */
  choices = new Map();
  #pushes = new Map();
  #waiting = new Map();

  /**
   * @param about What `/_local/model` says.
   * @param retries So often a step is sent again by itself; a person wants to see what is refused.
   */
  constructor({ model, environment, endpoints }, retries = 0) {
    super();
    this.app = model.app;
    this.endpoints = endpoints;
    const Api = web[`${this.app.pascal}Api`] ?? NoApi;
    this.api = new Api({ endpoint: location.origin, retries });
    this.http = new web.Http({ endpoint: location.origin, retries });
    // Where nobody asks for a token, customers name themselves, and listen before anything happens.
    if (environment.auth === 'none') {
      const tail = Math.random().toString(36).slice(2, 6);
      this.listen(`${this.who.firstName.toLowerCase()}-${tail}`);
    }
  }

  /** Listens to this customer's events. */
  listen(customerId) {
    if (this.client) return;
    this.customerId = customerId;
    const Client = web[`${this.app.pascal}Client`];
    const options = {
      endpoint: this.endpoints.websocket,
      customerId,
      token: () => this.api.token,
      onToken: (token) => this.api.useToken?.(token),
      // Of a topic that is younger than this page's client.
      onUnknown: (event) => this.#pushed(event),
      onError: (error) => this.#tell('trouble', error),
    };
    this.client = Client ? new Client(options) : new web.EventClient([], options);
    this.client.subscribe((event) => this.#pushed(event));
    this.client.onState((state) => this.#tell('state', state));
    this.client.connect();
  }

  /** Listening, if there is somebody to listen for; rejects when there is no connection. */
  async ready() {
    if (!this.client || this.client.state.status === 'open') return;
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('there was no connection within a minute')), PATIENCE);
      const stop = this.client.onState(({ status }) => {
        if (status !== 'open') return;
        clearTimeout(late);
        resolve();
        queueMicrotask(() => stop());
      });
    });
  }

  /**
   * Sends one step; returns the server's answer, or throws its `ApiError`.
   *
   * @param idempotencyKey Of a request that is sent again: the event that a failure named.
   */
  async send(topic, request, idempotencyKey) {
    const { producer, key } = topic;
    const named = this.customerId ? { [key.name]: this.customerId, ...request } : request;
    const call = this.api[producer.function.camel] ?? this.api[`${producer.function.camel}_`];
    const answer = call
      ? await call.call(this.api, named, { idempotencyKey })
      : await this.http.send(producer.method, producer.path, named, { idempotencyKey, token: this.api.token });
    for (const [name, value] of Object.entries(request)) {
      if (typeof value === 'object') continue;
      this.known[name] = value;
      if (Object.getOwnPropertyDescriptor(this.who, name)?.writable) this.who[name] = value;
    }
    this.listen(answer.customerId);
    return answer;
  }

  /** The push of an event; rejects when it doesn't come. */
  push(eventId) {
    const found = this.#pushes.get(eventId);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('no push came within a minute')), PATIENCE);
      this.#waiting.set(eventId, (event) => {
        clearTimeout(late);
        resolve(event);
      });
    });
  }

  leave() {
    this.client?.close();
  }

  #pushed(event) {
    this.#pushes.set(event.id, event);
    for (const [name, value] of Object.entries(event.data)) {
      if (Array.isArray(value)) this.#choose(value);
      else if (typeof value !== 'object' && !(name in this.who)) this.known[name] = value;
    }
    this.#waiting.get(event.id)?.(event);
    this.#waiting.delete(event.id);
    this.#tell('push', event);
  }

  /** What a list in an event offers: the ids in it, with what is said of them. */
  #choose(items) {
    for (const item of items.filter((item) => typeof item === 'object' && item !== null)) {
      for (const [name, value] of Object.entries(item)) {
        if (!name.endsWith('Id')) continue;
        const text = describe(item).filter(Boolean).join(' · ');
        const list = (this.choices.get(name) ?? []).filter((choice) => choice.value !== value);
        this.choices.set(name, [...list, { value, text }]);
        this.known[name] = this.choices.get(name)[0].value;
      }
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** In place of the generated API when the page runs with the manifest of another app. */
class NoApi {
  constructor() {
    this.token = undefined;
  }
}

/** The whole journey of one customer, without a form. */
export async function travel(about, steps) {
  const traveller = new Traveller(about, 5);
  try {
    await traveller.ready();
    const types = new Map(about.model.types.map((type) => [type.name.name, type]));
    for (const topic of steps) {
      const fields = topic.fields.filter((field) => !field.computed && field.name.name !== topic.key.name);
      const request = Object.fromEntries(
        fields
          .filter((field) => field.required || field.name.name in traveller.who)
          .map((field) => [field.name.name, traveller.known[field.name.name] ?? example(field, types, traveller.who)]),
      );
      const { eventId } = await traveller.send(topic, request);
      if (topic.push) await traveller.push(eventId);
    }
  } finally {
    traveller.leave();
  }
}
