// Made from topics.yaml by `make synth`: change that, not this.

/** The events and the HTTP API of onboard-ai. */

import { EventClient, type ClientOptions } from './client.js';
import { type OnboardAiEvent } from './events.js';

export * from './api.js';
export * from './client.js';
export * from './events.js';
export * from './http.js';

/** The events of onboard-ai, as they happen. */
export declare class OnboardAiClient extends EventClient<OnboardAiEvent> {
  /** @throws {TypeError} When the endpoint is no WebSocket URL. */
  constructor(options: ClientOptions);
}
