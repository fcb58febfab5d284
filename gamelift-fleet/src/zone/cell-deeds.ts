import type { ByteWriter } from '#fleet/protocol/bytes.ts';
import { writeAura, writeCast } from '#fleet/protocol/generated-codec.ts';
import type { SimState } from '../sim/state.ts';

/** What of casts and auras a cell's stream tells: what changed, and all of those who have just come. Rare. */

/** Whether a body's cast is told: 1 or 0. */
export function castsOf({ casts }: SimState, slot: number, isNew: boolean): number {
  if (isNew) return casts.of(slot) ? 1 : 0;
  return casts.changed[slot]!;
}

/** Numbers of a body's auras that are told, a bit each. */
export function aurasOf({ auras }: SimState, slot: number, isNew: boolean): number {
  return isNew ? auras.present[slot]! : auras.changed[slot]!;
}

export function bitsIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Writes both sections, of as many entries as were counted; an empty one has no bytes. */
export function writeDeeds(
  out: ByteWriter,
  state: SimState,
  roster: readonly number[],
  { casts, auras }: { readonly casts: number; readonly auras: number },
  isNew: (slot: number) => boolean,
): void {
  if (casts > 0) {
    out.varint(casts);
    for (const [at, slot] of roster.entries()) if (castsOf(state, slot, isNew(slot)) > 0) castAt(out, state, slot, at);
  }
  if (auras > 0) {
    out.varint(auras);
    for (const [at, slot] of roster.entries())
      for (let rest = aurasOf(state, slot, isNew(slot)); rest !== 0; rest &= rest - 1)
        auraAt(out, state, slot, at, 31 - Math.clz32(rest & -rest));
  }
}

const MOST_TICKS = 65_535;

function castAt(out: ByteWriter, { casts, tick }: SimState, slot: number, at: number): void {
  const cast = casts.of(slot);
  const ticks = cast ? Math.min(MOST_TICKS, Math.max(1, cast.endTick - tick)) : 0;
  writeCast(out, { at, ability: cast?.ability ?? 0, target: cast?.target ?? 0, ticks });
}

function auraAt(out: ByteWriter, { auras, tick }: SimState, slot: number, at: number, place: number): void {
  const aura = auras.at(slot, place);
  const ticks = aura ? Math.min(MOST_TICKS, Math.max(1, aura.endTick - tick)) : 0;
  writeAura(out, { at, aura: place, ability: aura?.ability ?? 0, source: aura?.source ?? 0, ticks });
}
