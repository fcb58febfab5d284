import { AsyncLocalStorage } from 'node:async_hooks';

/** DynamoDB capacity units that a piece of work has consumed, as the service itself reported them. */
export interface ConsumedCapacity {
  readUnits: number;
  writeUnits: number;
  /** Requests to the table. */
  calls: number;
}

const storage = new AsyncLocalStorage<ConsumedCapacity>();

/** Runs `work` and fills `consumed` with what its table calls cost. */
export function meterCapacity<T>(consumed: ConsumedCapacity, work: () => Promise<T>): Promise<T> {
  return storage.run(consumed, work);
}

/** Adds one call's cost to the meter that is running, if any. */
export function recordCapacity(kind: 'read' | 'write', units: number): void {
  const meter = storage.getStore();
  if (!meter) return;
  meter.calls += 1;
  if (kind === 'read') meter.readUnits += units;
  else meter.writeUnits += units;
}
