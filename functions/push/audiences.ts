import { topicAudience as ofGuild } from '#functions/guild/public.ts';
import { topicAudience as ofParty } from '#functions/party/public.ts';
import type { TopicAudience } from '#shared/contract/topic.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';

/** Who asks to listen, as their session stands at this moment. */
export interface Listener {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId | undefined;
}

type AudienceCheck = (params: Readonly<Record<string, string>>, listener: Listener) => boolean | Promise<boolean>;

/**
 * Decides for each audience who belongs to it. A group's audience is answered by its domain's `public.ts` and enters
 * here with that domain; a topic whose audience is not here has no listeners.
 */
export const audienceChecks: Readonly<Partial<Record<TopicAudience, AudienceCheck>>> = {
  'owner-account': (params, listener) => params.accountId === listener.accountId,
  'owner-character': (params, listener) => params.characterId === listener.characterId,
  everyone: () => true,
  guild: ofGuild,
  party: ofParty,
};

/** Whether somebody may stop to belong to an audience while their session goes on. */
export function mayEnd(audience: TopicAudience): boolean {
  return audience !== 'owner-account' && audience !== 'everyone';
}
