// Made from topics.yaml by `make synth`: change that, not this.

/** What `WebSocketService` is made of: the client as an Angular service, for the events of any app. */

import { isPlatformBrowser } from '@angular/common';
import { ErrorHandler, NgZone, PLATFORM_ID, inject, signal } from '@angular/core';
import { BehaviorSubject, Subject } from 'rxjs';

import { EventClient } from '../client.js';

/**
 * The events of the union `E` as an Observable. It is made in an injection context.
 *
 * Sockets and timers run outside of the zone, so that pings cause no change detection; what
 * subscribers get, they get inside of it. Without a zone it is all the same.
 *
 * On a server that renders pages it never connects.
 */
export class EventService {
  #types;
  #config;
  #zone = inject(NgZone);
  #errors = inject(ErrorHandler);
  #inBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  #events = new Subject();
  #unknown = new Subject();
  #states = new BehaviorSubject({ status: 'idle' });
  #state = signal({ status: 'idle' });
  #client;
  #customerId;
  #token;
  #destroyed = false;

  /** Every event, each once. What came before a subscription is not repeated for it. */
  events$ = this.#events.asObservable();

  /** Events of types that this app doesn't know yet. */
  unknown$ = this.#unknown.asObservable();

  /** The connection's state, now and whenever it changes. */
  state$ = this.#states.asObservable();

  /** The connection's state as a signal. */
  state = this.#state.asReadonly();

  constructor(types, config) {
    this.#types = types;
    this.#config = config;
  }

  /**
   * Listens to this customer's events. For the same customer the connection stays, and a new token
   * is for the next one; for another customer it connects anew.
   *
   * @param token From the answer of a step, or a function that gets a fresh one. Left out where the
   *   environment has `auth: none`.
   */
  connect(customerId, token) {
    if (!this.#inBrowser || this.#destroyed) return;
    if (this.#client && this.#customerId === customerId) {
      this.#token = token ?? this.#token;
      return;
    }
    const replaced = this.#client;
    this.#client = undefined;
    replaced?.close();
    this.#customerId = customerId;
    this.#token = token;
    this.#zone.runOutsideAngular(() => this.#connect(customerId));
  }

  /** Stops listening, until `connect` is called again. */
  disconnect() {
    this.#client?.close();
    this.#client = undefined;
  }

  /** Angular calls it when the injector goes. */
  ngOnDestroy() {
    this.#destroyed = true;
    this.disconnect();
    this.#events.complete();
    this.#unknown.complete();
    this.#states.complete();
  }

  #connect(customerId) {
    const { wsEndpoint, timing, platform } = this.#config;
    const client = new EventClient(this.#types, {
      endpoint: wsEndpoint,
      customerId,
      token: () => (typeof this.#token === 'function' ? this.#token() : this.#token),
      onUnknown: (event) => this.#zone.run(() => this.#unknown.next(event)),
      onError: (error) => this.#errors.handleError(error),
      timing,
      platform,
    });
    this.#client = client;
    client.subscribe((event) => this.#zone.run(() => this.#events.next(event)));
    client.connect();
    client.onState((state) => {
      // That a client was closed to make way for another is no news.
      if (this.#client === client) this.#zone.run(() => this.#setState(state));
    });
  }

  #setState(state) {
    this.#state.set(state);
    this.#states.next(state);
  }
}
