import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Holds picking up back while everything is counted: reading a large table takes many requests, and would find an item
 * that moves meanwhile twice, or nowhere.
 */
export class PickUpGate {
  private readonly underWay = new Set<Promise<unknown>>();
  private opening: Promise<void> | undefined;

  /** Acts at once, or when the count is over. */
  async through<T>(act: () => Promise<T>): Promise<T> {
    while (this.opening) await this.opening;
    const running = act();
    this.underWay.add(running);
    try {
      return await running;
    } finally {
      this.underWay.delete(running);
    }
  }

  /** Once all that was held back has been carried out, and all that is under way. */
  async settled(): Promise<void> {
    await nextTurn();
    await Promise.allSettled(this.underWay);
  }

  /** Counts once all that is under way has ended. */
  async shutWhile<T>(count: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.opening = promise;
    try {
      await Promise.allSettled(this.underWay);
      return await count();
    } finally {
      this.opening = undefined;
      resolve();
    }
  }
}
