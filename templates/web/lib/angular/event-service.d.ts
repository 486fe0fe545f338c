// Made of src/angular/event-service.ts, sha256 d630df50475b1c5b5e37fee29f19a024dc0fd4ab6d3164de401cc542ce9a8396.
/** What `WebSocketService` is made of: the client as an Angular service, for the events of any app. */
import { type Signal } from '@angular/core';
import { type Observable } from 'rxjs';
import {
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
export declare class EventService<E extends PushEvent> {
  #private;
  /** Every event, each once. What came before a subscription is not repeated for it. */
  readonly events$: Observable<E>;
  /** Events of types that this app doesn't know yet. */
  readonly unknown$: Observable<PushEvent>;
  /** The connection's state, now and whenever it changes. */
  readonly state$: Observable<ConnectionState>;
  /** The connection's state as a signal. */
  readonly state: Signal<ConnectionState>;
  constructor(types: readonly E['type'][], config: WebSocketConfig);
  /**
   * Listens to this customer's events. For the same customer the connection stays, and a new token
   * is for the next one; for another customer it connects anew.
   *
   * @param token From the answer of a step, or a function that gets a fresh one. Left out where the
   *   environment has `auth: none`.
   */
  connect(customerId: string, token?: TokenSource): void;
  /** Stops listening, until `connect` is called again. */
  disconnect(): void;
  /** Angular calls it when the injector goes. */
  ngOnDestroy(): void;
}
