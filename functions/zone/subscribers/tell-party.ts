import { partyOf } from '#functions/party/public.ts';
import { push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { tellParty } from '../contract.ts';
import { positionTopic } from '../position-topic.ts';
import { presenceOf } from '../public.ts';

/**
 * Somebody is elsewhere: all of its party are told where everybody is. Only what holds at this moment counts, so that it
 * does not matter in which order the events come.
 */
export const handler = subscriberHandler(tellParty, async ({ data: { characterId } }, { nowMs, commit }) => {
  const party = await partyOf(characterId);
  if (!party || party.members.length < 2) return;
  const places = await Promise.all(
    party.members.map(async (member) => {
      const unitId = (await presenceOf(member.characterId))?.zoneId;
      const { characterId: of } = member;
      return unitId === undefined ? { characterId: of } : { characterId: of, zoneId: zoneOf(unitId), unitId };
    }),
  );
  const message = { partyId: party.partyId, at: toIso(nowMs), places };
  await commit({ pushes: party.members.map((one) => push(positionTopic, { characterId: one.characterId }, message)) });
});
