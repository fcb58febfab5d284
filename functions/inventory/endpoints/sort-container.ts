import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { arranged, arrangePlan } from '../arrange.ts';
import { requireBank } from '../bank.ts';
import { sortContainer } from '../contract-arrange.ts';
import { planSort } from '../plan-arrange.ts';
import { containerSlots } from '../rules.ts';
import { listHeld } from '../store.ts';

/** The list may be a second old: what it shows wrongly fails by its version, what it lacks keeps its slot. */
export const handler = endpointHandler(sortContainer, ({ input, actor, operation, nowMs, commit }) =>
  withConflictRetry(async () => {
    const { characterId } = actor;
    const { container } = input.body;
    if (container === 'bank') await requireBank(characterId);
    // The list first: what came after it has a slot that the container, read later, knows to be taken.
    const held = await listHeld(characterId, container, containerSlots[container]);
    const plan = await arrangePlan({ characterId, reason: 'sort', cause: operation.id, atMs: nowMs });
    const isSorted = planSort(plan, held);
    const { changes, reply } = arranged(plan, characterId);
    return commit(changes, { ...reply, isSorted });
  }),
);
