import { type Gear, gearOf } from '#functions/inventory/public.ts';
import { levelOf, levelsOf } from '#functions/progression/public.ts';
import { requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { exportOf } from './export.ts';
import { isProfane } from './profanity.ts';
import { DEFAULT_REALM, PLACE_REFRESH_SECONDS, type RealmId, statusOf } from './rules.ts';
import { skeletonOf } from './skeleton.ts';
import {
  type Character,
  type CharacterState,
  checkPresent,
  getCharacter,
  getCharacters,
  getState,
  putState,
} from './store.ts';
import { getNameClaim } from './store-names.ts';
import { getRosters } from './store-slots.ts';

export type { Character, CharacterState, RealmId };
/** A condition of the caller's transaction: this character can get something. */
export { checkPresent as requireReceiver, exportOf, getCharacter, getCharacters, isProfane, PLACE_REFRESH_SECONDS };

/** All characters of an account on all realms, those that can still be restored among them: at most 80. */
export async function characterIdsOf(accountId: AccountId): Promise<readonly CharacterId[]> {
  return (await getRosters(accountId)).flatMap(({ characterIds, deletedIds }) => [...characterIds, ...deletedIds]);
}

/** An account's characters on all realms, those that are deleted left out: at most 50. */
export async function livingCharactersOf(
  accountId: AccountId,
): Promise<readonly { readonly characterId: CharacterId; readonly realmId: RealmId; readonly level: number }[]> {
  const living = (await getRosters(accountId)).flatMap(({ realmId, characterIds }) =>
    characterIds.map((characterId) => ({ characterId, realmId })),
  );
  const levels = await levelsOf(living.map(({ characterId }) => characterId));
  return living.map((one) => ({ ...one, level: levels.get(one.characterId) ?? 1 }));
}

/** Who has this name or one that cannot be told from it; undefined when nobody has. A deleted character has none. */
export async function findByName(
  name: string,
  realmId: RealmId = DEFAULT_REALM,
): Promise<{ readonly characterId: CharacterId; readonly accountId: AccountId; readonly name: string } | undefined> {
  const skeleton = skeletonOf(name);
  if (!/^\p{L}{1,32}$/u.test(skeleton)) return undefined;
  const claim = await getNameClaim(realmId, skeleton);
  if (!claim || claim.heldUntilMs !== undefined) return undefined;
  return { characterId: claim.characterId, accountId: claim.accountId, name: claim.name };
}

/** A character on its way into a zone. */
export interface Entrant {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly name: string;
  readonly classId: Slug;
  readonly level: number;
  /** What its equipment adds, by stat. */
  readonly gear: Readonly<Record<string, number>>;
  /** In its hand, and whole; unset: none. */
  readonly weapon?: Gear['weapon'];
  /** Where this zone last saved it; unset for who comes from elsewhere. */
  readonly state?: Omit<CharacterState, 'characterId' | 'epoch' | 'sequence' | 'savedAtMs'> | undefined;
}

/**
 * Where a zone last saved the character: up to half a minute ago while it is in the world, if it has moved since;
 * undefined before that.
 */
export async function lastPlaceOf(
  characterId: CharacterId,
): Promise<Pick<CharacterState, 'zoneId' | 'x' | 'y' | 'savedAtMs'> | undefined> {
  return getState(characterId);
}

/** What a zone needs of a character to let it in; undefined when none can be played. Strongly consistent. */
export async function loadCharacterForZone(characterId: CharacterId, zoneId: Slug): Promise<Entrant | undefined> {
  const [character, level, saved, { stats: gear, weapon }] = await Promise.all([
    getCharacter(characterId),
    levelOf(characterId),
    getState(characterId),
    gearOf(characterId, clock.nowMs()),
  ]);
  if (!character || statusOf(character) !== 'ACTIVE' || level === undefined) return undefined;
  const { accountId, name, classId } = character;
  const entrant = { accountId, characterId, name, classId, level, gear, ...(weapon ? { weapon } : {}) };
  if (saved?.zoneId !== zoneId) return entrant;
  const { x, y, yaw, health } = saved;
  return { ...entrant, state: { zoneId, x, y, yaw, health } };
}

/**
 * Saves where a character is and how it fares, as the zone's owner sees it. A save that arrives after a later one
 * changes nothing.
 * @throws GameError `zone.fenced` when the caller has lost the zone.
 */
export async function saveCharacterState(
  fence: ZoneFence,
  save: {
    readonly characterId: CharacterId;
    readonly x: number;
    readonly y: number;
    readonly yaw: number;
    readonly health: number;
    readonly sequence: number;
    readonly reason: 'periodic' | 'leave' | 'evict' | 'drain';
  },
): Promise<void> {
  const { characterId, x, y, yaw, health, sequence, reason } = save;
  const { zoneId, epoch } = fence;
  const operation = zoneOperation(characterId);
  const state = { characterId, zoneId, epoch, sequence, x, y, yaw, health, savedAtMs: operation.nowMs };
  try {
    await operation.commit({ writes: [requireOwner(fence), putState(state, { hasLeft: reason === 'evict' })] });
  } catch (error) {
    if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
  }
}
