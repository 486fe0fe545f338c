// Made from topics.yaml by `make synth`: change that, not this.

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
export declare class ApiError extends Error {
  readonly name = 'ApiError';
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
  constructor(message: string, about: ApiErrorInit);
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
export declare class Http {
  #private;
  /** @throws {TypeError} When the endpoint is no HTTP URL. */
  constructor(options: ApiOptions);
  /** Takes a token that a connection renewed, in place of the one that the last answer brought. */
  useToken(token: RenewedToken): void;
  /** The newest token, as long as it is good. */
  get token(): string | undefined;
  /** @throws {ApiError} When the request was not accepted. */
  send(method: string, path: string, body: object, options?: CallOptions): Promise<Accepted>;
}
