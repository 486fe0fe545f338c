// Made from topics.yaml by `make synth`: change that, not this.

/** The HTTP API of onboard-ai. */

import type {
  SubmitUserInfoRequest,
  ProcessDocumentsRequest,
  PerformKycRequest,
  GenerateRecommendationsRequest,
  SubmitPolicySelectionRequest,
} from './events.js';
import type { RenewedToken } from './client.js';
import { Http, type Accepted, type ApiOptions, type CallOptions } from './http.js';

/**
 * The steps of one customer: a function for each route. It answers when the event is in Kafka, and
 * throws an `ApiError` with everything that is wrong when the request is not accepted.
 */
export class OnboardAiApi {
  readonly #http: Http;

  constructor(options: ApiOptions) {
    this.#http = new Http(options);
  }

  /** The newest token, as long as it is good: the last answer's, or one given to `useToken`. */
  get token(): string | undefined {
    return this.#http.token;
  }

  /** Takes a token that the client's connection renewed: `onToken: (token) => api.useToken(token)`. */
  useToken(token: RenewedToken): void {
    this.#http.useToken(token);
  }

  /** `POST /user-info`: A customer sent their personal details. Anyone may call it. */
  submitUserInfo(request: SubmitUserInfoRequest, options?: CallOptions): Promise<Accepted> {
    return this.#http.send('POST', '/user-info', request, options);
  }

  /**
   * `POST /documents`: A customer's documents were read, classified and checked for completeness.
   * It needs the customer's token.
   */
  processDocuments(request: ProcessDocumentsRequest, options?: CallOptions): Promise<Accepted> {
    return this.#http.send('POST', '/documents', request, options);
  }

  /** `POST /kyc`: A customer's identity was checked. It needs the customer's token. */
  performKyc(request: PerformKycRequest, options?: CallOptions): Promise<Accepted> {
    return this.#http.send('POST', '/kyc', request, options);
  }

  /**
   * `POST /recommendations`: Policies that suit the customer were found and priced. It needs the
   * customer's token.
   */
  generateRecommendations(
    request: GenerateRecommendationsRequest,
    options?: CallOptions,
  ): Promise<Accepted> {
    return this.#http.send('POST', '/recommendations', request, options);
  }

  /**
   * `POST /policy-selection`: The customer chose a policy; onboarding is done. It needs the
   * customer's token.
   */
  submitPolicySelection(
    request: SubmitPolicySelectionRequest,
    options?: CallOptions,
  ): Promise<Accepted> {
    return this.#http.send('POST', '/policy-selection', request, options);
  }
}
