import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_SWITCHED } from '#events/character.ts';
import { SESSION_CLOSED, SESSION_DISCONNECTED, SESSION_RESTED, SESSION_RESUMED } from '#events/session.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CharacterId } from '#shared/kernel/ids.ts';
import { acceptInvite, declineInvite, invite, listInvites } from './contract-invites.ts';
import { partyErrors } from './errors.ts';
import { partyLimits } from './rules.ts';
import { LootMethod, LootThreshold, PartyView, ReadyCheckView } from './shapes.ts';
import { partyEventsTopic } from './topics.ts';

export const createParty = defineEndpoint({
  id: 'party.create-party',
  method: 'POST',
  path: '/api/v1/party',
  summary: 'Form a party that the selected character leads',
  description: `A party has at most ${partyLimits.members} members; a character is in one at a time.`,
  auth: 'character',
  body: z.strictObject({ lootMethod: LootMethod.optional(), lootThreshold: LootThreshold.optional() }),
  success: 201,
  response: PartyView,
  errors: ['party.already_in_party'],
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot form parties.',
  budget: { readUnits: 4, writeUnits: 12 },
});

export const getParty = defineEndpoint({
  id: 'party.get-party',
  method: 'GET',
  path: '/api/v1/party',
  summary: 'Get the party of the selected character',
  auth: 'character',
  success: 200,
  response: PartyView,
  errors: ['party.not_in_party'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see their party.',
  budget: { readUnits: 4, writeUnits: 0 },
});

export const disbandParty = defineEndpoint({
  id: 'party.disband-party',
  method: 'DELETE',
  path: '/api/v1/party',
  summary: 'Disband the party',
  description: 'For its leader. What its members have won, and what they roll for at the moment, stays theirs.',
  auth: 'character',
  success: 204,
  errors: ['party.not_in_party', 'party.not_leader'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Leaders cannot disband parties.',
  budget: { readUnits: 4, writeUnits: 24 },
});

export const leaveParty = defineEndpoint({
  id: 'party.leave-party',
  method: 'POST',
  path: '/api/v1/party/leave',
  summary: 'Leave the party',
  description:
    'A leader passes the lead on, to the member that has been in the party for longest of those who are played. The last ' +
    'one ends it. What the character rolls for at the moment stays open to it.',
  auth: 'character',
  success: 204,
  errors: ['party.not_in_party'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot leave parties.',
  budget: { readUnits: 4, writeUnits: 20 },
});

export const kickMember = defineEndpoint({
  id: 'party.kick-member',
  method: 'DELETE',
  path: '/api/v1/party/members/{characterId}',
  summary: 'Put a member out of the party',
  description: 'For its leader; not while the party rolls for loot.',
  auth: 'character',
  params: z.strictObject({ characterId: CharacterId }),
  success: 200,
  response: PartyView,
  errors: ['party.not_in_party', 'party.not_leader', 'party.member_not_found', 'party.self', 'party.rolls_open'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Leaders cannot put members out.',
  budget: { readUnits: 6, writeUnits: 20 },
});

export const transferLead = defineEndpoint({
  id: 'party.transfer-lead',
  method: 'PUT',
  path: '/api/v1/party/leader',
  summary: 'Give the lead to another member',
  description: 'Giving it to whom it is given already changes nothing.',
  auth: 'character',
  body: z.strictObject({ characterId: CharacterId }),
  success: 200,
  response: PartyView,
  errors: ['party.not_in_party', 'party.not_leader', 'party.member_not_found'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Leaders cannot give the lead away.',
  budget: { readUnits: 6, writeUnits: 14 },
});

export const setLoot = defineEndpoint({
  id: 'party.set-loot',
  method: 'PUT',
  path: '/api/v1/party/loot',
  summary: 'Set how the party shares loot',
  description: 'For its leader. What has been killed already is shared as it was settled at the kill.',
  auth: 'character',
  body: z.strictObject({
    method: LootMethod,
    threshold: LootThreshold,
    masterLooterId: CharacterId.optional().meta({
      description: 'A member; for method `master`. Unset: the leader',
    }),
  }),
  success: 200,
  response: PartyView,
  errors: ['party.not_in_party', 'party.not_leader', 'party.member_not_found'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Leaders cannot change how loot is shared.',
  budget: { readUnits: 6, writeUnits: 12 },
});

export const startReadyCheck = defineEndpoint({
  id: 'party.start-ready-check',
  method: 'POST',
  path: '/api/v1/party/ready-check',
  summary: 'Ask the members whether they are ready',
  description: 'For the leader, who is ready by that. Members have 30 seconds.',
  auth: 'character',
  success: 201,
  response: ReadyCheckView,
  errors: ['party.not_in_party', 'party.not_leader', 'party.ready_check_running'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Leaders cannot ask whether all are ready.',
  budget: { readUnits: 4, writeUnits: 12 },
});

export const answerReadyCheck = defineEndpoint({
  id: 'party.answer-ready-check',
  method: 'POST',
  path: '/api/v1/party/ready-check/answer',
  summary: 'Say whether you are ready',
  description: 'Once in a check. Saying the same again changes nothing.',
  auth: 'character',
  body: z.strictObject({ ready: z.boolean() }),
  success: 200,
  response: ReadyCheckView,
  errors: ['party.not_in_party', 'party.no_ready_check', 'party.already_answered'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Members cannot say that they are ready.',
  budget: { readUnits: 4, writeUnits: 12 },
});

export const followAttendance = defineSubscriber({
  id: 'party.follow-attendance',
  on: [SESSION_DISCONNECTED, SESSION_CLOSED, SESSION_RESTED, SESSION_RESUMED, CHARACTER_SWITCHED],
  needs: { table: 'write' },
  impact: 'Parties do not see that members are away; leaders who are gone keep the lead.',
});

export const erasePersonalData = defineSubscriber({
  id: 'party.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Characters of erased accounts stay in parties, with their names.',
});

export const tendParties = defineJob({
  id: 'party.tend-parties',
  schedule: 'rate(1 minute)',
  needs: { table: 'write' },
  impact: 'Leaders who are gone keep the lead, and parties in which nobody plays stay.',
  timeoutSeconds: 50,
});

export const domain = defineDomain({
  name: 'party',
  summary: 'Parties: members, leader, invites, ready checks, and how they share loot.',
  errors: partyErrors,
  endpoints: [
    createParty,
    getParty,
    disbandParty,
    invite,
    listInvites,
    acceptInvite,
    declineInvite,
    leaveParty,
    kickMember,
    transferLead,
    setLoot,
    startReadyCheck,
    answerReadyCheck,
  ],
  subscribers: [followAttendance, erasePersonalData],
  jobs: [tendParties],
  topics: [partyEventsTopic],
});
