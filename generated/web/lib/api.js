// Made from topics.yaml by `make synth`: change that, not this.

/** The HTTP API of onboard-ai. */

import { Http } from './http.js';

/**
 * The steps of one customer: a function for each route. It answers when the event is in Kafka, and
 * throws an `ApiError` with everything that is wrong when the request is not accepted.
 */
export class OnboardAiApi {
  #http;

  constructor(options) {
    this.#http = new Http(options);
  }

  /** The newest token, as long as it is good: the last answer's, or one given to `useToken`. */
  get token() {
    return this.#http.token;
  }

  /** Takes a token that the client's connection renewed: `onToken: (token) => api.useToken(token)`. */
  useToken(token) {
    this.#http.useToken(token);
  }

  /** `POST /user-info`: A customer sent their personal details. Anyone may call it. */
  submitUserInfo(request, options) {
    return this.#http.send('POST', '/user-info', request, options);
  }

  /**
   * `POST /documents`: A customer's documents were read, classified and checked for completeness.
   * It needs the customer's token.
   */
  processDocuments(request, options) {
    return this.#http.send('POST', '/documents', request, options);
  }

  /** `POST /kyc`: A customer's identity was checked. It needs the customer's token. */
  performKyc(request, options) {
    return this.#http.send('POST', '/kyc', request, options);
  }

  /**
   * `POST /recommendations`: Policies that suit the customer were found and priced. It needs the
   * customer's token.
   */
  generateRecommendations(request, options) {
    return this.#http.send('POST', '/recommendations', request, options);
  }

  /**
   * `POST /policy-selection`: The customer chose a policy; onboarding is done. It needs the
   * customer's token.
   */
  submitPolicySelection(request, options) {
    return this.#http.send('POST', '/policy-selection', request, options);
  }
}
