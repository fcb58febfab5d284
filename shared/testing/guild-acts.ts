import { expect } from 'vitest';
import {
  drawUpCharter,
  getGuild,
  leaveGuild,
  listMembers,
  removeMember,
  setRank,
  transferLead,
} from '#functions/guild/contract.ts';
import { acceptInvite, declineInvite, invite, listInvites } from '#functions/guild/contract-invites.ts';
import { handler as acceptHandler } from '#functions/guild/endpoints/accept-invite.ts';
import { handler as declineHandler } from '#functions/guild/endpoints/decline-invite.ts';
import { handler as drawUpHandler } from '#functions/guild/endpoints/draw-up-charter.ts';
import { handler as getHandler } from '#functions/guild/endpoints/get-guild.ts';
import { handler as inviteHandler } from '#functions/guild/endpoints/invite.ts';
import { handler as leaveHandler } from '#functions/guild/endpoints/leave-guild.ts';
import { handler as listInvitesHandler } from '#functions/guild/endpoints/list-invites.ts';
import { handler as listMembersHandler } from '#functions/guild/endpoints/list-members.ts';
import { handler as removeHandler } from '#functions/guild/endpoints/remove-member.ts';
import { handler as rankHandler } from '#functions/guild/endpoints/set-rank.ts';
import { handler as leadHandler } from '#functions/guild/endpoints/transfer-lead.ts';
import type { RankId } from '#functions/guild/shapes.ts';
import { putGuild, readGuild } from '#functions/guild/store.ts';
import { type CharacterId, createId, type GuildId } from '#shared/kernel/ids.ts';
import { commitInTest, type PlayingActor } from './test-character.ts';
import type { CallResult, TestWorld } from './test-world.ts';

type Answer = Promise<CallResult>;
type Member = { readonly characterId: CharacterId; readonly name: string; readonly rankId: RankId };

let named = 0;

/** What players do in guilds, as tests write it down. */
export function guildActs(world: () => TestWorld) {
  const page = (actor: PlayingActor, query: Readonly<Record<string, string>> = {}): Answer =>
    world().call(listMembersHandler, listMembers, { actor, query });
  return {
    /** Under a name of its own, where none is given. */
    drawUp: (actor: PlayingActor, name?: string, idempotencyKey: string = createId('opr')): Answer => {
      named += 1;
      return world().call(drawUpHandler, drawUpCharter, {
        actor,
        body: { name: name ?? `Runners ${named}` },
        idempotencyKey,
      });
    },
    view: (actor: PlayingActor): Answer => world().call(getHandler, getGuild, { actor }),
    page,
    membersOf: async (actor: PlayingActor): Promise<readonly Member[]> =>
      (await page(actor, { limit: '100' })).body.members,
    ask: (actor: PlayingActor, { characterId }: { readonly characterId: CharacterId }): Answer =>
      world().call(inviteHandler, invite, { actor, body: { characterId } }),
    askByName: (actor: PlayingActor, characterName: string): Answer =>
      world().call(inviteHandler, invite, { actor, body: { characterName } }),
    invitesOf: async (actor: PlayingActor) =>
      (await world().call(listInvitesHandler, listInvites, { actor })).body.invites,
    accept: (actor: PlayingActor, guildId: GuildId): Answer =>
      world().call(acceptHandler, acceptInvite, { actor, params: { guildId } }),
    decline: (actor: PlayingActor, guildId: GuildId): Answer =>
      world().call(declineHandler, declineInvite, { actor, params: { guildId } }),
    leave: (actor: PlayingActor): Answer => world().call(leaveHandler, leaveGuild, { actor }),
    remove: (actor: PlayingActor, { characterId }: { readonly characterId: CharacterId }): Answer =>
      world().call(removeHandler, removeMember, { actor, params: { characterId } }),
    put: (actor: PlayingActor, { characterId }: { readonly characterId: CharacterId }, rankId: RankId): Answer =>
      world().call(rankHandler, setRank, { actor, params: { characterId }, body: { rankId } }),
    pass: (actor: PlayingActor, { characterId }: { readonly characterId: CharacterId }): Answer =>
      world().call(leadHandler, transferLead, { actor, body: { characterId } }),

    /** As if so many were in it. */
    async setMemberCount(guildId: GuildId, memberCount: number): Promise<void> {
      const seen = (await readGuild(guildId))!;
      await commitInTest({ writes: [putGuild({ ...seen, memberCount, version: seen.version + 1 }, seen)] });
    },

    /** What was told of a guild, in the order of the alphabet: names of events, and types of pushes. */
    async toldOf(guildId: GuildId) {
      await world().deliver();
      const events = world().events.filter(({ data }) => JSON.stringify(data).includes(guildId));
      const pushes = world().pushes.filter(({ destination }) => destination === `/topic/guild/${guildId}/events`);
      return {
        events: events.map(({ name }) => name).sort(),
        pushes: pushes.map(({ body }) => (body as { type: string }).type).sort(),
      };
    },

    /** The attempt is refused by this code, and changes nothing. */
    async expectRefusal(attempt: () => Answer, status: number, code: string): Promise<CallResult> {
      const rows = async () => (await world().snapshot()).filter(({ pk }) => !String(pk).startsWith('RATE#'));
      const before = await rows();
      const reply = await attempt();
      expect([reply.status, reply.body.code]).toEqual([status, code]);
      expect(await rows()).toEqual(before);
      return reply;
    },
  };
}
