/** A version of something that a transaction has read or made. */
interface Access {
  readonly object: string;
  readonly version: number;
}

/** One transaction as the game means it: a settlement is one, from its beginning to its end. */
interface Transaction {
  readonly reads: Access[];
  readonly writes: Access[];
  /** At which of the simulation's steps it was first asked for, and first answered with success. */
  beganAt?: number;
  endedAt?: number;
}

/** Who has read and made which version of what, and when they were asked for and answered. */
export class History {
  private readonly known = new Map<string, Transaction>();

  get transactions(): ReadonlyMap<string, Transaction> {
    return this.known;
  }

  read(transaction: string, object: string, version: number): void {
    this.of(transaction).reads.push({ object, version });
  }

  wrote(transaction: string, object: string, version: number): void {
    this.of(transaction).writes.push({ object, version });
  }

  /** @param endedAt unset: its caller was never told that it succeeded. */
  lasted(transaction: string, beganAt: number, endedAt: number | undefined): void {
    const one = this.of(transaction);
    one.beganAt = Math.min(one.beganAt ?? beganAt, beganAt);
    if (endedAt !== undefined) one.endedAt = Math.min(one.endedAt ?? endedAt, endedAt);
  }

  private of(transaction: string): Transaction {
    let one = this.known.get(transaction);
    if (!one) {
      one = { reads: [], writes: [] };
      this.known.set(transaction, one);
    }
    return one;
  }
}
