import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import type { LootSettings, Party, PartyMember, ReadyCheck } from './rules.ts';
import type { LootSettingsView, PartyMemberView, PartyView, ReadyCheckView } from './shapes.ts';

export function memberView(member: PartyMember): z.input<typeof PartyMemberView> {
  const { accountId, characterId, name, joinedAtMs, awaySinceMs } = member;
  return { accountId, characterId, name, joinedAt: toIso(joinedAtMs), away: awaySinceMs !== undefined };
}

export function lootView({ method, threshold, masterLooterId }: LootSettings): z.input<typeof LootSettingsView> {
  return { method, threshold, ...(masterLooterId ? { masterLooterId } : {}) };
}

export function readyCheckView(check: ReadyCheck): z.input<typeof ReadyCheckView> {
  return {
    startedById: check.startedById,
    startedAt: toIso(check.startedAtMs),
    endsAt: toIso(check.endsAtMs),
    answers: [...check.answers].map(([characterId, ready]) => ({ characterId, ready })),
  };
}

/** A party as its members see it; a ready check only while it is under way. */
export function partyView(party: Party, check: ReadyCheck | undefined, nowMs: number): z.input<typeof PartyView> {
  return {
    partyId: party.partyId,
    leaderId: party.leaderId,
    members: party.members.map(memberView),
    loot: lootView(party.loot),
    createdAt: toIso(party.createdAtMs),
    version: party.version,
    ...(check && check.endsAtMs > nowMs ? { readyCheck: readyCheckView(check) } : {}),
  };
}
