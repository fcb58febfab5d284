import { type Gear, gearOf } from '#functions/inventory/public.ts';
import { levelOf, levelsOf } from '#functions/progression/public.ts';
import { presenceOf, requireOwner, setOut, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { exportOf } from './export.ts';
import { normalizeName, wordProblem } from './name-rules.ts';
import { isProfane } from './profanity.ts';
import { DEFAULT_REALM, PLACE_REFRESH_SECONDS, type RealmId, statusOf } from './rules.ts';
import { skeletonOf } from './skeleton.ts';
import {
  type Carried,
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

export type { Carried, Character, CharacterState, RealmId };
/** A condition of the caller's transaction: this character can get something. */
export {
  checkPresent as requireReceiver,
  exportOf,
  getCharacter,
  getCharacters,
  isProfane,
  normalizeName,
  PLACE_REFRESH_SECONDS,
  skeletonOf,
  wordProblem,
};

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

/** The character that somebody means, by its name or id; undefined when there is none on this realm that can be played. */
export async function findCharacter(
  wanted: { readonly characterName: string } | { readonly characterId: CharacterId },
  realmId: RealmId,
): Promise<Pick<Character, 'accountId' | 'characterId' | 'name'> | undefined> {
  const named = 'characterName' in wanted ? await findByName(wanted.characterName, realmId) : wanted;
  const character = named && (await getCharacter(named.characterId));
  if (!character || character.realmId !== realmId) return undefined;
  if (character.deletedAtMs !== undefined || character.deletesAtMs !== undefined) return undefined;
  const { accountId, characterId, name } = character;
  return { accountId, characterId, name };
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
  /** Where it was last saved in this zone, or is to arrive in it; unset for who comes from elsewhere. */
  readonly state?: Omit<CharacterState, 'characterId' | 'epoch'> | undefined;
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

/** What a unit needs of a character to let it in; undefined when none can be played. Strongly consistent. */
export async function loadCharacterForZone(characterId: CharacterId, unitId: Slug): Promise<Entrant | undefined> {
  const [character, level, saved, { stats: gear, weapon }] = await Promise.all([
    getCharacter(characterId),
    levelOf(characterId),
    getState(characterId),
    gearOf(characterId, clock.nowMs()),
  ]);
  if (!character || statusOf(character) !== 'ACTIVE' || level === undefined) return undefined;
  const { accountId, name, classId } = character;
  const entrant = { accountId, characterId, name, classId, level, gear, ...(weapon ? { weapon } : {}) };
  if (saved?.zoneId !== zoneOf(unitId)) return entrant;
  const { zoneId, x, y, yaw, health, stay, sequence, carried, savedAtMs } = saved;
  return { ...entrant, state: { zoneId, x, y, yaw, health, stay, sequence, carried, savedAtMs } };
}

/** Where a character is and how it fares, as a unit's owner sees it. */
export interface SeenState {
  readonly characterId: CharacterId;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly health: number;
  /** The stay that it belongs to, as `enterZone` has answered it. */
  readonly stay: number;
  readonly sequence: number;
  readonly carried?: Carried | undefined;
}

/**
 * Saves where a character is and how it fares. A save of an earlier stay, or one that arrives after a later one, changes
 * nothing.
 * @throws GameError `zone.fenced` when the caller has lost the zone.
 */
export async function saveCharacterState(fence: ZoneFence, seen: SeenState): Promise<void> {
  const operation = zoneOperation(seen.characterId);
  const state = stateOf(seen, zoneOf(fence.zoneId), fence.epoch, operation.nowMs);
  try {
    await operation.commit({ writes: [requireOwner(fence), putState(state)] });
  } catch (error) {
    if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
  }
}

function stateOf(seen: SeenState, zoneId: Slug, epoch: number, savedAtMs: number): CharacterState {
  const { characterId, x, y, yaw, health, stay, sequence, carried } = seen;
  const state = { characterId, zoneId, epoch, stay, sequence, x, y, yaw, health, savedAtMs };
  return carried ? { ...state, carried } : state;
}

/** To which unit a character goes, and where it will stand there. */
export interface HandOff extends SeenState {
  readonly toZone: Slug;
  /** Set when it must be this layer or instance. */
  readonly toUnit?: Slug | undefined;
  /** What the journey uses up. */
  readonly use?: 'teleport' | 'swap' | undefined;
}

/**
 * Hands a character over: in one transaction its state is written as it will arrive, under the next version of its
 * presence, and it is in no unit until the one to which it comes claims it. Repeating it changes nothing.
 * @returns false when the character is not in this stay any more: nothing was written
 * @throws GameError `zone.fenced` when the caller has lost the zone.
 */
export async function handOffCharacter(fence: ZoneFence, go: HandOff): Promise<boolean> {
  const { characterId, stay, toZone, toUnit, use } = go;
  const operation = zoneOperation(characterId);
  const arriving = { ...go, stay: stay + 1, sequence: 0 };
  const to = { toZone, use, ...(toUnit === undefined ? {} : { toUnit }) };
  const left = setOut(fence, { characterId, ver: stay }, to, operation.nowMs);
  try {
    const state = putState(stateOf(arriving, toZone, fence.epoch, operation.nowMs));
    await operation.commit(mergeChanges(left, { writes: [state] }));
    return true;
  } catch (error) {
    if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
    const presence = await presenceOf(characterId);
    return presence?.ver === stay + 1 && presence.journey?.fromUnit === fence.zoneId;
  }
}
