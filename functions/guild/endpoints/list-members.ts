import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listMembers } from '../contract.ts';
import { ownGuild } from '../own-guild.ts';
import { listMembers as readMembers } from '../store.ts';
import { memberView } from '../view.ts';

export const handler = endpointHandler(listMembers, async ({ input, actor }) => {
  const { limit, cursor } = input.query;
  const after = decodeCursor(cursor, 'chr_');
  const { guild } = await ownGuild(actor.characterId);
  const { members, lastKey } = await readMembers(guild.guildId, { limit, after });
  return { members: members.map(memberView), nextCursor: encodeCursor(lastKey) };
});
