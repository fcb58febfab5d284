import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getGuild } from '../contract.ts';
import { ownGuild } from '../own-guild.ts';
import { guildView } from '../view.ts';

export const handler = endpointHandler(getGuild, async ({ actor }) => {
  const { guild, self } = await ownGuild(actor.characterId);
  return guildView(guild, self);
});
