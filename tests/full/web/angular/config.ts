import type { ApplicationConfig } from '@angular/core';
import { provideOnboardAiWebSocket } from 'onboard-ai-web/angular';

import { environment } from '../generated/src/environments/environment.dev.js';

/** What `ng new` makes, and one line more. */
export const appConfig: ApplicationConfig = {
  providers: [provideOnboardAiWebSocket(environment)],
};
