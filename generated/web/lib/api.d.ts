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
import { type Accepted, type ApiOptions, type CallOptions } from './http.js';

/**
 * The steps of one customer: a function for each route. It answers when the event is in Kafka, and
 * throws an `ApiError` with everything that is wrong when the request is not accepted.
 */
export declare class OnboardAiApi {
  #private;

  constructor(options: ApiOptions);

  /** The newest token, as long as it is good: the last answer's, or one given to `useToken`. */
  get token(): string | undefined;

  /** Takes a token that the client's connection renewed: `onToken: (token) => api.useToken(token)`. */
  useToken(token: RenewedToken): void;

  /** `POST /user-info`: A customer sent their personal details. Anyone may call it. */
  submitUserInfo(request: SubmitUserInfoRequest, options?: CallOptions): Promise<Accepted>;

  /**
   * `POST /documents`: A customer's documents were read, classified and checked for completeness.
   * It needs the customer's token.
   */
  processDocuments(request: ProcessDocumentsRequest, options?: CallOptions): Promise<Accepted>;

  /** `POST /kyc`: A customer's identity was checked. It needs the customer's token. */
  performKyc(request: PerformKycRequest, options?: CallOptions): Promise<Accepted>;

  /**
   * `POST /recommendations`: Policies that suit the customer were found and priced. It needs the
   * customer's token.
   */
  generateRecommendations(
    request: GenerateRecommendationsRequest,
    options?: CallOptions,
  ): Promise<Accepted>;

  /**
   * `POST /policy-selection`: The customer chose a policy; onboarding is done. It needs the
   * customer's token.
   */
  submitPolicySelection(
    request: SubmitPolicySelectionRequest,
    options?: CallOptions,
  ): Promise<Accepted>;
}
