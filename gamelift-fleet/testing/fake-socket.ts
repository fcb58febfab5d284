import { type ClientMessage, clientFrames, type ServerMessage, serverFrames } from '#fleet/protocol/messages.ts';
import type { SocketLike } from '../client/zone-link.ts';

type Handler = (event: never) => void;

/** A socket whose other end the test plays. */
export class FakeSocket implements SocketLike {
  binaryType = '';
  readyState = 0;
  readonly sent: ClientMessage[] = [];
  isClosed = false;
  closedWith: number | undefined;
  private readonly handlers = new Map<string, Handler[]>();

  addEventListener(type: string, listener: Handler): void {
    this.handlers.set(type, [...(this.handlers.get(type) ?? []), listener]);
  }

  private happen(type: string, event: unknown): void {
    for (const handler of this.handlers.get(type) ?? []) handler(event as never);
  }

  send(data: Uint8Array): void {
    this.sent.push(clientFrames.decode(data));
  }

  close(code?: number): void {
    this.isClosed = true;
    this.closedWith = code;
  }

  open(): void {
    this.readyState = 1;
    this.happen('open', undefined);
  }

  say(message: ServerMessage): void {
    this.hear(serverFrames.encode(message));
  }

  hear(frame: Uint8Array): void {
    this.happen('message', { data: frame.slice().buffer });
  }

  end(code: number, reason = ''): void {
    this.happen('close', { code, reason });
  }
}
