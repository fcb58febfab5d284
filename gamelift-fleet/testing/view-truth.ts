import { scalars } from '#shared/contract/zone-fields.ts';
import { METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';
import type { Replica } from '../client/replica.ts';
import type { SimState } from '../src/sim/state.ts';

const utf8 = new TextDecoder();

/** What a player in this slot must see: everything in these cells, its 3×3 unless told otherwise, as the wire rounds it. A line each. */
export function viewTruth(state: SimState, slot: number, cells: ArrayLike<number> = ownCells(state, slot)): string[] {
  const { entities, grid, zone: area, casts, auras } = state;
  const inView = new Set(Array.from(cells));
  const wire = (metres: number) => Math.round(metres / METRES_PER_UNIT) * METRES_PER_UNIT;
  return [...entities.slots()]
    .filter((id) => inView.has(grid.cellOf[id]!))
    .map((id) =>
      [
        id,
        wire(entities.x[id]! - area.originX),
        wire(entities.y[id]! - area.originY),
        (Math.round(entities.yaw[id]! / scalars.turn.perUnit) & 0xff) * scalars.turn.perUnit,
        entities.health[id],
        entities.maxHealth[id],
        entities.state[id],
        entities.flags[id],
        entities.level[id],
        entities.sort[id],
        entities.kind[id],
        entities.ack[id]! & 0xff,
        utf8.decode(entities.name[id]!),
        deedsOf(
          casts.of(id),
          auras.of(id).map((aura) => [aura.place, aura] as const),
        ),
        grid.cellOf[id],
      ].join(' '),
    )
    .sort();
}

function ownCells({ grid }: SimState, slot: number): Uint16Array {
  return grid.seenFrom(grid.cellOf[slot]!);
}

/** What a client shows, in the same lines. */
export function viewShown(replica: Replica): string[] {
  return [...replica.entities.values()]
    .map((one) =>
      [
        one.id,
        one.x,
        one.y,
        one.yaw,
        one.health,
        one.maxHealth,
        one.state,
        one.flags,
        one.level,
        one.sort,
        one.kind,
        one.ack,
        one.name,
        deedsOf(one.cast, [...one.auras]),
        one.cell,
      ].join(' '),
    )
    .sort();
}

/** What somebody is at, and what lasts on it. */
function deedsOf(
  cast: { readonly ability: number; readonly target: number; readonly endTick: number } | undefined,
  auras: readonly (readonly [
    number,
    { readonly ability: number; readonly source: number; readonly endTick: number },
  ])[],
): string {
  const lasting = auras.map(([place, { ability, source, endTick }]) => `${place}:${ability}:${source}:${endTick}`);
  return `${cast && `${cast.ability}>${cast.target}@${cast.endTick}`} ${lasting.sort().join()}`;
}
