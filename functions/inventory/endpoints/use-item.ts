import { items as itemTemplates } from '#content/items.ts';
import { ITEM_USED } from '#events/inventory.ts';
import { progressionOf } from '#functions/progression/public.ts';
import { presenceOf, refreshCharacter } from '#functions/zone/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { SECOND_MS, toIso } from '#shared/kernel/clock.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { arranged, arrangePlan, ownItem } from '../arrange.ts';
import { useItem } from '../contract-use.ts';
import { planUse } from '../plan-use.ts';
import { requireFit } from '../rules-wear.ts';
import { cooldownWrite, readCooldown } from '../store-cooldowns.ts';

/** One transaction: the charge is gone, the cool-down runs, the zone hears of the effect. */
export const handler = endpointHandler(useItem, ({ input, actor, operation, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId, characterId } = actor;
    const cause = { characterId, reason: 'used', cause: operation.id, atMs: nowMs };
    const [item, plan, user, presence] = await Promise.all([
      ownItem(input.params.itemId, cause, { version: input.body.version, containers: ['bag'] }),
      arrangePlan(cause),
      progressionOf(characterId),
      presenceOf(characterId),
    ]);
    const template = itemTemplates.get(item.templateId);
    const { use, quality } = template;
    if (!use) throw fail('inventory.not_usable');
    if (!user) throw fail('request.not_found');
    requireFit(template, user);
    const readyAtMs = await readCooldown(characterId, template.id);
    if (readyAtMs > nowMs) {
      throw fail('inventory.on_cooldown', {}, { retryAfterSeconds: Math.ceil((readyAtMs - nowMs) / SECOND_MS) });
    }
    planUse(plan, item);
    const { changes, reply } = arranged(plan, characterId);
    const { itemId, templateId } = item;
    const zoneId = presence?.zoneId && zoneOf(presence.zoneId);
    const told = event(ITEM_USED, {
      aggregateId: itemId,
      aggregateSeq: item.ver + 1,
      data: { itemId, templateId, quality, count: 1, accountId, characterId, ...(zoneId ? { zoneId } : {}) },
    });
    const runsUntilMs = nowMs + use.cooldownMs;
    const cooldown = cooldownWrite({ characterId, templateId, readyAtMs: runsUntilMs, nowMs });
    return commit(
      mergeChanges(changes, { writes: [cooldown], events: [told] }, refreshCharacter(presence, nowMs, use.effects)),
      { ...reply, effects: use.effects, readyAt: toIso(runsUntilMs) },
    );
  }),
);
