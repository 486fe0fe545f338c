/** Requests to the HTTP API: what is accepted, and everything that is wrong with what is not. */

import type { RenewedToken, TokenSource } from './client.js';

/** The answer to a step: its event is in Kafka, and the browser is told when it was applied. */
export interface Accepted {
  /** The id of the event that will be pushed. */
  readonly eventId: string;
  readonly customerId: string;
  /** Lets the customer take the next steps, and connect. Left out where `auth` is `none`. */
  readonly token?: string;
  /** Until when the token is good: an instant in UTC. */
  readonly tokenExpiresAt?: string;
  /** Where to listen, token included, for a client that is not this one. */
  readonly websocketUrl?: string;
}

/** One fault of a request. */
export interface Violation {
  /** Where, as a JSON pointer (RFC 6901) in a fragment: `#/address/postcode`. */
  readonly pointer: string;
  /** What is wrong, for people: `is longer than 12 characters`. It never quotes the value. */
  readonly detail: string;
}

/** What is wrong with a request (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A sentence for people. */
  readonly detail?: string;
  /** A word for programs: `INVALID_REQUEST`. */
  readonly code?: string;
  /** Every fault of the request, not the first alone. */
  readonly errors?: readonly Violation[];
  /** What to send the request again with, so that it makes no second event. */
  readonly idempotencyKey?: string;
}

/** A request that was not accepted. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; `undefined` when no answer came. */
  readonly status: number | undefined;
  /** A word for programs: the problem's own, `HTTP_429` where it has none, `NO_ANSWER` or `TIMEOUT`. */
  readonly code: string;
  /** What the server said. */
  readonly problem: Problem | undefined;
  /** Every fault of the request; empty when something else is wrong. */
  readonly violations: readonly Violation[];
  /** The same request may work later. */
  readonly retryable: boolean;

  constructor(message: string, about: ApiErrorInit) {
    super(message, 'cause' in about ? { cause: about.cause } : undefined);
    this.status = about.problem?.status;
    this.code = about.code;
    this.problem = about.problem;
    this.violations = about.problem?.errors ?? [];
    this.retryable = about.retryable;
  }
}

/** What an {@link ApiError} tells besides its message. */
export interface ApiErrorInit {
  readonly code: string;
  readonly problem?: Problem | undefined;
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/** Where the API is, and how to call it. */
export interface ApiOptions {
  /** `https://…`: the stack's output `HttpApiEndpoint`. */
  readonly endpoint: string;
  /** The customer's token. Where it is left out, the one that the last answer brought is used. */
  readonly token?: TokenSource | undefined;
  /** So often a call is tried again that found no answer or a busy server. 2 if left out. */
  readonly retries?: number | undefined;
  /** Milliseconds that one try may take. 30,000 if left out. */
  readonly timeout?: number | undefined;
  /** In place of the browser's own. */
  readonly fetch?: typeof fetch | undefined;
  /** Waits some milliseconds before the next try. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** What one call does differently. */
export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
  readonly token?: string | undefined;
  /**
   * A UUID of version 7 that names the event: a call with the same key makes no second one. Every
   * call has one; pass it on to repeat a call that failed.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Sends the requests of one customer. A try again has the same idempotency key, so that it makes no second event. */
export class Http {
  readonly #options: ApiOptions;
  readonly #base: string;
  #last: { readonly token: string; readonly tokenExpiresAt?: string } | undefined;

  /** @throws {TypeError} When the endpoint is no HTTP URL. */
  constructor(options: ApiOptions) {
    const { protocol, href } = new URL(options.endpoint);
    if (!/^https?:$/.test(protocol)) throw new TypeError('the endpoint must start with https://');
    this.#options = options;
    this.#base = href.replace(/\/+$/, '');
  }

  /** Takes a token that a connection renewed, in place of the one that the last answer brought. */
  useToken(token: RenewedToken): void {
    this.#last = token;
  }

  /** The newest token, as long as it is good. */
  get token(): string | undefined {
    const { token, tokenExpiresAt } = this.#last ?? {};
    const expired = tokenExpiresAt !== undefined && Date.parse(tokenExpiresAt) <= Date.now();
    return expired ? undefined : token;
  }

  /** @throws {ApiError} When the request was not accepted. */
  async send(
    method: string,
    path: string,
    body: object,
    options: CallOptions = {},
  ): Promise<Accepted> {
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

  async #try(
    method: string,
    path: string,
    body: object,
    key: string,
    options: CallOptions,
  ): Promise<Outcome> {
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

  async #freshToken(): Promise<string | undefined> {
    const { token } = this.#options;
    if (token === undefined) return this.token;
    return typeof token === 'function' ? await token() : token;
  }
}

/** What a try came to; `after` is how many milliseconds the server wants to be left alone. */
type Outcome =
  { readonly accepted: Accepted } | { readonly error: ApiError; readonly after: number };

function read(response: Response, text: string): Outcome {
  const { status } = response;
  const answer = parse(text);
  if (response.ok && typeof answer['eventId'] === 'string') {
    return { accepted: answer as unknown as Accepted };
  }
  // API Gateway's own answers, to a call without a token, say, have a message and nothing else.
  const { title, message, code } = answer;
  const problem: Problem = {
    ...(answer as Partial<Problem>),
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

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then chance. */
function uuid(): string {
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
