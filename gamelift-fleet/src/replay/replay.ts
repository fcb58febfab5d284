import { PLAYER } from '../sim/entities.ts';
import { Simulation } from '../sim/simulation.ts';
import { definitionHash, type LogHeader, type LogLine } from './input-log.ts';

/** The log cannot be replayed, and why. */
export class UnreadableLog extends Error {}

export interface ReplayReport {
  readonly header: LogHeader;
  /** The definition is no longer what it was when the log was written: somebody has changed the file. */
  readonly isTampered: boolean;
  readonly ticks: number;
  readonly checkedHashes: number;
  /** The first tick whose state is not what the log says; undefined: none. */
  readonly differsAtTick: number | undefined;
  /** The last tick before it that was as the log says. */
  readonly agreedTick: number | undefined;
  /** Why the log ends before its zone did. */
  readonly ended: 'full' | 'slow' | 'cut' | undefined;
  readonly stateHash: string;
  readonly players: readonly {
    readonly slot: number;
    readonly name: string;
    readonly characterId: string;
    readonly x: number;
    readonly y: number;
    readonly health: number;
  }[];
  readonly npcs: number;
}

/**
 * Lives a zone's life again from its log. `untilTick` stops there; `verify` holds every hash in the log against the
 * state and stops at the first that differs. @throws UnreadableLog
 */
export async function replay(
  lines: AsyncIterable<string> | Iterable<string>,
  { untilTick = Number.POSITIVE_INFINITY, verify = false }: { untilTick?: number; verify?: boolean } = {},
): Promise<ReplayReport> {
  let header: LogHeader | undefined;
  let sim: Simulation | undefined;
  let checkedHashes = 0;
  let differsAtTick: number | undefined;
  let agreedTick: number | undefined;
  let ended: ReplayReport['ended'];
  for await (const text of lines) {
    if (ended === 'cut') throw new UnreadableLog(`a line in the middle is broken`);
    const line = parse(text);
    if (!line) {
      // The process ended in the middle of its last line.
      ended = 'cut';
      continue;
    }
    if (!sim || !header) {
      header = headerOf(line);
      const { definition, seed, capacity, dead, spent, underWay } = header;
      sim = new Simulation(definition, { seed, capacity, dead, spent, underWay });
      continue;
    }
    const entry = line as LogLine;
    if (entry.t > untilTick) break;
    const before = 'i' in entry ? entry.t - 1 : entry.t;
    if (before < sim.tick) throw new UnreadableLog(`tick ${entry.t} comes after tick ${sim.tick}`);
    if ('end' in entry) {
      ended = entry.end;
      break;
    }
    while (sim.tick < before) sim.step([]);
    if ('i' in entry) sim.step(entry.i);
    else if (verify) {
      checkedHashes += 1;
      if (sim.stateHash() !== entry.h) {
        differsAtTick = entry.t;
        break;
      }
      agreedTick = entry.t;
    }
  }
  if (!sim || !header) throw new UnreadableLog('there is no log in it');
  if (differsAtTick === undefined) while (sim.tick < untilTick && Number.isFinite(untilTick)) sim.step([]);
  const { entities, players } = sim.state;
  return {
    header,
    isTampered: definitionHash(header.definition) !== header.definitionHash,
    ticks: sim.tick,
    checkedHashes,
    differsAtTick,
    agreedTick,
    ended,
    stateHash: sim.stateHash(),
    players: [...players.values()].map(({ slot, name, characterId }) => ({
      slot,
      name,
      characterId,
      x: entities.x[slot]!,
      y: entities.y[slot]!,
      health: entities.health[slot]!,
    })),
    npcs: [...entities.slots()].filter((slot) => entities.sort[slot] !== PLAYER).length,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function headerOf(line: unknown): LogHeader {
  const header = line as LogHeader;
  if (header.format !== 1) throw new UnreadableLog('it does not begin as a log of inputs does');
  return header;
}
