import { zones } from '#content/zones.ts';
import { createAccount } from '#functions/account/public.ts';
import { saveCharacterState } from '#functions/character/public.ts';
import { DEFAULT_REALM } from '#functions/character/rules.ts';
import { putCharacter } from '#functions/character/store.ts';
import { claimName } from '#functions/character/store-names.ts';
import { itemsOf, mintItems } from '#functions/inventory/public.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { claimZone, enterZone, presenceOf, type ZoneFence } from '#functions/zone/public.ts';
import { createOperation } from '#shared/events/operation.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { type AccountId, type CharacterId, createId, type ItemId, type Slug } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import type { TestWorld } from './test-world.ts';

/** A player with an account and a character that stands in a zone, as the authorizer names them. */
export type Trader = Actor & { readonly characterId: CharacterId; readonly name: string };

const shardId = createId('shd');

/** Commits what public functions have prepared. */
export async function commit(changes: Parameters<ReturnType<typeof createOperation>['commit']>[0]): Promise<void> {
  await createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);
}

/** Owns a zone in the name of the one shard of a test; claiming it again gives it the next epoch. */
export async function ownZone(zoneId: Slug = zones.all[0]!.id): Promise<ZoneFence> {
  const claimed = await claimZone({ zoneId, shardId, url: 'ws://127.0.0.1/zone', leaseMs: DAY_MS });
  return { zoneId, shardId, epoch: claimed!.epoch };
}

let names = 0;

/** A name that no other trader of the process has. */
function uniqueName(): string {
  names += 1;
  return `Run${[...String(names)].map((digit) => 'bcdfghjkmp'[Number(digit)]).join('')}`;
}

/** Makes a player whose account is `ageMs` old, and lets the character into a zone. */
export async function trader(
  world: TestWorld,
  zone: ZoneFence | undefined,
  facts: {
    readonly accountId?: AccountId;
    readonly ageMs?: number;
    readonly realmId?: string;
    readonly classId?: string;
  } = {},
): Promise<Trader> {
  const accountId = facts.accountId ?? createId('acc');
  const characterId = createId('chr');
  const nowMs = world.clock.nowMs();
  const name = uniqueName();
  if (!facts.accountId) {
    const { account: _account, ...changes } = createAccount({
      accountId,
      email: `${accountId}@example.test`,
      locale: 'en',
      nowMs: nowMs - (facts.ageMs ?? 30 * DAY_MS),
    });
    await commit(changes);
  }
  const { realmId = DEFAULT_REALM, classId = 'gunhand' } = facts;
  const character = {
    ...{ characterId, accountId, realmId, name, classId, originId: 'gutter-born', appearance: {} },
    ...{ createdAtMs: nowMs, version: 1 },
  } as unknown as Parameters<typeof putCharacter>[0];
  await commit({ writes: [putCharacter(character), claimName(character, nowMs)] });
  await commit(initialProgression({ characterId, accountId, classId }).changes);
  const actor = await world.openSession(world.actor({ accountId, characterId }));
  if (zone) await enterZone(zone, { accountId, sessionId: actor.sessionId, characterId });
  return { ...actor, characterId, name };
}

let saves = 0;

/** A zone saves where a character of its stands. */
export async function standAt(
  zone: ZoneFence,
  { characterId }: { readonly characterId: CharacterId },
  { x, y }: { readonly x: number; readonly y: number },
): Promise<void> {
  saves += 1;
  const stay = (await presenceOf(characterId))?.ver ?? 1;
  await saveCharacterState(zone, { characterId, x, y, yaw: 0, health: 100, stay, sequence: saves });
}

/** Where a vendor stands. */
export function placeOfVendor({ id, zone }: { readonly id: Slug; readonly zone: Slug }) {
  return zones.get(zone).points.find((point) => point.id === id)!.at;
}

let grants = 0;

/** Gives a character items, each stack by itself; answers their ids in order. */
export async function give(
  world: TestWorld,
  { characterId }: { readonly characterId: CharacterId },
  ...stacks: readonly (readonly [templateId: Slug, count?: number])[]
): Promise<ItemId[]> {
  const ids: ItemId[] = [];
  for (const [templateId, count = 1] of stacks) {
    grants += 1;
    const minted = await mintItems({
      holder: characterId,
      origin: 'quest',
      source: [characterId, 'test', grants],
      items: [{ templateId, count }],
      nowMs: world.clock.nowMs(),
    });
    await commit(minted.changes);
    ids.push(...minted.items.map(({ itemId }) => itemId));
  }
  return ids;
}

/** What is in a character's bag, as `template ×count`, sorted. */
export async function bagOf({ characterId }: { readonly characterId: CharacterId }): Promise<string[]> {
  return (await itemsOf(characterId)).map(({ templateId, count }) => `${templateId} ×${count}`).sort();
}

let keys = 0;

/** An idempotency key that was not used before. */
export function freshKey(): string {
  keys += 1;
  return `trader-key-${String(keys).padStart(8, '0')}`;
}
