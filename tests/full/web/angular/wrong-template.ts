// What Angular's compiler must find in a template.
import { AsyncPipe } from '@angular/common';
import { Component, inject } from '@angular/core';
import { WebSocketService } from 'onboard-ai-web/angular';

@Component({
  selector: 'app-wrong',
  imports: [AsyncPipe],
  template: `
    @if (webSocket.events$ | async; as event) {
      {{ event.data.email }}
      @if (event.type === 'USER_INFO') {}
      @if (event.type === 'KYC_VERIFIED') {
        {{ event.data.riskScore }}
      }
    }
    {{ webSocket.state().retryAt }}
  `,
})
export class Wrong {
  protected readonly webSocket = inject(WebSocketService);
}
