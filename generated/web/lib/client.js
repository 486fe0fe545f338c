// Made from topics.yaml by `make synth`: change that, not this.

/**
 * A WebSocket client for events that a server pushes. It reconnects, replaces its connection before
 * the server ends it, asks for what it missed, and shows each event once.
 *
 * It needs no framework and no package, and every type in it can be erased.
 */

/** What `onError` is told. No text of it holds what an event carries. */
export class ClientError extends Error {
  name = 'ClientError';
  kind;
  #frame;

  constructor(kind, message, about = {}) {
    super(message, 'cause' in about ? { cause: about.cause } : undefined);
    this.kind = kind;
    this.#frame = about.frame;
  }

  /** What the server sent. It may hold personal data, hence no log of the error shows it. */
  get frame() {
    return this.#frame;
  }
}

/** The timing where the options don't say otherwise. */
export const TIMING = {
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

/** So many ids are remembered, to show an event once that comes twice. */
const REMEMBERED = 2_048;

/** So many times the same question is asked before the connection is given up. */
const QUESTIONS = 3;

/**
 * The events of the union `E`, as they happen. Listeners come first, then `connect()`: it also brings
 * what the server keeps of the last while.
 */
export class EventClient {
  #types;
  #options;
  #timing;
  #platform;
  #seen = new Seen();
  #listeners = new Set();
  #watchers = new Set();
  #readers = new Set();
  #retry;
  #refresh;
  #linger;
  #answer;
  #renewal;
  /** The connection that counts: questions go to it. */
  #link;
  /** The connection that is being made. */
  #coming;
  /** The connection that was replaced and still listens. */
  #leaving;
  /** What was missed is being sent: all that came after this event. */
  #missed;
  /** The token that the source gave last, and what came of it. */
  #given;
  #renewed;
  #renewals = 0;
  #state = { status: 'idle' };
  /** Attempts that failed since a connection brought something. */
  #attempt = 0;
  #proven = false;
  #offline = false;
  #unwatch = () => {};

  /**
   * @param types The types of `E`; an event of another type goes to `onUnknown`.
   * @throws {TypeError} When the endpoint is no WebSocket URL, or nothing can open one.
   */
  constructor(types, options) {
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
  get state() {
    return this.#state;
  }

  /** The newest event that was seen: `after` of a later client. */
  get lastEventId() {
    return this.#seen.newest() ?? this.#options.after;
  }

  /** Connects, and stays connected until `close()`. */
  connect() {
    if (this.#state.status === 'closed') throw new Error('the client was closed; make a new one');
    if (this.#state.status !== 'idle') return;
    this.#unwatch = this.#platform.watch((hint) => this.#hint(hint));
    this.#dial();
  }

  /** Disconnects for good, and takes every listener off. */
  close() {
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
  on(type, listener) {
    return this.#listen({ type, call: (event) => listener(event) });
  }

  /** Calls `listener` with each event. */
  subscribe(listener) {
    return this.#listen({ type: undefined, call: (event) => listener(event) });
  }

  /** Calls `listener` with the state as it is now, and whenever it changes. */
  onState(listener) {
    const watcher = { call: (state) => listener(state) };
    this.#guard(() => watcher.call(this.#state));
    if (this.#state.status !== 'closed') this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Reads the events from now on one by one, until `close()`. */
  events(options = {}) {
    const { signal, limit = 1_000 } = options;
    const reader = new Reader(limit, () => {
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
  [Symbol.asyncIterator]() {
    return this.events();
  }

  // The connection.

  /** Makes a connection; the one that counts stays until the new one has taken over. */
  #dial() {
    this.#retry.clear();
    if (this.#link === undefined) {
      this.#setState({ status: 'connecting', attempt: this.#attempt });
    }
    const link = new Link(this.#platform, this.#timing, {
      opened: () => this.#opened(link),
      heard: (data) => this.#heard(link, data),
      closed: (reason) => this.#closed(link, reason),
    });
    this.#coming = link;
    void link.open(() => this.#url());
  }

  /** Where to connect to; `undefined` when there is no token. */
  async #url() {
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
  async #token() {
    const { token } = this.#options;
    const given = typeof token === 'function' ? await token() : token;
    if (given && given !== this.#given) {
      this.#given = given;
      this.#renewed = undefined;
    }
    return this.#renewed ?? given;
  }

  #opened(link) {
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

  #closed(link, reason) {
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

  #dialLater(reason) {
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

  #hint(hint) {
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
  #renew() {
    if (!this.#given || this.#renewals === QUESTIONS) return;
    this.#renewals += 1;
    this.#renewal.set(this.#timing.answerTimeout, () => this.#renew());
    this.#link?.send({ action: 'renew' });
  }

  #freshToken({ fresh, life }) {
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
  #askForMissed() {
    const { after } = this.#missed ?? { after: this.#newEnough() };
    this.#missed = { after, asked: 0, goesOn: this.#missed !== undefined };
    this.#ask(this.#missed);
  }

  #newEnough() {
    return this.#seen.before(this.#timing.overlap) ?? this.#options.after;
  }

  #ask(missed) {
    if (missed.asked === QUESTIONS) {
      this.#link?.fail('the server does not say what was missed');
      return;
    }
    missed.asked += 1;
    const { after } = missed;
    this.#answer.set(this.#timing.answerTimeout, () => this.#ask(missed));
    this.#link?.send(after === undefined ? { action: 'resume' } : { action: 'resume', after });
  }

  #resumed({ last, more }) {
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

  #heard(link, data) {
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

  #show(event) {
    if (!this.#seen.add(event)) return;
    if (!this.#types.has(event.type)) {
      this.#guard(() => this.#options.onUnknown?.(event));
      return;
    }
    for (const listener of [...this.#listeners]) {
      if (listener.type !== undefined && listener.type !== event.type) continue;
      // One listener may have taken another off.
      if (this.#listeners.has(listener)) this.#guard(() => listener.call(event));
    }
  }

  // Those who listen.

  #listen(listener) {
    if (this.#state.status !== 'closed') this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #setState(state) {
    this.#state = state;
    for (const watcher of [...this.#watchers]) {
      if (this.#watchers.has(watcher)) this.#guard(() => watcher.call(state));
    }
  }

  /** Calls what isn't ours; it may throw, or be asynchronous and fail later. */
  #guard(call) {
    const fail = (cause) =>
      this.#report(new ClientError('listener', 'a listener failed', { cause }));
    try {
      const result = call();
      if (isPromise(result)) result.then(undefined, fail);
    } catch (cause) {
      fail(cause);
    }
  }

  #report(error) {
    try {
      if (this.#options.onError) this.#options.onError(error);
      else console.error(error);
    } catch (failure) {
      console.error(failure);
    }
  }
}

/** One WebSocket, from its first moment to its last. It pings when all is silent. */
class Link {
  #platform;
  #timing;
  #owner;
  #timer;
  #socket;
  #status = 'connecting';
  #heardAt = 0;
  #pinged = false;

  constructor(platform, timing, owner) {
    this.#platform = platform;
    this.#timing = timing;
    this.#owner = owner;
    this.#timer = new Timer(platform);
  }

  async open(url) {
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

  #attach(socket) {
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

  #awaitSilence() {
    const { pingAfter } = this.#timing;
    const left = pingAfter - (this.#platform.now() - this.#heardAt);
    // The clock may have been set back.
    if (left > 0) this.#timer.set(Math.min(left, pingAfter), () => this.#awaitSilence());
    else this.ping();
  }

  /** Finds out whether the server still hears; whatever it sends is an answer. */
  ping() {
    if (this.#status !== 'open' || this.#pinged) return;
    this.#pinged = true;
    this.#timer.set(this.#timing.answerTimeout, () => {
      if (this.#pinged) this.fail('the server is silent');
      else this.#awaitSilence();
    });
    this.send({ action: 'ping' });
  }

  send(frame) {
    if (this.#status !== 'open') return;
    try {
      this.#socket?.send(JSON.stringify(frame));
    } catch {
      this.fail('the connection takes nothing');
    }
  }

  fail(reason) {
    if (this.#status === 'closed') return;
    this.close();
    this.#owner.closed(reason);
  }

  close() {
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
  #times = new Map();

  /** Whether the event is new. */
  add({ id, time }) {
    if (this.#times.has(id)) return false;
    this.#times.set(id, Date.parse(time));
    for (const oldest of this.#times.keys()) {
      if (this.#times.size <= REMEMBERED) break;
      this.#times.delete(oldest);
    }
    return true;
  }

  /** The newest event. */
  newest() {
    return this.#until(Infinity)?.id;
  }

  /** The newest event that is at least this much older than the newest of all. */
  before(span) {
    const newest = this.#until(Infinity);
    return newest && this.#until(newest.time - span)?.id;
  }

  /** The newest event that is no younger than this. Ids don't tell: some are of other clocks. */
  #until(latest) {
    let found;
    for (const [id, time] of this.#times) {
      if (time <= latest && (found === undefined || time >= found.time)) found = { id, time };
    }
    return found;
  }
}

/** Events that wait for their reader, or reads that wait for an event. */
class Reader {
  #limit;
  #stop;
  #events = [];
  #reads = [];
  #failure;
  #ended = false;

  constructor(limit, stop) {
    this.#limit = limit;
    this.#stop = stop;
  }

  push(event) {
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
  end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop();
    for (const read of this.#reads.splice(0)) read.resolve({ done: true, value: undefined });
  }

  next() {
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

  return() {
    this.#events.length = 0;
    this.#failure = undefined;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

/** One timer that is set, set anew or cleared. */
class Timer {
  #platform;
  #timer;
  #running = false;

  constructor(platform) {
    this.#platform = platform;
  }

  get running() {
    return this.#running;
  }

  set(milliseconds, callback) {
    this.clear();
    this.#running = true;
    this.#timer = this.#platform.setTimeout(() => {
      this.#running = false;
      callback();
    }, milliseconds);
  }

  clear() {
    if (this.#running) this.#platform.clearTimeout(this.#timer);
    this.#running = false;
  }
}

function readFrame(data) {
  const wrong = (message) => ({ kind: 'frame', message });
  if (typeof data !== 'string') return wrong('a frame is not text');
  let frame;
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

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPromise(value) {
  return isObject(value) && typeof value['then'] === 'function';
}

/** The page; where there is none, as in Node.js, nobody gives hints. */
function browser() {
  return {
    // Node.js has one since version 22.
    ...(typeof WebSocket === 'undefined' ? {} : { WebSocket }),
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer),
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
