import { createAccount } from '#functions/account/public.ts';
import { DEFAULT_REALM, type RealmId } from '#functions/character/rules.ts';
import { type Character, putCharacter } from '#functions/character/store.ts';
import { claimName } from '#functions/character/store-names.ts';
import { transferItems } from '#functions/inventory/public.ts';
import type { Changes } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type AccountId, type CharacterId, createId, type ItemId, type Slug } from '#shared/kernel/ids.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { TestWorld } from './test-world.ts';

/** A player who writes mail: an account with a character under play. */
export type Correspondent = Actor & { readonly characterId: CharacterId; readonly name: string };

let made = 0;

/** A name that no other correspondent of this process has. */
function freshName(): string {
  made += 1;
  return `Post${[...String(made)].map((digit) => 'bcdfghjkmp'[Number(digit)]).join('')}`;
}

/** Commits what a domain's functions have prepared, as a test. */
export function commitAsTest(changes: Changes): Promise<undefined> {
  return createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);
}

/** A character under play, of an account of its own or of the one given. Rows are put directly. */
export async function correspondent(
  world: TestWorld,
  of: { readonly accountId?: AccountId; readonly realmId?: RealmId; readonly locale?: Locale } = {},
): Promise<Correspondent> {
  const [characterId, name, nowMs] = [createId('chr'), freshName(), world.clock.nowMs()];
  const accountId = of.accountId ?? createId('acc');
  const character = {
    characterId,
    accountId,
    realmId: of.realmId ?? DEFAULT_REALM,
    name,
    classId: 'gunhand',
    originId: 'gutter-born',
    appearance: {},
    createdAtMs: nowMs,
    version: 1,
  } as unknown as Character;
  const account = of.accountId ? {} : createAccount({ accountId, locale: of.locale ?? 'en', nowMs });
  await commitAsTest({
    writes: [...(account.writes ?? []), putCharacter(character), claimName(character, nowMs)],
  });
  const actor = await world.openSession(world.actor({ accountId, characterId }));
  return { ...actor, characterId, name };
}

/** New items in a character's bag. */
export async function equip(world: TestWorld, owner: CharacterId, templateId: Slug, count = 1): Promise<ItemId> {
  return withConflictRetry(async () => {
    const { items, changes } = await transferItems(
      [
        {
          kind: 'mint',
          templateId,
          count,
          origin: 'test',
          source: [createId('opr')],
          destination: { to: 'character', characterId: owner, overflow: 'refuse' },
        },
      ],
      { reason: 'test', cause: 'test', atMs: world.clock.nowMs() },
    );
    await commitAsTest(changes);
    return items[0]!.itemId;
  });
}
