import type { Destinations } from '#functions/platform/publisher.ts';
import type { SendChecks } from '#functions/settlement/publisher.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import type { Gateway } from '../client.ts';
import type { Sabotage } from '../sabotage.ts';

/** A defect that somebody might introduce, put between the system and what it works with. */
export interface PlantedBug {
  readonly name: string;
  /** Operations in which it can show; unset: in many. */
  readonly operations?: readonly string[];
  /** Changes requests to the table. */
  readonly table?: Sabotage;
  /** Stands in the place of the ledger. */
  readonly ledger?: (real: MemoryLedger) => Ledger;
  /** Stands in the place of the functions. */
  readonly gateway?: (real: Gateway) => Gateway;
  /** Stands between the relay and the bus. */
  readonly destinations?: (real: Destinations) => Destinations;
  /** Stands between settlements that begin and the queue on which they are looked at. */
  readonly checks?: (real: SendChecks) => SendChecks;
  /** Queues forget messages that were not handled. */
  readonly forgetsFailures?: true;
}
