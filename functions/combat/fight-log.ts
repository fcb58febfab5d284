import { type LogKind, logKinds } from '#shared/contract/fight-log-kinds.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';

/** A fight's log has at most so many entries: deflated they are under 16 KB. */
export const MAX_LOG_ENTRIES = 1_000;

/** A sum of a fight: how often this happened between these two in this span of time, and how much it was. */
export interface LogEntry {
  /** Counts spans of `spanMs` from the fight's beginning. */
  readonly span: number;
  /** Unset: not told apart from others. */
  readonly source: CharacterId | 'npc' | undefined;
  readonly target: CharacterId | 'npc' | undefined;
  readonly ability: Slug | undefined;
  readonly kind: LogKind;
  readonly count: number;
  /** Health, or what shields took; 0 for what takes none. */
  readonly amount: number;
}

/** What happened in a fight, added up. A long fight of many is added up coarser than one of few; nothing is left out. */
export interface FightLog {
  readonly spanMs: number;
  readonly tellsAbilities: boolean;
  readonly tellsFighters: boolean;
  readonly entries: readonly LogEntry[];
}

/** Of a fight in which nothing has happened. */
export const noLog: FightLog = { spanMs: SECOND_MS, tellsAbilities: true, tellsFighters: true, entries: [] };

type Row = readonly [span: number, source: number, target: number, ability: number, ...figures: number[]];

/** A log with every name once: the form in which it is stored. */
export interface PackedLog {
  readonly spanMs: number;
  readonly tells: readonly [abilities: boolean, fighters: boolean];
  readonly fighters: readonly string[];
  readonly abilities: readonly string[];
  readonly rows: readonly Row[];
}

/** @throws RangeError when it has more entries than any log. */
export function packLog({ spanMs, tellsAbilities, tellsFighters, entries }: FightLog): PackedLog {
  if (entries.length > MAX_LOG_ENTRIES) throw new RangeError(`a fight's log has ${entries.length} entries`);
  const fighters = new Names();
  const abilities = new Names();
  const rows = entries.map(
    ({ span, source, target, ability, kind, count, amount }): Row => [
      span,
      fighters.indexOf(source),
      fighters.indexOf(target),
      abilities.indexOf(ability),
      logKinds.indexOf(kind),
      count,
      amount,
    ],
  );
  const tells = [tellsAbilities, tellsFighters] as const;
  return { spanMs, tells, fighters: fighters.all, abilities: abilities.all, rows };
}

export function unpackLog({ spanMs, tells, fighters, abilities, rows }: PackedLog): FightLog {
  const entries = rows.map(([span, source, target, ability, kind, count, amount]) => ({
    span,
    source: fighters[source] as LogEntry['source'],
    target: fighters[target] as LogEntry['target'],
    ability: abilities[ability],
    kind: logKinds[kind!]!,
    count: count!,
    amount: amount!,
  }));
  return { spanMs, tellsAbilities: tells[0], tellsFighters: tells[1], entries };
}

/** Names by the order in which they were first met. */
class Names {
  private readonly indexes = new Map<string, number>();

  /** -1: no name. */
  indexOf(name: string | undefined): number {
    if (name === undefined) return -1;
    const known = this.indexes.get(name);
    if (known !== undefined) return known;
    this.indexes.set(name, this.indexes.size);
    return this.indexes.size - 1;
  }

  get all(): readonly string[] {
    return [...this.indexes.keys()];
  }
}
