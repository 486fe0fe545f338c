import { ChangeDetectionStrategy, Component, type OnDestroy } from '@angular/core';
import type { Subscription } from 'rxjs';
import { WebSocketService } from 'onboard-ai-web/angular';

/** The older way to inject a service, and to find out what changed. */
@Component({
  selector: 'app-older',
  template: `{{ count }}`,
  changeDetection: ChangeDetectionStrategy.Eager,
})
export class Older implements OnDestroy {
  protected count = 0;
  private readonly subscription: Subscription;

  constructor(private readonly webSocket: WebSocketService) {
    this.subscription = this.webSocket.events$.subscribe(() => (this.count += 1));
  }

  ngOnDestroy(): void {
    this.subscription.unsubscribe();
  }
}
