import { exportOf as achievement } from '#functions/achievement/public.ts';
import { exportOf as auth } from '#functions/auth/public.ts';
import { exportOf as character, characterIdsOf } from '#functions/character/public.ts';
import { exportOf as combat } from '#functions/combat/public.ts';
import { exportOf as credential } from '#functions/credential/public.ts';
import { exportOf as custody } from '#functions/custody/public.ts';
import { exportOf as friend } from '#functions/friend/public.ts';
import { exportOf as guild } from '#functions/guild/public.ts';
import { exportOf as identity } from '#functions/identity/public.ts';
import { exportOf as inventory } from '#functions/inventory/public.ts';
import { exportOf as loot } from '#functions/loot/public.ts';
import { exportOf as mail } from '#functions/mail/public.ts';
import { exportOf as mfa } from '#functions/mfa/public.ts';
import { exportOf as notification } from '#functions/notification/public.ts';
import { exportOf as party } from '#functions/party/public.ts';
import { exportOf as progression } from '#functions/progression/public.ts';
import { exportOf as push } from '#functions/push/public.ts';
import { exportOf as quest } from '#functions/quest/public.ts';
import { exportOf as session } from '#functions/session/public.ts';
import { exportOf as trade } from '#functions/trade/public.ts';
import { exportOf as vendor } from '#functions/vendor/public.ts';
import { exportOf as wallet } from '#functions/wallet/public.ts';
import { SECOND_MS, toIso } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { boundedDocument } from '../bounded.ts';
import { exportOf as account } from '../export.ts';
import { exportData } from '../export-contract.ts';
import { accountLimits } from '../rules.ts';
import { getLastExport, putExport } from '../store-choices.ts';

/** Parts of a domain's own, by account or by the account's characters. */
const byAccount = { account, auth, credential, identity, mfa, session, character, friend, notification, push, wallet };
const byCharacters = {
  progression,
  inventory,
  quest,
  achievement,
  combat,
  guild,
  loot,
  mail,
  party,
  trade,
  vendor,
  custody,
};

export const handler = endpointHandler(exportData, async ({ actor: { accountId }, nowMs, commit, fail }) => {
  const lastMs = await getLastExport(accountId);
  const nextMs = lastMs === undefined ? nowMs : lastMs + accountLimits.exportEveryMs;
  if (nextMs > nowMs) {
    const retryAfterSeconds = Math.ceil((nextMs - nowMs) / SECOND_MS);
    throw fail('account.export_too_soon', { availableAt: toIso(nextMs) }, { retryAfterSeconds });
  }
  const { document, cuts } = boundedDocument(await sectionsOf(accountId, nowMs), accountLimits.exportMaxBytes);
  const head = { format: 1 as const, accountId, exportedAt: toIso(nowMs) };
  const reply = { ...head, ...(document as Sections), cut: [...cuts] };
  return commit({ writes: [putExport(accountId, nowMs)] }, reply);
});

type Sections = Record<keyof typeof byAccount | keyof typeof byCharacters, Record<string, unknown>>;

async function sectionsOf(accountId: AccountId, nowMs: number): Promise<object> {
  const characterIds = await characterIdsOf(accountId);
  const read = async (name: string, section: Promise<object>): Promise<readonly [string, object]> => [
    name,
    await section,
  ];
  const sections = await Promise.all([
    ...Object.entries(byAccount).map(([name, exportOf]) => read(name, exportOf(accountId, nowMs))),
    ...Object.entries(byCharacters).map(([name, exportOf]) =>
      read(name, (exportOf as (ids: readonly CharacterId[], nowMs: number) => Promise<object>)(characterIds, nowMs)),
    ),
  ]);
  return Object.fromEntries(sections);
}
