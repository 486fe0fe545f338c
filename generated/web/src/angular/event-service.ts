// Made from topics.yaml by `make synth`: change that, not this.

/** What `WebSocketService` is made of: the client as an Angular service, for the events of any app. */

import { isPlatformBrowser } from '@angular/common';
import { ErrorHandler, NgZone, PLATFORM_ID, inject, signal, type Signal } from '@angular/core';
import { BehaviorSubject, Subject, type Observable } from 'rxjs';

import {
  EventClient,
  type ConnectionState,
  type Platform,
  type PushEvent,
  type Timing,
  type TokenSource,
} from '../client.js';

/** Where the service connects to; the app's `environment` will do. */
export interface WebSocketConfig {
  /** `wss://…/<stage>`: the stack's output `WebSocketApiEndpoint`. */
  readonly wsEndpoint: string;
  /** Other time spans than the client's own. */
  readonly timing?: Partial<Timing> | undefined;
  /** What a test puts in place of the browser. */
  readonly platform?: Partial<Platform> | undefined;
}

/**
 * The events of the union `E` as an Observable. It is made in an injection context.
 *
 * Sockets and timers run outside of the zone, so that pings cause no change detection; what
 * subscribers get, they get inside of it. Without a zone it is all the same.
 *
 * On a server that renders pages it never connects.
 */
export class EventService<E extends PushEvent> {
  readonly #types: readonly E['type'][];
  readonly #config: WebSocketConfig;
  readonly #zone: NgZone = inject(NgZone);
  readonly #errors: ErrorHandler = inject(ErrorHandler);
  readonly #inBrowser: boolean = isPlatformBrowser(inject(PLATFORM_ID));
  readonly #events = new Subject<E>();
  readonly #unknown = new Subject<PushEvent>();
  readonly #states = new BehaviorSubject<ConnectionState>({ status: 'idle' });
  readonly #state = signal<ConnectionState>({ status: 'idle' });
  #client: EventClient<E> | undefined;
  #customerId: string | undefined;
  #token: TokenSource | undefined;
  #destroyed = false;

  /** Every event, each once. What came before a subscription is not repeated for it. */
  readonly events$: Observable<E> = this.#events.asObservable();

  /** Events of types that this app doesn't know yet. */
  readonly unknown$: Observable<PushEvent> = this.#unknown.asObservable();

  /** The connection's state, now and whenever it changes. */
  readonly state$: Observable<ConnectionState> = this.#states.asObservable();

  /** The connection's state as a signal. */
  readonly state: Signal<ConnectionState> = this.#state.asReadonly();

  constructor(types: readonly E['type'][], config: WebSocketConfig) {
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
  connect(customerId: string, token?: TokenSource): void {
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
  disconnect(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  /** Angular calls it when the injector goes. */
  ngOnDestroy(): void {
    this.#destroyed = true;
    this.disconnect();
    this.#events.complete();
    this.#unknown.complete();
    this.#states.complete();
  }

  #connect(customerId: string): void {
    const { wsEndpoint, timing, platform } = this.#config;
    const client = new EventClient<E>(this.#types, {
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

  #setState(state: ConnectionState): void {
    this.#state.set(state);
    this.#states.next(state);
  }
}
