// What it must find in code.
import { provideOnboardAiWebSocket, type WebSocketService } from 'onboard-ai-web/angular';

export function wrong(webSocket: WebSocketService): void {
  webSocket.connect(42);
  webSocket.events$.subscribe((event) => event.data.email);
  webSocket.events$.subscribe((event) => event.type === 'USER_INFO');
  provideOnboardAiWebSocket({ endpoint: 'wss://events.example/dev' });
}
