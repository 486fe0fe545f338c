import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { AsyncPipe } from '@angular/common';
import { WebSocketService } from 'onboard-ai-web/angular';

/** Step 6 of the quick reference, in a component. */
@Component({
  selector: 'app-root',
  imports: [AsyncPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p id="email">{{ email() }}</p>
    <p id="state">{{ webSocket.state().status }}</p>
    @if (webSocket.events$ | async; as event) {
      @switch (event.type) {
        @case ('KYC_VERIFIED') {
          <p id="kyc">{{ event.data.status }}, {{ event.data.reasons.length }}</p>
        }
        @default {
          <p id="type">{{ event.type }}</p>
        }
      }
    }
  `,
})
export class App {
  protected readonly webSocket = inject(WebSocketService);
  protected readonly email = signal('nobody');

  constructor() {
    this.webSocket.events$.subscribe(event => {
      if (event.type === 'USER_INFO_SUBMITTED') {
        // Update UI
        this.email.set(event.data.email);
      }
    });
  }

  connect(): void {
    this.webSocket.connect('test-123', 'token-1');
  }
}
