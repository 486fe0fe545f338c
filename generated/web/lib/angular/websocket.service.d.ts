// Made from topics.yaml by `make synth`: change that, not this.

/**
 * The events of onboard-ai as an Angular service.
 *
 * It has no decorator: `provideOnboardAiWebSocket` says how it is made. So it is plain
 * JavaScript, and needs neither Angular's compiler nor its linker.
 */

import { InjectionToken } from '@angular/core';
import type { EnvironmentProviders } from '@angular/core';

import { type OnboardAiEvent } from '../events.js';
import { EventService, type WebSocketConfig } from './event-service.js';

export type { WebSocketConfig } from './event-service.js';

/** Where provideOnboardAiWebSocket keeps what it was given. */
export declare const ONBOARD_AI_WEB_SOCKET: InjectionToken<WebSocketConfig>;

/**
 * The events of onboard-ai, as they happen:
 * `inject(WebSocketService).events$.subscribe((event) => …)`.
 */
export declare class WebSocketService extends EventService<OnboardAiEvent> {
  constructor();
}

/** What `bootstrapApplication` is given: `providers: [provideOnboardAiWebSocket(environment)]`. */
export declare function provideOnboardAiWebSocket(config: WebSocketConfig): EnvironmentProviders;
