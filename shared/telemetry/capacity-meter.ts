import { AsyncLocalStorage } from 'node:async_hooks';

/** DynamoDB capacity units that a piece of work has consumed. Refused writes report nothing, and are not in it. */
export interface ConsumedCapacity {
  readUnits: number;
  /** As the service reported them. */
  writeUnits: number;
  /**
   * As AWS documents them: transactions by `transactionWriteUnits`, everything else as reported. DynamoDB Local reports
   * transactions wrongly; on AWS the two figures agree.
   */
  writeUnitsByRule: number;
  /** Requests to the table. */
  calls: number;
}

interface Meter {
  readonly consumed: ConsumedCapacity;
  /** The meter around this one: what is counted here is counted there too. */
  readonly outer: Meter | undefined;
}

const storage = new AsyncLocalStorage<Meter>();

/** Counts for the whole process, whatever other meters run. */
let ofProcess = noCapacity();

export function noCapacity(): ConsumedCapacity {
  return { readUnits: 0, writeUnits: 0, writeUnitsByRule: 0, calls: 0 };
}

/** Runs `work` and fills `consumed` with what its table calls cost. Meters may stand inside each other. */
export function meterCapacity<T>(consumed: ConsumedCapacity, work: () => Promise<T>): Promise<T> {
  return storage.run({ consumed, outer: storage.getStore() }, work);
}

/** What the innermost running meter has counted so far; nothing outside of one. */
export function capacitySoFar(): Readonly<ConsumedCapacity> {
  return storage.getStore()?.consumed ?? noCapacity();
}

/** What the process has consumed since this was last asked; for processes that serve many at once. */
export function takeProcessCapacity(): Readonly<ConsumedCapacity> {
  const taken = ofProcess;
  ofProcess = noCapacity();
  return taken;
}

/**
 * The consumption as fields of a metric line, in units. Fields, since a metric of its own per function would be paid for
 * every month, and the table's own metrics hold the sums.
 */
export function capacityFields(consumed: Readonly<ConsumedCapacity>): Record<string, number> {
  return {
    ReadUnits: consumed.readUnits,
    WriteUnits: consumed.writeUnits,
    WriteUnitsByRule: consumed.writeUnitsByRule,
    TableCalls: consumed.calls,
  };
}

/** Adds one call's cost, as the service reported it, to every meter that is running. */
export function recordCapacity(kind: 'read' | 'write' | 'transaction', units: number): void {
  toEveryMeter((consumed) => {
    consumed.calls += 1;
    if (kind === 'read') consumed.readUnits += units;
    else consumed.writeUnits += units;
    if (kind === 'write') consumed.writeUnitsByRule += units;
  });
}

/** Adds what a transaction costs by AWS's rule. */
export function recordTransactionByRule(units: number): void {
  toEveryMeter((consumed) => {
    consumed.writeUnitsByRule += units;
  });
}

function toEveryMeter(add: (consumed: ConsumedCapacity) => void): void {
  add(ofProcess);
  for (let meter = storage.getStore(); meter; meter = meter.outer) add(meter.consumed);
}
