// Made from topics.yaml by `make synth`: change that, not this.

/**
 * A WebSocket client for events that a server pushes. It reconnects, replaces its connection before
 * the server ends it, asks for what it missed, and shows each event once.
 *
 * It needs no framework and no package, and every type in it can be erased.
 */

/** What every pushed event has. */
export interface PushEvent {
  readonly type: string;
  /** What duplicates are known by. */
  readonly id: string;
  /** When it happened: an instant in UTC, `2026-11-23T12:00:00.000Z`. */
  readonly time: string;
  /** The Kafka topic that it comes from. */
  readonly topic: string;
  /** The version of the topic's schema. */
  readonly version: number;
  readonly data: object;
}

/** The event of the union `E` that has the type `T`. */
export type EventOf<E extends PushEvent, T extends E['type']> = E extends { readonly type: T }
  ? E
  : never;

/** A connect token, or how to get a fresh one: it is asked before each connection. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

/** A token that the connection renewed. */
export interface RenewedToken {
  readonly token: string;
  /** Until when the token is good: an instant in UTC. */
  readonly tokenExpiresAt: string;
}

/** Stops what it was returned for. Calling it again does nothing. */
export type Unsubscribe = () => void;

/** What the client is doing. */
export type ConnectionState =
  /** `connect()` was not called yet. */
  | { readonly status: 'idle' }
  /** A connection is being made, after `attempt` that failed. */
  | { readonly status: 'connecting'; readonly attempt: number }
  /** Events arrive, since this millisecond. */
  | { readonly status: 'open'; readonly since: number }
  /** There is no connection. The next attempt is at `retryAt`, or when the network comes back. */
  | {
      readonly status: 'waiting';
      readonly attempt: number;
      readonly retryAt: number;
      readonly reason: string;
    }
  /** `close()` was called. */
  | { readonly status: 'closed' };

/**
 * What went wrong:
 * - `token`: the token source failed; the client tries again.
 * - `frame`: the server sent what is neither an event nor an answer; it is skipped.
 * - `server`: the server said that it failed; what was asked is asked again.
 * - `listener`: a listener threw; the others and the connection don't notice.
 */
export type ClientErrorKind = 'token' | 'frame' | 'server' | 'listener';

/** What `onError` is told. No text of it holds what an event carries. */
export declare class ClientError extends Error {
  #private;
  readonly name = 'ClientError';
  readonly kind: ClientErrorKind;
  constructor(
    kind: ClientErrorKind,
    message: string,
    about?: { readonly cause?: unknown; readonly frame?: unknown },
  );
  /** What the server sent. It may hold personal data, hence no log of the error shows it. */
  get frame(): unknown;
}

/** Every time span of the client, in milliseconds. */
export interface Timing {
  /** The wait after `n` failed attempts is random, up to `backoffBase * 2 ** n`, */
  readonly backoffBase: number;
  /** and never longer than this. */
  readonly backoffMax: number;
  /** A connection that is not open after it is given up. */
  readonly connectTimeout: number;
  /** A ping or a question is answered within it; else it is asked again or the connection given up. */
  readonly answerTimeout: number;
  /** A silence this long is followed by a ping. API Gateway ends a connection after 10 minutes. */
  readonly pingAfter: number;
  /** A connection is replaced at this age at the latest. API Gateway ends it after 2 hours. */
  readonly refreshAfter: number;
  /** It is replaced up to this much sooner, at random, so that clients don't all come at once. */
  readonly refreshSpread: number;
  /** A replaced connection listens this much longer for what was already on its way. */
  readonly linger: number;
  /**
   * What was missed is asked for from this long before the newest event on: events of different
   * topics overtake each other. What was shown is not shown again.
   */
  readonly overlap: number;
  /** A token is renewed when this part of its life is over, from 0 to 1. */
  readonly renewAt: number;
  /** Shorter than this before its end, a token is not renewed again: the session ends. */
  readonly renewLast: number;
}

/** The timing where the options don't say otherwise. */
export declare const TIMING: Timing;

/** What the client needs of a WebSocket. */
export interface Socket {
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (message: { readonly data: unknown }) => void): void;
  send(text: string): void;
  close(code?: number): void;
}

/** `online` and `visible`: a good time to look after the connection. `offline`: a bad one. */
export type Hint = 'online' | 'offline' | 'visible';

/** What the client needs of the world; a test brings its own. */
export interface Platform {
  readonly WebSocket: new (url: string) => Socket;
  /** Milliseconds since 1970. */
  now(): number;
  /** At least 0 and less than 1. */
  random(): number;
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Passes hints on, until what it returns is called. */
  watch(hint: (hint: Hint) => void): Unsubscribe;
}

/** How to connect, and whom to tell. */
export interface ClientOptions {
  /** `wss://…/<stage>`: the stack's output `WebSocketApiEndpoint`. */
  readonly endpoint: string;
  /** Whose events. */
  readonly customerId: string;
  /**
   * Left out where the environment has `auth: none`. The client renews it over its connection; so a
   * source that has none any more, or the same one again, is no hindrance to connect anew.
   */
  readonly token?: TokenSource | undefined;
  /** Gets each token that was renewed: for the HTTP API, say (`api.useToken`). */
  readonly onToken?: ((token: RenewedToken) => void) | undefined;
  /** The last event that was seen before, say by the page that was left; what came later is sent. */
  readonly after?: string | undefined;
  /** Gets events of types that the client doesn't know: they are younger than it. */
  readonly onUnknown?: ((event: PushEvent) => void) | undefined;
  /** Gets what went wrong, in place of the console. A lost connection is a state, not an error. */
  readonly onError?: ((error: ClientError) => void) | undefined;
  readonly timing?: Partial<Timing> | undefined;
  readonly platform?: Partial<Platform> | undefined;
}

/** How to read events one by one. */
export interface ReadOptions {
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
  /** So many events wait for a slow reader; one more fails its next read. 1,000 if left out. */
  readonly limit?: number | undefined;
}

/**
 * The events of the union `E`, as they happen. Listeners come first, then `connect()`: it also brings
 * what the server keeps of the last while.
 */
export declare class EventClient<E extends PushEvent> {
  #private;
  /**
   * @param types The types of `E`; an event of another type goes to `onUnknown`.
   * @throws {TypeError} When the endpoint is no WebSocket URL, or nothing can open one.
   */
  constructor(types: readonly E['type'][], options: ClientOptions);
  /** What the client is doing now. */
  get state(): ConnectionState;
  /** The newest event that was seen: `after` of a later client. */
  get lastEventId(): string | undefined;
  /** Connects, and stays connected until `close()`. */
  connect(): void;
  /** Disconnects for good, and takes every listener off. */
  close(): void;
  /** Calls `listener` with each event of this type. */
  on<T extends E['type']>(type: T, listener: (event: EventOf<E, T>) => void): Unsubscribe;
  /** Calls `listener` with each event. */
  subscribe(listener: (event: E) => void): Unsubscribe;
  /** Calls `listener` with the state as it is now, and whenever it changes. */
  onState(listener: (state: ConnectionState) => void): Unsubscribe;
  /** Reads the events from now on one by one, until `close()`. */
  events(options?: ReadOptions): AsyncIterableIterator<E>;
  /** `events()`, so that `for await (const event of client)` reads them. */
  [Symbol.asyncIterator](): AsyncIterableIterator<E>;
}
