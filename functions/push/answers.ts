import { connections } from './connections.ts';

/**
 * What a client gets for one message, in order. The last goes back as the gateway's own response, which spares a call to
 * it for nearly every frame; what comes before it is posted.
 */
export class Answers {
  private readonly connectionId: string;
  private last: string | undefined;

  constructor(connectionId: string) {
    this.connectionId = connectionId;
  }

  /** False when the connection is found gone. */
  async add(text: string): Promise<boolean> {
    const there = await this.flush();
    this.last = text;
    return there;
  }

  /** Posts what is still held back, before something else is sent by another way. False when the connection is gone. */
  async flush(): Promise<boolean> {
    const text = this.takeLast();
    return text === undefined || connections.post(this.connectionId, text);
  }

  /** The answer that is left to the gateway. */
  takeLast(): string | undefined {
    const text = this.last;
    this.last = undefined;
    return text;
  }
}
