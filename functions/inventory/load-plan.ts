import type { Changes } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { Arrivals } from './arrivals.ts';
import { isMove } from './give.ts';
import { characterOf } from './holders.ts';
import type { ItemLeg, MoveCause } from './legs.ts';
import { type Bag, MovePlan, postingOf } from './plan.ts';
import { type KnownItems, planTransfer } from './plan-transfer.ts';
import { type Container, containerSlots } from './rules.ts';
import { listHeld, readItems } from './store.ts';
import { bagWrite, readBag } from './store-bags.ts';
import { handOverWrites } from './store-hand-overs.ts';
import { itemWrites } from './store-writes.ts';

interface ContainerRef {
  readonly characterId: CharacterId;
  readonly container: Container;
}

/** Where legs take from and put into, each container once. */
function containersOf(legs: readonly ItemLeg[]): { readonly all: ContainerRef[]; readonly joinable: ContainerRef[] } {
  const all = new Map<string, ContainerRef>();
  const joinable = new Map<string, ContainerRef>();
  const note = (map: Map<string, ContainerRef>, ref: ContainerRef) =>
    map.set(`${ref.characterId}/${ref.container}`, ref);
  for (const leg of legs) {
    if (leg.kind === 'keep') continue;
    const giver = isMove(leg) ? characterOf(leg.from) : undefined;
    if (isMove(leg) && giver) note(all, { characterId: giver, container: leg.container ?? 'bag' });
    const { destination } = leg;
    if (destination.to === 'equipment') {
      note(all, { characterId: destination.characterId, container: 'equipment' });
    }
    if (destination.to !== 'character') continue;
    const ref = { characterId: destination.characterId, container: destination.container ?? 'bag' };
    note(all, ref);
    if (isMove(leg)) note(joinable, ref);
  }
  return { all: [...all.values()], joinable: [...joinable.values()] };
}

/** Reads what legs need to be planned. Joining stacks needs a look at what lies there; a settlement joins none. */
export async function loadPlan(
  legs: readonly ItemLeg[],
  cause: MoveCause,
  { joins }: { readonly joins: boolean },
): Promise<{ readonly plan: MovePlan; readonly known: KnownItems }> {
  const { all, joinable } = containersOf(legs);
  const [items, bags, held] = await Promise.all([
    readItems(legs.flatMap((leg) => (leg.kind === 'mint' ? [] : [leg.itemId]))),
    Promise.all(all.map(({ characterId, container }): Promise<Bag> => readBag(characterId, container))),
    Promise.all(
      (joins ? joinable : []).map(({ characterId, container }) =>
        listHeld(characterId, container, containerSlots[container]),
      ),
    ),
  ]);
  const plan = new MovePlan(cause, bags);
  // What a list shows wrongly is no reason to begin again: nothing joins it.
  return { plan, known: { items, held: held.flat().filter((item) => plan.isTaken(item)) } };
}

/** Plans a move in one transaction from what is there now; see `planTransfer`. */
export async function planned(legs: readonly ItemLeg[], cause: MoveCause) {
  const { plan, known } = await loadPlan(legs, cause, { joins: true });
  const { items, letters } = planTransfer(plan, new Arrivals(plan), known, legs);
  return { plan, items, letters };
}

/** The writes of a plan: of each item with its chain, of each character between whom items went, and of each container. */
export function changesOf(plan: MovePlan): Changes {
  return {
    writes: [
      ...plan.itemChanges.flatMap((change) => itemWrites(change, postingOf(change, plan.cause))),
      ...handOverWrites(plan.postings),
      ...plan.bagChanges.map(bagWrite),
    ],
  };
}
