import type { ClassId } from '#content/schema/class.ts';
import { createAccount } from '#functions/account/public.ts';
import { DEFAULT_REALM, type RealmId } from '#functions/character/rules.ts';
import { type Character, putCharacter } from '#functions/character/store.ts';
import { claimName } from '#functions/character/store-names.ts';
import { begun, endPresence } from '#functions/session/presence.ts';
import { noPresence } from '#functions/session/presence-rules.ts';
import { getPresence, putPresence } from '#functions/session/store-presence.ts';
import type { Changes } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import type { TestWorld } from './test-world.ts';

/** A player whose session plays a character, as tests of what characters do to each other need many of. */
export type PlayingActor = Actor & { readonly characterId: CharacterId; readonly name: string };

let made = 0;

/** A name that no other character of this process has. */
function freshName(): string {
  made += 1;
  return `Run${[...String(made)].map((digit) => 'bcdfghjkmp'[Number(digit)]).join('')}`;
}

/** Commits what a domain's functions have prepared, as a test. */
export function commitInTest(changes: Changes): Promise<undefined> {
  return createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);
}

/** A new account with one character under play. Its rows are put directly: the way there is others' to test. */
export async function playingCharacter(
  world: TestWorld,
  of: { readonly classId?: ClassId; readonly realmId?: RealmId } = {},
): Promise<PlayingActor> {
  const [accountId, characterId, name, nowMs] = [createId('acc'), createId('chr'), freshName(), world.clock.nowMs()];
  const { account: _account, events: _told, ...account } = createAccount({ accountId, locale: 'en', nowMs });
  const character = {
    characterId,
    accountId,
    realmId: of.realmId ?? DEFAULT_REALM,
    name,
    classId: of.classId ?? 'gunhand',
    originId: 'gutter-born',
    appearance: {},
    createdAtMs: nowMs,
    version: 1,
  } as unknown as Character;
  await commitInTest({
    writes: [...(account.writes ?? []), putCharacter(character), claimName(character, nowMs)],
  });
  const actor = await world.openSession(world.actor({ accountId, characterId }));
  await appear(world, { ...actor, characterId });
  return { ...actor, characterId, name };
}

/** The character is played from now on, as a selection would have it. */
export async function appear(world: TestWorld, who: Actor & { readonly characterId: CharacterId }): Promise<void> {
  const seen = (await getPresence(who.accountId)) ?? noPresence(who.accountId);
  await commitInTest({ writes: [putPresence(begun(seen, who, world.clock.nowMs()), seen)] });
}

/** Nobody plays it any more, as a logout would have it; the events of that are left to the test. */
export async function vanish(who: Actor): Promise<void> {
  const seen = await getPresence(who.accountId);
  if (seen) await commitInTest({ writes: endPresence(seen).writes ?? [] });
}
