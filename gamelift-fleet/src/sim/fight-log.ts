import { type LogKind, logKinds } from '#shared/contract/fight-log-kinds.ts';
import { balance } from './balance.ts';

const kindNumbers = Object.fromEntries(logKinds.map((kind, index) => [kind, index])) as Readonly<
  Record<LogKind, number>
>;

/** Who is meant in a log: the NPC of the fight, one of its members by number from 1, or somebody. */
export const NPC_SIDE = 0;
export const SOMEBODY = 63;
/** An ability that is not told apart from others. */
export const ANY_ABILITY = 511;

const FIRST_ROWS = 16;
/** A row's key: nine bits of ability, six of each fighter, four of kind. */
const [ABILITY_BITS, SOURCE_BITS, TARGET_BITS] = [16, 10, 4];
const FIGHTER_MASK = 63;
const KIND_MASK = 15;
/** Beyond every key. */
const BUCKET_STEP = 2 ** 25;

/** One sum of a log. */
export interface LogRow {
  /** Counts spans of `bucketTicks` from the fight's beginning. */
  readonly bucket: number;
  readonly source: number;
  readonly target: number;
  readonly ability: number;
  readonly kind: LogKind;
  readonly count: number;
  readonly amount: number;
}

/**
 * What happened in a fight, added up by time, maker, target, ability and kind: in seconds at first. When there are too
 * many rows, they are added up over twice the time, again and again until the whole fight is one span, then without
 * telling abilities apart, at last without telling fighters apart: nothing is left out, and there is always room.
 */
export class FightLog {
  bucketTicks = balance.combat.log.bucketTicks;
  tellsAbilities = true;
  tellsFighters = true;
  private readonly startTick: number;
  private size = 0;
  /** Rise from row to row. */
  private buckets = new Uint32Array(FIRST_ROWS);
  private keys = new Uint32Array(FIRST_ROWS);
  private counts = new Uint32Array(FIRST_ROWS);
  private amounts = new Float64Array(FIRST_ROWS);
  private checksum = 0;

  constructor(startTick: number) {
    this.startTick = startTick;
  }

  get rowCount(): number {
    return this.size;
  }

  note(tick: number, source: number, target: number, ability: number, kind: LogKind, amount: number): void {
    const whole = (ability << ABILITY_BITS) | (source << SOURCE_BITS) | (target << TARGET_BITS) | kindNumbers[kind];
    this.checksum = (Math.imul(this.checksum, 31) + whole + amount) | 0;
    const key = this.keyAsTold(whole);
    const bucket = Math.floor((tick - this.startTick) / this.bucketTicks);
    for (let row = this.size - 1; row >= 0 && this.buckets[row] === bucket; row--) {
      if (this.keys[row] !== key) continue;
      this.counts[row]! += 1;
      this.amounts[row]! += amount;
      return;
    }
    this.add(bucket, key, 1, amount);
    if (this.size === balance.combat.log.maxRows) this.makeRoom(tick);
  }

  *rows(): IterableIterator<LogRow> {
    for (let row = 0; row < this.size; row++) {
      const key = this.keys[row]!;
      yield {
        bucket: this.buckets[row]!,
        source: (key >> SOURCE_BITS) & FIGHTER_MASK,
        target: (key >> TARGET_BITS) & FIGHTER_MASK,
        ability: key >> ABILITY_BITS,
        kind: logKinds[key & KIND_MASK]!,
        count: this.counts[row]!,
        amount: this.amounts[row]!,
      };
    }
  }

  /** For the state hash. */
  digest(): readonly number[] {
    return [this.checksum, this.size, this.bucketTicks];
  }

  private keyAsTold(key: number): number {
    const ability = this.tellsAbilities ? key >> ABILITY_BITS : ANY_ABILITY;
    const source = this.asTold((key >> SOURCE_BITS) & FIGHTER_MASK);
    const target = this.asTold((key >> TARGET_BITS) & FIGHTER_MASK);
    return (ability << ABILITY_BITS) | (source << SOURCE_BITS) | (target << TARGET_BITS) | (key & KIND_MASK);
  }

  private asTold(fighter: number): number {
    return this.tellsFighters || fighter === NPC_SIDE ? fighter : SOMEBODY;
  }

  private add(bucket: number, key: number, count: number, amount: number): void {
    if (this.size === this.keys.length) this.grow();
    const row = this.size++;
    this.buckets[row] = bucket;
    this.keys[row] = key;
    this.counts[row] = count;
    this.amounts[row] = amount;
  }

  private grow(): void {
    const { buckets, keys, counts, amounts } = this;
    const rows = Math.min(balance.combat.log.maxRows, 2 * this.size);
    this.buckets = new Uint32Array(rows);
    this.keys = new Uint32Array(rows);
    this.counts = new Uint32Array(rows);
    this.amounts = new Float64Array(rows);
    this.buckets.set(buckets);
    this.keys.set(keys);
    this.counts.set(counts);
    this.amounts.set(amounts);
  }

  /** Adds up coarser until a quarter of the rows is free again. */
  private makeRoom(tick: number): void {
    while (this.size > 0.75 * balance.combat.log.maxRows) {
      if (tick - this.startTick >= this.bucketTicks) {
        this.bucketTicks *= 2;
        this.addUp(2);
      } else {
        if (this.tellsAbilities) this.tellsAbilities = false;
        else this.tellsFighters = false;
        this.addUp(1);
      }
    }
  }

  /** Adds rows up that are told alike by now, so many spans of time to one. */
  private addUp(spans: number): void {
    const found = new Map<number, number>();
    const { buckets, keys, counts, amounts, size } = this;
    this.size = 0;
    for (let from = 0; from < size; from++) {
      const bucket = Math.floor(buckets[from]! / spans);
      const key = this.keyAsTold(keys[from]!);
      const name = bucket * BUCKET_STEP + key;
      const row = found.get(name);
      if (row === undefined) {
        found.set(name, this.size);
        this.add(bucket, key, counts[from]!, amounts[from]!);
      } else {
        counts[row]! += counts[from]!;
        amounts[row]! += amounts[from]!;
      }
    }
  }
}
