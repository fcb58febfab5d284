import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { MAX_LAYERS } from '#shared/kernel/zone-unit.ts';

export const layerLimits = {
  /** From so many players on newcomers go elsewhere, and another layer opens when all have them. */
  softCap: 1_600,
  /** Nobody is sent into a layer with so many; its owner admits no more either. */
  fullAt: 2_000,
  /** A further layer that has been empty for so long closes. */
  closeAfterMs: 5 * MINUTE_MS,
  /** Between two changes of layer that a player wishes. */
  swapCoolDownMs: 10 * MINUTE_MS,
  swapChannelMs: 3 * SECOND_MS,
} as const;

export const mergeLimits = {
  /** Two layers may become one when they have no more players together: half of what would open another. */
  mergeAt: 800,
  /** A merge is given up when they have more: the layer that stays is to be far from the soft cap still. */
  giveUpAt: 1_200,
  /** Nobody is moved before it has been so for this long. */
  quietMs: 2 * MINUTE_MS,
  /** Who has come into the layer more lately stays: as long as between two changes that a player wishes. */
  settledMs: layerLimits.swapCoolDownMs,
  /** Players are told so long before they are moved. */
  noticeMs: 10 * SECOND_MS,
  /** Most that are moved in one step, which is more than the largest party. */
  movesPerStep: 40,
  stepMs: 20 * SECOND_MS,
  /** Who has earned a drop is left to pick it up, for so long at most. */
  lootMs: 5 * MINUTE_MS,
  /** A layer out of which everybody was moved closes after this: tickets for it live 30 s. */
  closeAfterMs: MINUTE_MS,
} as const;

/** Whose layer somebody is put into, the nearest first, and up to how many players it may have for that. */
export const affinities = [
  { kind: 'leader', upTo: layerLimits.fullAt, followsIntoClosing: true },
  { kind: 'party', upTo: layerLimits.fullAt, followsIntoClosing: true },
  { kind: 'friend', upTo: layerLimits.softCap, followsIntoClosing: false },
  { kind: 'guild', upTo: layerLimits.softCap, followsIntoClosing: false },
] as const;

/** Where somebody's companions of each kind are: one layer for each of them. */
export type Companions = Readonly<Partial<Record<(typeof affinities)[number]['kind'], readonly number[]>>>;

/** A layer whose players are to come into another one. */
export interface Merge {
  readonly into: number;
  /** Since then it has been so. */
  readonly sinceMs: number;
}

/** A layer as newcomers are shared out. */
export interface LayerState {
  readonly layer: number;
  /** Somebody runs it. */
  readonly isLive: boolean;
  readonly players: number;
  readonly merge?: Merge | undefined;
}

const fullestFirst = (one: LayerState, other: LayerState) => other.players - one.players || one.layer - other.layer;

/**
 * In which layer somebody comes in: beside the nearest of their companions for whom there is room, where most of them
 * are; otherwise the fullest below the soft cap, so that few layers are lively rather than many empty; else the emptiest.
 * A layer that is to be merged takes none but who belongs to a party in it. Undefined: no room anywhere.
 */
export function chooseLayer(layers: readonly LayerState[], companions: Companions): number | undefined {
  const roomy = layers.filter(({ isLive, players }) => isLive && players < layerLimits.fullAt);
  const staying = roomy.filter(({ merge }) => merge === undefined);
  for (const { kind, upTo, followsIntoClosing } of affinities) {
    const near = companions[kind] ?? [];
    const count = ({ layer }: LayerState) => near.filter((one) => one === layer).length;
    const [beside] = (followsIntoClosing ? roomy : staying)
      .filter((one) => one.players < upTo && near.includes(one.layer))
      .toSorted((one, other) => count(other) - count(one) || fullestFirst(one, other));
    if (beside) return beside.layer;
  }
  const calm = staying.filter(({ players }) => players < layerLimits.softCap);
  const last = (of: readonly LayerState[]) => of.toSorted(fullestFirst).at(-1);
  return (calm.toSorted(fullestFirst)[0] ?? last(staying) ?? last(roomy))?.layer;
}

/** The layer to open, when every one that there is has reached the soft cap; undefined: none. */
export function layerToOpen(layers: readonly LayerState[]): number | undefined {
  const isCrowded = layers.every(({ isLive, players }) => isLive && players >= layerLimits.softCap);
  if (!isCrowded) return undefined;
  const taken = new Set(layers.map(({ layer }) => layer));
  return Array.from({ length: MAX_LAYERS }, (_one, index) => index + 1).find((layer) => !taken.has(layer));
}

/**
 * Whether a layer is to be merged into another: asked by its owner again and again, with what was answered before. The
 * emptiest further layer goes into the fullest one that takes all of its players; one of a zone at a time. Where two
 * owners have begun at once, the higher layer goes on.
 */
export function decideMerge(layers: readonly LayerState[], own: number, nowMs: number): Merge | undefined {
  const mine = layers.find(({ layer }) => layer === own);
  if (own === 1 || !mine?.isLive) return undefined;
  const others = layers.filter(({ layer, isLive }) => layer !== own && isLive);
  if (others.some(({ layer, merge }) => merge !== undefined && !(mine.merge && layer < own))) return undefined;
  const takesAll = (other: LayerState, most: number) => other.players + mine.players <= most;
  if (mine.merge) {
    const { into } = mine.merge;
    return others.some((one) => one.layer === into && takesAll(one, mergeLimits.giveUpAt)) ? mine.merge : undefined;
  }
  const isEmptiest = others.every(
    ({ layer, players }) => layer === 1 || players > mine.players || (players === mine.players && layer < own),
  );
  const [target] = others.filter((one) => takesAll(one, mergeLimits.mergeAt)).toSorted(fullestFirst);
  return isEmptiest && target ? { into: target.layer, sinceMs: nowMs } : undefined;
}

/** Whether players are moved out of a layer by now. */
export function isMoving({ sinceMs }: Merge, nowMs: number): boolean {
  return nowMs - sinceMs >= mergeLimits.quietMs;
}

/** Somebody in a layer that is to be merged. */
export interface Movable<Id extends string> {
  readonly characterId: Id;
  /** Neither fights nor trades, waits for nothing, and has been here for long enough. */
  readonly isFree: boolean;
}

/**
 * Who is moved in one step, at most so many: of a party all that are here, once all of them are free, or none.
 * @param parties the members of parties, wherever they are
 */
export function chooseMovers<Id extends string>(
  people: readonly Movable<Id>[],
  parties: readonly (readonly Id[])[],
  most: number = mergeLimits.movesPerStep,
): readonly Id[] {
  const isFree = new Map(people.map((one) => [one.characterId, one.isFree]));
  const partyOf = new Map(parties.flatMap((members) => members.map((member) => [member, members] as const)));
  const chosen: Id[] = [];
  const judged = new Set<Id>();
  for (const { characterId } of people) {
    if (judged.has(characterId)) continue;
    const together = (partyOf.get(characterId) ?? [characterId]).filter((member) => isFree.has(member));
    for (const member of together) judged.add(member);
    const fits = chosen.length + together.length <= most;
    if (fits && together.every((member) => isFree.get(member))) chosen.push(...together);
  }
  return chosen;
}
