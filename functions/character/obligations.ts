import { obligationsOf as ofGuild } from '#functions/guild/public.ts';
import { obligationsOf as ofMail } from '#functions/mail/public.ts';
import { obligationsOf as ofParty } from '#functions/party/public.ts';
import { obligationsOf as ofSession } from '#functions/session/public.ts';
import { obligationsOf as ofTrade } from '#functions/trade/public.ts';
import { obligationsOf as ofZone } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';

/**
 * What a domain knows that keeps a character from being deleted, by codes such as `zone.in_world`; none where nothing
 * does. An obligation may arise only while the character is selected: selecting changes the character's version, so a
 * deletion that looked before fails and looks again.
 */
export type ObligationSource = (who: {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
}) => Promise<readonly string[]>;

/** A domain whose affairs bind characters adds its `obligationsOf` here. */
let sources: readonly ObligationSource[] = [ofGuild, ofMail, ofParty, ofSession, ofTrade, ofZone];

/** Asks these besides the domains (tests) and returns the undo. */
export function useObligationSources(more: readonly ObligationSource[]): () => void {
  const before = sources;
  sources = [...before, ...more];
  return () => {
    sources = before;
  };
}

/** Everything that keeps a character from being deleted, in a fixed order. */
export async function obligationsOf(who: Parameters<ObligationSource>[0]): Promise<readonly string[]> {
  return (await Promise.all(sources.map((source) => source(who)))).flat();
}

/** @throws GameError `character.has_obligations`, naming all of them. */
export async function requireNoObligations(who: Parameters<ObligationSource>[0]): Promise<void> {
  const obligations = await obligationsOf(who);
  if (obligations.length > 0) throw new GameError('character.has_obligations', { obligations: obligations.join(',') });
}

/** Whether the character's body is in a zone now. */
export async function isInWorld(who: Parameters<ObligationSource>[0]): Promise<boolean> {
  return (await ofZone(who)).length > 0;
}
