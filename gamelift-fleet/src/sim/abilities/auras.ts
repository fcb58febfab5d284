import { balance } from '../balance.ts';
import type { EffectSpec } from '../definition.ts';

/** An effect of an ability that lasts on a body. */
export interface Aura {
  /** Names it on its body: 0 to `maxAuras` - 1. */
  readonly place: number;
  /** Index of the ability, and of the effect in it. */
  readonly ability: number;
  readonly effectIndex: number;
  readonly effect: EffectSpec;
  /** Slot of whoever put it there; 0: gone. */
  source: number;
  /** What its maker's attribute adds to each amount. */
  readonly bonus: number;
  readonly endTick: number;
  /** When its next amount is due; 0: never. */
  nextTick: number;
  /** What a shield can still take. */
  left: number;
}

const NONE: readonly Aura[] = [];

/** What lasts on the bodies of a zone, by slot; bounded for each body. */
export class Auras {
  /** Which places of a body are taken, a bit each, and which of them changed in this tick: what the wire tells. */
  readonly present: Uint16Array;
  readonly changed: Uint16Array;
  private readonly bySlot = new Map<number, Aura[]>();
  private readonly touched: number[] = [];

  constructor(capacity: number) {
    this.present = new Uint16Array(capacity + 1);
    this.changed = new Uint16Array(capacity + 1);
  }

  /** Forgets which ones changed. */
  beginTick(): void {
    for (const slot of this.touched) this.changed[slot] = 0;
    this.touched.length = 0;
  }

  of(slot: number): readonly Aura[] {
    return this.bySlot.get(slot) ?? NONE;
  }

  /** Bodies with auras, in the order in which they got their first one. */
  bodies(): IterableIterator<readonly [number, readonly Aura[]]> {
    return this.bySlot.entries();
  }

  at(slot: number, place: number): Aura | undefined {
    return this.bySlot.get(slot)?.find((aura) => aura.place === place);
  }

  /** Puts an aura on a body. The same effect of the same maker is renewed; on a full body the one to end first goes. */
  put(slot: number, made: Omit<Aura, 'place'>): void {
    const list = this.bySlot.get(slot) ?? [];
    if (list.length === 0) this.bySlot.set(slot, list);
    const same = list.find(
      ({ ability, effectIndex, source }) =>
        ability === made.ability && effectIndex === made.effectIndex && source === made.source,
    );
    const displaced = same ?? (list.length < balance.combat.maxAuras ? undefined : firstToEnd(list));
    const place = displaced?.place ?? freePlace(this.present[slot]!);
    if (displaced) list.splice(list.indexOf(displaced), 1);
    list.push({ ...made, place });
    this.present[slot]! |= 1 << place;
    this.note(slot, place);
  }

  remove(slot: number, aura: Aura): void {
    const list = this.bySlot.get(slot);
    const index = list?.indexOf(aura) ?? -1;
    if (!list || index < 0) return;
    list.splice(index, 1);
    if (list.length === 0) this.bySlot.delete(slot);
    this.present[slot]! &= ~(1 << aura.place);
    this.note(slot, aura.place);
  }

  /** Takes all from a body. */
  clear(slot: number): void {
    for (const aura of [...this.of(slot)]) this.remove(slot, aura);
  }

  /** A maker is gone: what works by itself for it ends, what it has given stays. */
  makerGone(source: number): void {
    for (const [slot, list] of this.bySlot)
      for (const aura of [...list]) {
        if (aura.source !== source || slot === source) continue;
        if (aura.nextTick > 0) this.remove(slot, aura);
        else {
          aura.source = 0;
          this.note(slot, aura.place);
        }
      }
  }

  private note(slot: number, place: number): void {
    if (this.changed[slot] === 0) this.touched.push(slot);
    this.changed[slot]! |= 1 << place;
  }

  /** For the state hash. */
  digest(): string {
    return JSON.stringify([...this.bySlot]);
  }
}

function firstToEnd(list: readonly Aura[]): Aura {
  return list.reduce((first, aura) => (aura.endTick < first.endTick ? aura : first));
}

function freePlace(taken: number): number {
  let place = 0;
  while (taken & (1 << place)) place += 1;
  return place;
}
