import { SOFT_CURRENCY } from '#content/currencies.ts';
import { zones } from '#content/zones.ts';
import { createAccount } from '#functions/account/public.ts';
import { saveCharacterState } from '#functions/character/public.ts';
import { DEFAULT_REALM } from '#functions/character/rules.ts';
import { putCharacter } from '#functions/character/store.ts';
import { claimName } from '#functions/character/store-names.ts';
import { putStepUp } from '#functions/mfa/store-attempts.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { getActiveSession, openSession, playCharacter } from '#functions/session/public.ts';
import { enterZone, type ZoneFence } from '#functions/zone/public.ts';
import type { Changes } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { clock, DAY_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { ledger } from '#shared/ledger/ledger.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';

/** A player of the simulation, as the authorizer names them. */
export type Player = Actor & { readonly characterId: CharacterId; readonly name: string };

/** When every simulation begins: a Monday noon. */
export const START_MS = Date.UTC(2026, 5, 1, 12);

/** The zone in which everything happens: the one where players begin, with a vendor in it. */
export const scene = zones.all.find(({ starting }) => starting)!;

/** Commits what a domain's functions have prepared, in nobody's name. */
export function commit(changes: Changes): Promise<undefined> {
  return createOperation({ actor: { origin: 'sim' }, correlationId: 'sim', causationId: 'sim' }).commit(changes);
}

/** A new session of a player, which plays their character from now on and stands in the zone. */
export async function logIn(fence: ZoneFence, player: Omit<Player, 'sessionId'>): Promise<Player> {
  const { accountId, characterId } = player;
  const sessionId = createId('ses');
  await commit(openSession({ sessionId, accountId, deviceName: undefined, userAgent: 'sim', nowMs: clock.nowMs() }));
  await withConflictRetry(async () => {
    const session = await getActiveSession(sessionId);
    await commit(await playCharacter(session!, characterId, clock.nowMs()));
  });
  await enterZone(fence, { accountId, sessionId, characterId });
  return { ...player, sessionId };
}

/** Near the vendor, and within reach of the bank. */
const PLACE = { x: 82, y: 74 } as const;

/** A player with an account of some age, and a character in the zone. */
export async function createPlayer(fence: ZoneFence, name: string): Promise<Player> {
  const [accountId, characterId, nowMs] = [createId('acc'), createId('chr'), clock.nowMs()];
  const { account: _account, ...account } = createAccount({ accountId, locale: 'en', nowMs: nowMs - 30 * DAY_MS });
  const character = {
    ...{ characterId, accountId, realmId: DEFAULT_REALM, name, classId: 'gunhand', originId: 'gutter-born' },
    ...{ appearance: {}, createdAtMs: nowMs, version: 1 },
  } as unknown as Parameters<typeof putCharacter>[0];
  await commit({ writes: [...(account.writes ?? []), putCharacter(character), claimName(character, nowMs)] });
  const { changes } = initialProgression({ characterId, accountId, classId: 'gunhand' });
  await commit({ writes: changes.writes ?? [] });
  await saveCharacterState(fence, { characterId, ...PLACE, yaw: 0, health: 100, sequence: 1, stay: 1 });
  return logIn(fence, { accountId, characterId, name, roles: ['player'] });
}

/** A member of staff, who has proven themselves by a second factor for as long as a simulation lasts. */
export async function createStaff(): Promise<Actor> {
  const [accountId, sessionId, nowMs] = [createId('acc'), createId('ses'), clock.nowMs()];
  const { account: _account, ...account } = createAccount({ accountId, locale: 'en', nowMs });
  const proof = { sessionId, accountId, proof: 'factor', untilMs: nowMs + DAY_MS } as const;
  await commit({ writes: [...(account.writes ?? []), putStepUp(proof)] });
  await commit(openSession({ sessionId, accountId, deviceName: undefined, userAgent: 'sim', nowMs }));
  return { accountId, sessionId, roles: ['player', 'gm'], characterId: undefined };
}

/** Money out of a faucet, of which nothing is told. */
export async function endow({ characterId }: Pick<Player, 'characterId'>, amount: bigint): Promise<void> {
  const id = createId('txn');
  const legs = [{ currency: SOFT_CURRENCY, from: 'system.faucet.staff' as const, to: characterId, amount }];
  await ledger().settle({ id, requestHash: id, kind: 'sim', reason: 'sim', legs, toldBy: 'caller' });
}
