// Made of src/http.ts, sha256 142517fc1ab2a4ef5e3e944460aeb8064f302b6f9b114f1c3acefc0f48cd4225.
/** Requests to the HTTP API: what is accepted, and everything that is wrong with what is not. */

/** A request that was not accepted. */
export class ApiError extends Error {
  name = 'ApiError';
  /** The HTTP status; `undefined` when no answer came. */
  status;
  /** A word for programs: the problem's own, `HTTP_429` where it has none, `NO_ANSWER` or `TIMEOUT`. */
  code;
  /** What the server said. */
  problem;
  /** Every fault of the request; empty when something else is wrong. */
  violations;
  /** The same request may work later. */
  retryable;

  constructor(message, about) {
    super(message, 'cause' in about ? { cause: about.cause } : undefined);
    this.status = about.problem?.status;
    this.code = about.code;
    this.problem = about.problem;
    this.violations = about.problem?.errors ?? [];
    this.retryable = about.retryable;
  }
}

/** Sends the requests of one customer. A try again has the same idempotency key, so that it makes no second event. */
export class Http {
  #options;
  #base;
  #last;

  /** @throws {TypeError} When the endpoint is no HTTP URL. */
  constructor(options) {
    const { protocol, href } = new URL(options.endpoint);
    if (!/^https?:$/.test(protocol)) throw new TypeError('the endpoint must start with https://');
    this.#options = options;
    this.#base = href.replace(/\/+$/, '');
  }

  /** Takes a token that a connection renewed, in place of the one that the last answer brought. */
  useToken(token) {
    this.#last = token;
  }

  /** The newest token, as long as it is good. */
  get token() {
    const { token, tokenExpiresAt } = this.#last ?? {};
    const expired = tokenExpiresAt !== undefined && Date.parse(tokenExpiresAt) <= Date.now();
    return expired ? undefined : token;
  }

  /** @throws {ApiError} When the request was not accepted. */
  async send(method, path, body, options = {}) {
    const { retries = 2, wait = sleep } = this.#options;
    const key = options.idempotencyKey ?? uuid();
    for (let tried = 0; ; tried += 1) {
      const outcome = await this.#try(method, path, body, key, options);
      if ('accepted' in outcome) {
        const { token, tokenExpiresAt } = outcome.accepted;
        if (token) this.#last = { token, ...(tokenExpiresAt && { tokenExpiresAt }) };
        return outcome.accepted;
      }
      options.signal?.throwIfAborted();
      if (!outcome.error.retryable || tried >= retries) throw outcome.error;
      await wait(Math.max(outcome.after, Math.random() * 500 * 2 ** tried));
      options.signal?.throwIfAborted();
    }
  }

  async #try(method, path, body, key, options) {
    const { fetch: send = fetch, timeout = 30_000 } = this.#options;
    const token = options.token ?? (await this.#freshToken());
    const headers = new Headers({ 'content-type': 'application/json', 'idempotency-key': key });
    if (token) headers.set('authorization', `Bearer ${token}`);
    const stop = new AbortController();
    const abort = () => stop.abort();
    const timer = setTimeout(abort, timeout);
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted) abort();
    try {
      const request = { method, headers, body: JSON.stringify(body), signal: stop.signal };
      const response = await send(this.#base + path, request);
      return read(response, await response.text());
    } catch (cause) {
      const [code, message] = stop.signal.aborted
        ? ['TIMEOUT', 'the server took too long']
        : ['NO_ANSWER', 'the server gave no answer'];
      return { error: new ApiError(message, { code, retryable: true, cause }), after: 0 };
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    }
  }

  async #freshToken() {
    const { token } = this.#options;
    if (token === undefined) return this.token;
    return typeof token === 'function' ? await token() : token;
  }
}

function read(response, text) {
  const { status } = response;
  const answer = parse(text);
  if (response.ok && typeof answer['eventId'] === 'string') {
    return { accepted: answer };
  }
  // API Gateway's own answers, to a call without a token, say, have a message and nothing else.
  const { title, message, code } = answer;
  const problem = {
    ...answer,
    type: typeof answer['type'] === 'string' ? answer['type'] : 'about:blank',
    title: String(title ?? message ?? `HTTP ${status}`),
    status,
  };
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const error = new ApiError(problem.detail ?? problem.title, {
    code: typeof code === 'string' ? code : `HTTP_${status}`,
    problem,
    retryable: [429, 502, 503, 504].includes(status) || seconds >= 0,
  });
  return { error, after: seconds > 0 ? seconds * 1_000 : 0 };
}

function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then chance. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  const now = Date.now();
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
