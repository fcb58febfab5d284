import type { actionResults } from '#shared/contract/zone-protocol.ts';

/**
 * The server's answer to an action; that the connection ended before it came; or that it was not sent, because the line
 * is held up and what was aimed at is long past.
 */
export type ActionResult = keyof typeof actionResults | 'disconnected' | 'held_up';

/** Actions that wait for their answer, by their number. */
export class Actions {
  private readonly pending = new Map<number, (result: ActionResult) => void>();
  /** Of the connection before: unanswered once what was missed is told. */
  private overdue: readonly number[] = [];
  private seq = 0;

  /** Numbers an action and sends it; `send` answers whether it is on its way. */
  ask(send: (actionSeq: number) => boolean): Promise<ActionResult> {
    this.seq = (this.seq + 1) & 0xffff;
    const { seq } = this;
    return new Promise((resolve) => {
      if (send(seq)) this.pending.set(seq, resolve);
      else resolve('disconnected');
    });
  }

  answer(actionSeq: number, result: ActionResult): void {
    this.pending.get(actionSeq)?.(result);
    this.pending.delete(actionSeq);
  }

  /** The connection broke: answers may still come with the next one, until {@link giveUpOverdue}. */
  interrupted(): void {
    this.overdue = [...this.pending.keys()];
  }

  giveUpOverdue(): void {
    for (const actionSeq of this.overdue) this.answer(actionSeq, 'disconnected');
    this.overdue = [];
  }

  end(): void {
    for (const resolve of this.pending.values()) resolve('disconnected');
    this.pending.clear();
  }
}
