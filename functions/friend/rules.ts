import { DAY_MS } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';

export const friendLimits = {
  friends: 200,
  openSent: 100,
  openReceived: 200,
  requestLifeMs: 30 * DAY_MS,
  blocks: 500,
} as const;

/** What one account is to another, seen from the first. */
export type Relation = 'friend' | 'sent' | 'received';

/** One side of a relation. The other side's row mirrors it and changes in the same transaction. */
export interface RelationSide {
  readonly accountId: AccountId;
  readonly otherId: AccountId;
  readonly relation: Relation;
  /** The other's character name as it was when the relation began. */
  readonly name?: string | undefined;
  readonly sinceMs: number;
  /** Only of requests. */
  readonly expiresAtMs?: number | undefined;
  /** Rises with every change of the pair, also over a gap without rows. */
  readonly revision: number;
}

/** How many places of each kind an account uses. Never below the truth; expired requests may still be in it. */
export interface Tally {
  readonly friends: number;
  readonly sent: number;
  readonly received: number;
}

/** By how much a change moves the tallies of both sides. */
export interface TallyShift {
  readonly mine: Partial<Tally>;
  readonly theirs: Partial<Tally>;
}

export const tallyShifts = {
  request: { mine: { sent: 1 }, theirs: { received: 1 } },
  accept: { mine: { received: -1, friends: 1 }, theirs: { sent: -1, friends: 1 } },
  decline: { mine: { received: -1 }, theirs: { sent: -1 } },
  remove: { mine: { friends: -1 }, theirs: { friends: -1 } },
} as const satisfies Record<string, TallyShift>;

/** What ending a relation of each kind does to the tallies, seen from the player who ends it. */
export const endShifts: Readonly<Record<Relation, TallyShift>> = {
  friend: tallyShifts.remove,
  received: tallyShifts.decline,
  sent: { mine: tallyShifts.decline.theirs, theirs: tallyShifts.decline.mine },
};

/** The relation as it counts now: a request that has expired is none. */
export function relationAt(side: RelationSide | undefined, nowMs: number): Relation | 'none' {
  if (!side || (side.expiresAtMs !== undefined && side.expiresAtMs <= nowMs)) return 'none';
  return side.relation;
}

/** What asking to be friends comes to: two requests that cross make friends. */
export function decideRequest(relation: Relation | 'none'): 'send' | 'accept' | 'stay' {
  switch (relation) {
    case 'none':
      return 'send';
    case 'received':
      return 'accept';
    case 'sent':
    case 'friend':
      return 'stay';
  }
}

/** The pair's next revision: rises with every change, and with the clock where the rows were gone in between. */
export function nextRevision(sides: readonly (RelationSide | undefined)[], nowMs: number): number {
  return Math.max(nowMs, ...sides.map((side) => (side?.revision ?? 0) + 1));
}

/** The side on which the other is listed under a name that they have given up; undefined when it lists another name. */
export function renamed(
  pair: { readonly mine: RelationSide | undefined; readonly theirs: RelationSide | undefined },
  change: { readonly name: string; readonly previousName: string; readonly nowMs: number },
): RelationSide | undefined {
  const { mine, theirs } = pair;
  if (mine?.name !== change.previousName) return undefined;
  return { ...mine, name: change.name, revision: nextRevision([mine, theirs], change.nowMs) };
}

/** The live relations among these, counted. */
export function countTally(sides: readonly RelationSide[], nowMs: number): Tally {
  const count = (relation: Relation) => sides.filter((side) => relationAt(side, nowMs) === relation).length;
  return { friends: count('friend'), sent: count('sent'), received: count('received') };
}

/** One aggregate per pair, whoever began: the order of the ids decides. */
export function pairId(a: AccountId, b: AccountId): string {
  return a < b ? `${a}~${b}` : `${b}~${a}`;
}
