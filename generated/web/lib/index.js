// Made from topics.yaml by `make synth`: change that, not this.

/** The events and the HTTP API of onboard-ai. */

import { EventClient } from './client.js';
import { EVENT_TYPES } from './events.js';

export * from './api.js';
export * from './client.js';
export * from './events.js';
export * from './http.js';

/** The events of onboard-ai, as they happen. */
export class OnboardAiClient extends EventClient {
  /** @throws {TypeError} When the endpoint is no WebSocket URL. */
  constructor(options) {
    super(EVENT_TYPES, options);
  }
}
