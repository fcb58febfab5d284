import type { ItemLeg, MintLeg } from '#functions/inventory/public.ts';
import { transferItems } from '#functions/inventory/public.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { saveProgressionWrite } from '#functions/progression/store.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type CharacterId, createId, type ItemId, type Slug } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { TestWorld } from './test-world.ts';

export type Owner = Actor & { readonly characterId: CharacterId };

function operation() {
  return createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
}

/** A player with a live session, whose character has a class and a level. */
export async function owner(
  world: TestWorld,
  { classId = 'gunhand', level = 1 }: { readonly classId?: string; readonly level?: number } = {},
): Promise<Owner> {
  const actor = (await world.openSession(world.actor({ characterId: createId('chr') }))) as Owner;
  const { progression, changes } = initialProgression({ ...actor, classId });
  await operation().commit(changes);
  if (level > 1) await operation().commit({ writes: [saveProgressionWrite({ ...progression, level, version: 2 })] });
  return actor;
}

/** Commits moves of items as somebody else's transaction would. */
export async function moveItems(world: TestWorld, legs: readonly ItemLeg[]) {
  return withConflictRetry(async () => {
    const cause = { reason: 'test', cause: createId('opr'), atMs: world.clock.nowMs() };
    const { items, changes } = await transferItems(legs, cause);
    await operation().commit(changes);
    return items;
  });
}

/** Gives a character new items; answers their ids. */
export async function giveNew(
  world: TestWorld,
  characterId: CharacterId,
  templateId: Slug,
  count = 1,
  more: Partial<MintLeg> = {},
): Promise<readonly ItemId[]> {
  const leg: MintLeg = {
    kind: 'mint',
    templateId,
    count,
    origin: 'test',
    source: [createId('opr')],
    destination: { to: 'character', characterId, overflow: 'refuse' },
    ...more,
  };
  return (await moveItems(world, [leg])).map(({ itemId }) => itemId);
}
