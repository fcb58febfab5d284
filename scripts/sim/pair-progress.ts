import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { seededRandom } from '#shared/testing/seeded-random.ts';

/** The order of first faults: the same in every process, so that shards are parts of one whole. */
const ORDER_SEED = 1;

/**
 * The part of a list that one of several processes works on, in an order that spreads it.
 * @param shard such as `2/8`: the second of eight; unset: all.
 * @throws RangeError for anything else.
 */
export function shardOf<T>(shard: string | undefined, all: readonly T[]): readonly T[] {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(shard ?? '1/1') ?? [];
  const [mine, of] = [Number(part), Number(parts)];
  if (!(mine >= 1 && mine <= of)) throw new RangeError(`a shard is one such as 2/8, not ${shard}`);
  const [left, random] = [[...all], seededRandom(ORDER_SEED)];
  const mixed = all.map(() => left.splice(random.int(0, left.length - 1), 1)[0]!);
  return mixed.filter((_one, index) => index % of === mine - 1);
}

/** Which first faults have had all their second ones: kept in a file, so that another run goes on from there. */
export class PairProgress {
  private readonly file: string | undefined;
  private readonly known = new Map<string, number>();

  /** @param file unset: nothing is kept. Shards need files of their own, or may share one. */
  constructor(file: string | undefined) {
    this.file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [name, schedules] = line.split('\t');
      if (name && schedules) this.known.set(name, Number(schedules));
    }
  }

  /** @param first its operation and its fault. */
  has(first: string): boolean {
    return this.known.has(first);
  }

  /** @param schedules how many second faults were tried after it. */
  done(first: string, schedules: number): void {
    this.known.set(first, schedules);
    if (this.file !== undefined) appendFileSync(this.file, `${first}\t${schedules}\n`);
  }

  /** How far it has come, by operation. @param of how many first faults there are. */
  report(of: number): string {
    const byOperation = new Map<string, { firsts: number; schedules: number }>();
    for (const [first, schedules] of this.known) {
      const operation = first.split(' ')[0]!;
      const sum = byOperation.get(operation) ?? { firsts: 0, schedules: 0 };
      sum.firsts += 1;
      sum.schedules += schedules;
      byOperation.set(operation, sum);
    }
    const lines = [...byOperation]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, { firsts, schedules }]) =>
          `${name.padEnd(20)} ${String(firsts).padStart(5)} ${String(schedules).padStart(8)}`,
      );
    const total = [...this.known.values()].reduce((sum, schedules) => sum + schedules, 0);
    return [
      `operation            first    pairs`,
      ...lines,
      `${this.known.size} of ${of} first faults, ${total} schedules`,
    ].join('\n');
  }
}
