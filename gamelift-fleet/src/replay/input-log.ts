import { PROTOCOL_VERSION } from '#shared/contract/zone-protocol.ts';
import { canonicalJson, sha256 } from '#shared/kernel/canonical-json.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import type { DeadAtFirst, SimInput, Simulation } from '../sim/simulation.ts';
import type { EventAtFirst } from '../sim/world-events/runs.ts';
import type { SpentAtFirst } from '../sim/world-objects/objects.ts';

/** First line of a log: everything that a replay begins with. */
export interface LogHeader {
  readonly format: 1;
  readonly zoneId: string;
  readonly epoch: number;
  readonly seed: number;
  readonly capacity: number;
  readonly protocol: number;
  readonly node: string;
  readonly definitionHash: string;
  readonly definition: ZoneDefinition;
  readonly dead: readonly DeadAtFirst[];
  readonly spent: readonly SpentAtFirst[];
  readonly underWay: readonly EventAtFirst[];
}

/** A later line: a tick's inputs, the state's hash after a tick, or why the log ends before the zone does. */
export type LogLine =
  | { readonly t: number; readonly i: readonly SimInput[] }
  | { readonly t: number; readonly h: string }
  | { readonly t: number; readonly end: 'full' | 'slow' };

/** Where lines go. `pendingBytes`: handed in, but not written yet. */
export interface LogSink {
  write(line: string): void;
  readonly pendingBytes: number;
}

export interface InputLogLimits {
  /** Ticks from one hash of the state to the next. */
  readonly hashEveryTicks: number;
  readonly maxBytes: number;
  readonly maxPendingBytes: number;
}

export const inputLogLimits: InputLogLimits = {
  hashEveryTicks: 200,
  /** A longer log ends: about a day of a busy zone. */
  maxBytes: 1_073_741_824,
  /** A disk that is so far behind ends the log, not the zone. */
  maxPendingBytes: 16_777_216,
};

export function definitionHash(definition: ZoneDefinition): string {
  return sha256(canonicalJson(definition));
}

/**
 * Writes down what reaches one life of a zone, from its first tick: with that the life can be lived again. It holds
 * names and account ids, so it is off unless somebody asks for it.
 */
export class InputLog {
  private readonly sink: LogSink;
  private readonly life: { readonly epoch: number; readonly seed: number };
  private readonly limits: InputLogLimits;
  private bytes = 0;
  private hasEnded = false;

  constructor(
    sink: LogSink,
    life: { readonly epoch: number; readonly seed: number },
    limits: InputLogLimits = inputLogLimits,
  ) {
    this.sink = sink;
    this.life = life;
    this.limits = limits;
  }

  /** A tick is about to happen with these inputs. */
  record(sim: Simulation, tick: number, inputs: readonly SimInput[]): void {
    if (this.hasEnded) return;
    const { zone, entities } = sim.state;
    const last = tick - 1;
    if (this.bytes === 0)
      this.write({
        format: 1,
        zoneId: zone.id,
        ...this.life,
        capacity: entities.capacity,
        protocol: PROTOCOL_VERSION,
        node: process.version,
        definitionHash: definitionHash(zone),
        definition: zone,
        dead: sim.dead,
        spent: sim.spent,
        underWay: sim.underWay,
      } satisfies LogHeader);
    if (last % this.limits.hashEveryTicks === 0) this.write({ t: last, h: sim.stateHash() } satisfies LogLine);
    if (inputs.length > 0) this.write({ t: tick, i: inputs } satisfies LogLine);
    const end =
      this.bytes > this.limits.maxBytes
        ? 'full'
        : this.sink.pendingBytes > this.limits.maxPendingBytes
          ? 'slow'
          : undefined;
    if (!end) return;
    this.write({ t: tick, end } satisfies LogLine);
    this.hasEnded = true;
  }

  private write(line: LogHeader | LogLine): void {
    const text = `${JSON.stringify(line)}\n`;
    this.bytes += text.length;
    this.sink.write(text);
  }
}
