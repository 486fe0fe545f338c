// Made from topics.yaml by `make synth`: change that, not this.

/**
 * The events of onboard-ai as an Angular service.
 *
 * It has no decorator: `provideOnboardAiWebSocket` says how it is made. So it is plain
 * JavaScript, and needs neither Angular's compiler nor its linker.
 */

import { InjectionToken, inject, makeEnvironmentProviders } from '@angular/core';

import { EVENT_TYPES } from '../events.js';
import { EventService } from './event-service.js';

/** Where provideOnboardAiWebSocket keeps what it was given. */
export const ONBOARD_AI_WEB_SOCKET = new InjectionToken('ONBOARD_AI_WEB_SOCKET');

/**
 * The events of onboard-ai, as they happen:
 * `inject(WebSocketService).events$.subscribe((event) => …)`.
 */
export class WebSocketService extends EventService {
  constructor() {
    super(EVENT_TYPES, inject(ONBOARD_AI_WEB_SOCKET));
  }
}

/** What `bootstrapApplication` is given: `providers: [provideOnboardAiWebSocket(environment)]`. */
export function provideOnboardAiWebSocket(config) {
  return makeEnvironmentProviders([
    { provide: ONBOARD_AI_WEB_SOCKET, useValue: config },
    { provide: WebSocketService, useFactory: () => new WebSocketService() },
  ]);
}
