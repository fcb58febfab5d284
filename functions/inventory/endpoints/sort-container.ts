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
    const plan = await arrangePlan({ characterId, reason: 'sort', cause: operation.id, atMs: nowMs });
    const held = await listHeld(characterId, container, containerSlots[container]);
    // What has come since the container was read, or had gone by then, stays out of it.
    const isSorted = planSort(
      plan,
      held.filter((item) => plan.isTaken(item)),
    );
    const { changes, reply } = arranged(plan, characterId);
    return commit(changes, { ...reply, isSorted });
  }),
);
