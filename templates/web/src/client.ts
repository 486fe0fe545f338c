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
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly kind: ClientErrorKind;
  readonly #frame: unknown;

  constructor(
    kind: ClientErrorKind,
    message: string,
    about: { readonly cause?: unknown; readonly frame?: unknown } = {},
  ) {
    super(message, 'cause' in about ? { cause: about.cause } : undefined);
    this.kind = kind;
    this.#frame = about.frame;
  }

  /** What the server sent. It may hold personal data, hence no log of the error shows it. */
  get frame(): unknown {
    return this.#frame;
  }
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
export const TIMING: Timing = {
  backoffBase: 500,
  backoffMax: 30_000,
  connectTimeout: 10_000,
  answerTimeout: 15_000,
  pingAfter: 5 * 60_000,
  refreshAfter: 110 * 60_000,
  refreshSpread: 10 * 60_000,
  linger: 5_000,
  overlap: 10 * 60_000,
  renewAt: 0.75,
  renewLast: 60_000,
};

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

/** So many ids are remembered, to show an event once that comes twice. */
const REMEMBERED = 2_048;

/** So many times the same question is asked before the connection is given up. */
const QUESTIONS = 3;

/**
 * The events of the union `E`, as they happen. Listeners come first, then `connect()`: it also brings
 * what the server keeps of the last while.
 */
export class EventClient<E extends PushEvent> {
  readonly #types: ReadonlySet<string>;
  readonly #options: ClientOptions;
  readonly #timing: Timing;
  readonly #platform: Platform;
  readonly #seen = new Seen();
  readonly #listeners = new Set<Listener<E>>();
  readonly #watchers = new Set<{ readonly call: (state: ConnectionState) => void }>();
  readonly #readers = new Set<Reader<E>>();
  readonly #retry: Timer;
  readonly #refresh: Timer;
  readonly #linger: Timer;
  readonly #answer: Timer;
  readonly #renewal: Timer;
  /** The connection that counts: questions go to it. */
  #link: Link | undefined;
  /** The connection that is being made. */
  #coming: Link | undefined;
  /** The connection that was replaced and still listens. */
  #leaving: Link | undefined;
  /** What was missed is being sent: all that came after this event. */
  #missed: Question | undefined;
  /** The token that the source gave last, and what came of it. */
  #given: string | undefined;
  #renewed: string | undefined;
  #renewals = 0;
  #state: ConnectionState = { status: 'idle' };
  /** Attempts that failed since a connection brought something. */
  #attempt = 0;
  #proven = false;
  #offline = false;
  #unwatch: Unsubscribe = () => {};

  /**
   * @param types The types of `E`; an event of another type goes to `onUnknown`.
   * @throws {TypeError} When the endpoint is no WebSocket URL, or nothing can open one.
   */
  constructor(types: readonly E['type'][], options: ClientOptions) {
    if (!/^wss?:$/.test(new URL(options.endpoint).protocol)) {
      throw new TypeError('the endpoint must start with wss://');
    }
    const found = { ...browser(), ...options.platform };
    const { WebSocket } = found;
    if (WebSocket === undefined) {
      throw new TypeError('there is no WebSocket here; pass one as platform.WebSocket');
    }
    const platform = { ...found, WebSocket };
    this.#types = new Set(types);
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.#platform = platform;
    this.#retry = new Timer(platform);
    this.#refresh = new Timer(platform);
    this.#linger = new Timer(platform);
    this.#answer = new Timer(platform);
    this.#renewal = new Timer(platform);
  }

  /** What the client is doing now. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** The newest event that was seen: `after` of a later client. */
  get lastEventId(): string | undefined {
    return this.#seen.newest() ?? this.#options.after;
  }

  /** Connects, and stays connected until `close()`. */
  connect(): void {
    if (this.#state.status === 'closed') throw new Error('the client was closed; make a new one');
    if (this.#state.status !== 'idle') return;
    this.#unwatch = this.#platform.watch((hint) => this.#hint(hint));
    this.#dial();
  }

  /** Disconnects for good, and takes every listener off. */
  close(): void {
    if (this.#state.status === 'closed') return;
    this.#unwatch();
    this.#retry.clear();
    this.#refresh.clear();
    this.#linger.clear();
    this.#answer.clear();
    this.#renewal.clear();
    for (const link of [this.#link, this.#coming, this.#leaving]) link?.close();
    this.#link = this.#coming = this.#leaving = undefined;
    this.#setState({ status: 'closed' });
    this.#listeners.clear();
    this.#watchers.clear();
    for (const reader of this.#readers) reader.end();
  }

  /** Calls `listener` with each event of this type. */
  on<T extends E['type']>(type: T, listener: (event: EventOf<E, T>) => void): Unsubscribe {
    return this.#listen({ type, call: (event) => listener(event as EventOf<E, T>) });
  }

  /** Calls `listener` with each event. */
  subscribe(listener: (event: E) => void): Unsubscribe {
    return this.#listen({ type: undefined, call: (event) => listener(event) });
  }

  /** Calls `listener` with the state as it is now, and whenever it changes. */
  onState(listener: (state: ConnectionState) => void): Unsubscribe {
    const watcher = { call: (state: ConnectionState) => listener(state) };
    this.#guard(() => watcher.call(this.#state));
    if (this.#state.status !== 'closed') this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Reads the events from now on one by one, until `close()`. */
  events(options: ReadOptions = {}): AsyncIterableIterator<E> {
    const { signal, limit = 1_000 } = options;
    const reader: Reader<E> = new Reader(limit, () => {
      this.#readers.delete(reader);
      unsubscribe();
      signal?.removeEventListener('abort', end);
    });
    const end = () => reader.end();
    const unsubscribe = this.subscribe((event) => reader.push(event));
    this.#readers.add(reader);
    signal?.addEventListener('abort', end);
    if (signal?.aborted || this.#state.status === 'closed') end();
    return reader;
  }

  /** `events()`, so that `for await (const event of client)` reads them. */
  [Symbol.asyncIterator](): AsyncIterableIterator<E> {
    return this.events();
  }

  // The connection.

  /** Makes a connection; the one that counts stays until the new one has taken over. */
  #dial(): void {
    this.#retry.clear();
    if (this.#link === undefined) {
      this.#setState({ status: 'connecting', attempt: this.#attempt });
    }
    const link: Link = new Link(this.#platform, this.#timing, {
      opened: () => this.#opened(link),
      heard: (data) => this.#heard(link, data),
      closed: (reason) => this.#closed(link, reason),
    });
    this.#coming = link;
    void link.open(() => this.#url());
  }

  /** Where to connect to; `undefined` when there is no token. */
  async #url(): Promise<string | undefined> {
    const { endpoint, customerId } = this.#options;
    const url = new URL(endpoint);
    url.searchParams.set('customerId', customerId);
    try {
      const token = await this.#token();
      if (token) url.searchParams.set('token', token);
    } catch (cause) {
      this.#report(new ClientError('token', 'the token source failed', { cause }));
      return undefined;
    }
    return url.href;
  }

  /** What the source has, if that is news; else what became of it. */
  async #token(): Promise<string | undefined> {
    const { token } = this.#options;
    const given = typeof token === 'function' ? await token() : token;
    if (given && given !== this.#given) {
      this.#given = given;
      this.#renewed = undefined;
    }
    return this.#renewed ?? given;
  }

  #opened(link: Link): void {
    const { refreshAfter, refreshSpread, linger } = this.#timing;
    const replaced = this.#link;
    this.#coming = undefined;
    this.#link = link;
    this.#proven = false;
    this.#refresh.set(refreshAfter - this.#platform.random() * refreshSpread, () => this.#dial());
    this.#renewals = 0;
    this.#renew();
    if (replaced === undefined) {
      this.#setState({ status: 'open', since: this.#platform.now() });
      this.#askForMissed();
      return;
    }
    // The server may be sending to the old connection alone, as it didn't know of the new one when
    // it looked. So the old one listens on, and whatever still slipped through is asked for.
    this.#leaving = replaced;
    this.#linger.set(linger, () => {
      this.#leaving = undefined;
      replaced.close();
      this.#askForMissed();
    });
  }

  #closed(link: Link, reason: string): void {
    if (link === this.#leaving) {
      this.#leaving = undefined;
      this.#linger.clear();
      this.#askForMissed();
    } else if (link === this.#coming) {
      this.#coming = undefined;
      this.#dialLater(reason);
    } else if (link === this.#link) {
      this.#refresh.clear();
      this.#linger.clear();
      this.#answer.clear();
      this.#renewal.clear();
      // A new connection that doesn't last leaves the old one in its place.
      this.#link = this.#leaving;
      this.#leaving = undefined;
      if (this.#coming === undefined) this.#dialLater(reason);
      else if (this.#link === undefined) {
        this.#setState({ status: 'connecting', attempt: this.#attempt });
      }
    }
  }

  #dialLater(reason: string): void {
    const { backoffBase, backoffMax } = this.#timing;
    const most = Math.min(backoffMax, backoffBase * 2 ** this.#attempt);
    const wait = this.#offline ? backoffMax : this.#platform.random() * most;
    this.#attempt += 1;
    if (this.#link === undefined) {
      const retryAt = this.#platform.now() + wait;
      this.#setState({ status: 'waiting', attempt: this.#attempt, retryAt, reason });
    }
    this.#retry.set(wait, () => this.#dial());
  }

  #hint(hint: Hint): void {
    if (hint !== 'visible') this.#offline = hint === 'offline';
    if (hint === 'offline') return;
    if (this.#retry.running) this.#dial();
    this.#link?.ping();
  }

  // The token.

  /**
   * Asks for a fresh token: at once, since nobody knows how old the one is that opened the
   * connection, and then well before the last one expires.
   */
  #renew(): void {
    if (!this.#given || this.#renewals === QUESTIONS) return;
    this.#renewals += 1;
    this.#renewal.set(this.#timing.answerTimeout, () => this.#renew());
    this.#link?.send({ action: 'renew' });
  }

  #freshToken({ fresh, life }: Fresh): void {
    this.#renewals = 0;
    this.#renewal.clear();
    // Without one, the connection needs none.
    if (fresh === undefined) return;
    this.#renewed = fresh.token;
    const { renewAt, renewLast } = this.#timing;
    if (life * (1 - renewAt) > renewLast) {
      // No timer runs longer than that.
      const wait = Math.min(life * renewAt, 2 ** 31 - 1);
      this.#renewal.set(wait, () => this.#renew());
    }
    this.#guard(() => this.#options.onToken?.(fresh));
  }

  // What was missed.

  /** Begins to ask, or goes on from where an earlier connection stopped. */
  #askForMissed(): void {
    const { after } = this.#missed ?? { after: this.#newEnough() };
    this.#missed = { after, asked: 0, goesOn: this.#missed !== undefined };
    this.#ask(this.#missed);
  }

  #newEnough(): string | undefined {
    return this.#seen.before(this.#timing.overlap) ?? this.#options.after;
  }

  #ask(missed: Question): void {
    if (missed.asked === QUESTIONS) {
      this.#link?.fail('the server does not say what was missed');
      return;
    }
    missed.asked += 1;
    const { after } = missed;
    this.#answer.set(this.#timing.answerTimeout, () => this.#ask(missed));
    this.#link?.send(after === undefined ? { action: 'resume' } : { action: 'resume', after });
  }

  #resumed({ last, more }: Resumed): void {
    if (this.#missed === undefined) return;
    if (more && last !== null) {
      // The answer to a question that was asked twice comes twice; the timer sees to the rest.
      if (last === this.#missed.after) return;
      this.#missed = { after: last, asked: 0, goesOn: this.#missed.goesOn };
      this.#ask(this.#missed);
      return;
    }
    const { goesOn } = this.#missed;
    this.#missed = undefined;
    this.#answer.clear();
    // Between the connections, an event may have been put before the place that the first one got to.
    if (goesOn) this.#askForMissed();
    if (more)
      this.#report(new ClientError('server', 'the server has more, but says not from where'));
  }

  // What the server sends.

  #heard(link: Link, data: unknown): void {
    const frame = readFrame(data);
    // A connection that opens and closes is no success yet; one that brings something is.
    if (link === this.#link && !this.#proven) {
      this.#proven = true;
      this.#attempt = 0;
    }
    if (frame.kind === 'event') {
      this.#show(frame.event);
    } else if (frame.kind === 'resumed') {
      if (link === this.#link) this.#resumed(frame);
    } else if (frame.kind === 'token') {
      if (link === this.#link) this.#freshToken(frame);
    } else if (frame.kind !== 'pong') {
      this.#report(new ClientError(frame.kind, frame.message, { frame: data }));
    }
  }

  #show(event: PushEvent): void {
    if (!this.#seen.add(event)) return;
    if (!this.#types.has(event.type)) {
      this.#guard(() => this.#options.onUnknown?.(event));
      return;
    }
    for (const listener of [...this.#listeners]) {
      if (listener.type !== undefined && listener.type !== event.type) continue;
      // One listener may have taken another off.
      if (this.#listeners.has(listener)) this.#guard(() => listener.call(event as E));
    }
  }

  // Those who listen.

  #listen(listener: Listener<E>): Unsubscribe {
    if (this.#state.status !== 'closed') this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    for (const watcher of [...this.#watchers]) {
      if (this.#watchers.has(watcher)) this.#guard(() => watcher.call(state));
    }
  }

  /** Calls what isn't ours; it may throw, or be asynchronous and fail later. */
  #guard(call: () => unknown): void {
    const fail = (cause: unknown) =>
      this.#report(new ClientError('listener', 'a listener failed', { cause }));
    try {
      const result = call();
      if (isPromise(result)) result.then(undefined, fail);
    } catch (cause) {
      fail(cause);
    }
  }

  #report(error: ClientError): void {
    try {
      if (this.#options.onError) this.#options.onError(error);
      else console.error(error);
    } catch (failure) {
      console.error(failure);
    }
  }
}

interface Listener<E> {
  readonly type: string | undefined;
  readonly call: (event: E) => unknown;
}

interface LinkOwner {
  readonly opened: () => void;
  readonly heard: (data: unknown) => void;
  /** It ended by itself; not called after `close()`. */
  readonly closed: (reason: string) => void;
}

/** One WebSocket, from its first moment to its last. It pings when all is silent. */
class Link {
  readonly #platform: Platform;
  readonly #timing: Timing;
  readonly #owner: LinkOwner;
  readonly #timer: Timer;
  #socket: Socket | undefined;
  #status: 'connecting' | 'open' | 'closed' = 'connecting';
  #heardAt = 0;
  #pinged = false;

  constructor(platform: Platform, timing: Timing, owner: LinkOwner) {
    this.#platform = platform;
    this.#timing = timing;
    this.#owner = owner;
    this.#timer = new Timer(platform);
  }

  async open(url: () => Promise<string | undefined>): Promise<void> {
    this.#timer.set(this.#timing.connectTimeout, () => this.fail('no connection in time'));
    const address = await url();
    if (this.#status === 'closed') return;
    if (address === undefined) {
      this.fail('no token');
      return;
    }
    try {
      this.#attach(new this.#platform.WebSocket(address));
    } catch {
      // What was thrown may quote the address, and the token with it.
      this.fail('no connection may be opened');
    }
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (this.#status !== 'connecting') return;
      this.#status = 'open';
      this.#heardAt = this.#platform.now();
      this.#awaitSilence();
      this.#owner.opened();
    });
    socket.addEventListener('message', ({ data }) => {
      if (this.#status !== 'open') return;
      this.#heardAt = this.#platform.now();
      this.#pinged = false;
      this.#owner.heard(data);
    });
    socket.addEventListener('error', () => this.fail('the connection failed'));
    socket.addEventListener('close', () => this.fail('the connection was closed'));
  }

  #awaitSilence(): void {
    const { pingAfter } = this.#timing;
    const left = pingAfter - (this.#platform.now() - this.#heardAt);
    // The clock may have been set back.
    if (left > 0) this.#timer.set(Math.min(left, pingAfter), () => this.#awaitSilence());
    else this.ping();
  }

  /** Finds out whether the server still hears; whatever it sends is an answer. */
  ping(): void {
    if (this.#status !== 'open' || this.#pinged) return;
    this.#pinged = true;
    this.#timer.set(this.#timing.answerTimeout, () => {
      if (this.#pinged) this.fail('the server is silent');
      else this.#awaitSilence();
    });
    this.send({ action: 'ping' });
  }

  send(frame: object): void {
    if (this.#status !== 'open') return;
    try {
      this.#socket?.send(JSON.stringify(frame));
    } catch {
      this.fail('the connection takes nothing');
    }
  }

  fail(reason: string): void {
    if (this.#status === 'closed') return;
    this.close();
    this.#owner.closed(reason);
  }

  close(): void {
    if (this.#status === 'closed') return;
    this.#status = 'closed';
    this.#timer.clear();
    try {
      this.#socket?.close(1000);
    } catch {
      // It never opened.
    }
  }
}

/** The events that were seen, the last ones only: their ids and times. */
class Seen {
  readonly #times = new Map<string, number>();

  /** Whether the event is new. */
  add({ id, time }: PushEvent): boolean {
    if (this.#times.has(id)) return false;
    this.#times.set(id, Date.parse(time));
    for (const oldest of this.#times.keys()) {
      if (this.#times.size <= REMEMBERED) break;
      this.#times.delete(oldest);
    }
    return true;
  }

  /** The newest event. */
  newest(): string | undefined {
    return this.#until(Infinity)?.id;
  }

  /** The newest event that is at least this much older than the newest of all. */
  before(span: number): string | undefined {
    const newest = this.#until(Infinity);
    return newest && this.#until(newest.time - span)?.id;
  }

  /** The newest event that is no younger than this. Ids don't tell: some are of other clocks. */
  #until(latest: number): { readonly id: string; readonly time: number } | undefined {
    let found: { readonly id: string; readonly time: number } | undefined;
    for (const [id, time] of this.#times) {
      if (time <= latest && (found === undefined || time >= found.time)) found = { id, time };
    }
    return found;
  }
}

/** Events that wait for their reader, or reads that wait for an event. */
class Reader<E> implements AsyncIterableIterator<E> {
  readonly #limit: number;
  readonly #stop: () => void;
  readonly #events: E[] = [];
  readonly #reads: Read<E>[] = [];
  #failure: Error | undefined;
  #ended = false;

  constructor(limit: number, stop: () => void) {
    this.#limit = limit;
    this.#stop = stop;
  }

  push(event: E): void {
    const read = this.#reads.shift();
    if (read) {
      read.resolve({ done: false, value: event });
    } else if (this.#events.length < this.#limit) {
      this.#events.push(event);
    } else {
      this.#failure = new Error(`more than ${this.#limit} events wait to be read`);
      this.end();
    }
  }

  /** No more events come; those that wait can still be read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop();
    for (const read of this.#reads.splice(0)) read.resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<E, undefined>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#failure) {
      const failure = this.#failure;
      this.#failure = undefined;
      return Promise.reject(failure);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#reads.push({ resolve }));
  }

  return(): Promise<IteratorResult<E, undefined>> {
    this.#events.length = 0;
    this.#failure = undefined;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

interface Read<E> {
  readonly resolve: (result: IteratorResult<E, undefined>) => void;
}

/** One timer that is set, set anew or cleared. */
class Timer {
  readonly #platform: Platform;
  #timer: unknown;
  #running = false;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  get running(): boolean {
    return this.#running;
  }

  set(milliseconds: number, callback: () => void): void {
    this.clear();
    this.#running = true;
    this.#timer = this.#platform.setTimeout(() => {
      this.#running = false;
      callback();
    }, milliseconds);
  }

  clear(): void {
    if (this.#running) this.#platform.clearTimeout(this.#timer);
    this.#running = false;
  }
}

/** The answer to `resume`: these were sent, the last of them is `last`, and there may be more. */
interface Resumed {
  readonly kind: 'resumed';
  readonly last: string | null;
  readonly more: boolean;
}

/** The answer to `renew`. */
interface Fresh {
  readonly kind: 'token';
  readonly fresh: RenewedToken | undefined;
  /** How many milliseconds it is good. */
  readonly life: number;
}

/** What was missed is asked for: `after` which place, how often, and whether another connection began. */
interface Question {
  readonly after: string | undefined;
  asked: number;
  readonly goesOn: boolean;
}

/** What the server sends; `frame` and `server` are what goes wrong. */
type Frame =
  | { readonly kind: 'event'; readonly event: PushEvent }
  | { readonly kind: 'pong' }
  | Resumed
  | Fresh
  | { readonly kind: 'frame' | 'server'; readonly message: string };

function readFrame(data: unknown): Frame {
  const wrong = (message: string): Frame => ({ kind: 'frame', message });
  if (typeof data !== 'string') return wrong('a frame is not text');
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    // What was thrown quotes the text.
    return wrong('a frame is not JSON');
  }
  if (!isObject(frame)) return wrong('a frame is not an object');
  const { type, id, time, topic, version, data: fields } = frame;
  if (id === undefined) {
    if (type === 'PONG') return { kind: 'pong' };
    if (type === 'RESUMED') {
      const { last, more } = frame;
      return { kind: 'resumed', last: typeof last === 'string' ? last : null, more: more === true };
    }
    if (type === 'TOKEN') {
      const { token, tokenExpiresAt, expiresIn } = frame;
      if (token === undefined) return { kind: 'token', fresh: undefined, life: 0 };
      if (
        typeof token !== 'string' ||
        typeof tokenExpiresAt !== 'string' ||
        typeof expiresIn !== 'number'
      ) {
        return wrong('a token has no end');
      }
      return { kind: 'token', fresh: { token, tokenExpiresAt }, life: expiresIn * 1_000 };
    }
    // The function's own words, or API Gateway's when the function failed or is throttled.
    const { detail, message, requestId } = frame;
    const said = type === 'ERROR' ? detail : requestId === undefined ? undefined : message;
    if (typeof said === 'string') return { kind: 'server', message: `the server says: ${said}` };
  }
  if (typeof type !== 'string') return wrong('a frame has no type');
  if (typeof id !== 'string' || id === '') return wrong('an event has no id');
  if (typeof time !== 'string') return wrong('an event has no time');
  if (typeof topic !== 'string') return wrong('an event has no topic');
  if (typeof version !== 'number') return wrong('an event has no version');
  if (!isObject(fields)) return wrong('an event has no data');
  return { kind: 'event', event: { type, id, time, topic, version, data: fields } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value['then'] === 'function';
}

/** The page; where there is none, as in Node.js, nobody gives hints. */
function browser(): Omit<Platform, 'WebSocket'> & Pick<Partial<Platform>, 'WebSocket'> {
  return {
    // Node.js has one since version 22.
    ...(typeof WebSocket === 'undefined' ? {} : { WebSocket }),
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
    watch(hint) {
      if (typeof window === 'undefined' || typeof document === 'undefined') return () => {};
      const stop = new AbortController();
      const { signal } = stop;
      const visible = () => {
        if (document.visibilityState === 'visible') hint('visible');
      };
      window.addEventListener('online', () => hint('online'), { signal });
      window.addEventListener('offline', () => hint('offline'), { signal });
      window.addEventListener('pageshow', visible, { signal });
      document.addEventListener('visibilitychange', visible, { signal });
      return () => stop.abort();
    },
  };
}
