import { SIXTEENTHS } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import type { SimState } from './state.ts';

/**
 * Whether an act reaches its target, asked in the past that the actor saw. A `viewTick` is that moment in sixteenths
 * of a tick (see `view` of the protocol's action); unset: now. Actors are where they stood when they acted: what was held
 * up comes at once, with the steps before and after it. The others are wound back.
 */

const at = { x: 0, y: 0 };
const own = { x: 0, y: 0 };

/** Where somebody acts from; to be read before the next call. */
export function standpoint({ actFrom, entities }: SimState, actor: number): { readonly x: number; readonly y: number } {
  if (actor === actFrom.slot) return actFrom;
  own.x = entities.x[actor]!;
  own.y = entities.y[actor]!;
  return own;
}

/**
 * The moment in which an act is judged: at most the rewind back from the last tick that anybody can have seen, however
 * old the view. Views of the future are the present.
 */
export function judgedMoment({ tick }: SimState, viewTick: number): number {
  const oldest = (tick - 1 - balance.lag.maxRewindTicks) * SIXTEENTHS;
  return Math.min(tick * SIXTEENTHS, Math.max(0, oldest, viewTick));
}

/** Finds where an entity was in an actor's view; false: not there yet. */
function locate(state: SimState, slot: number, viewTick: number | undefined): boolean {
  const moment = viewTick === undefined ? state.tick * SIXTEENTHS : judgedMoment(state, viewTick);
  return state.history.placeAt(state, slot, moment, at);
}

/** Whether nothing stands between two entities. */
export function sees(state: SimState, actor: number, target: number, viewTick?: number): boolean {
  const { x, y } = standpoint(state, actor);
  return locate(state, target, viewTick) && !state.obstacles.isBlocked(x, y, at.x, at.y);
}

/** Whether a target is in sight and within `range` metres of an actor, with what is forgiven for the way of a message. */
export function reaches(state: SimState, actor: number, target: number, range: number, viewTick?: number): boolean {
  return isWithin(state, actor, target, range, viewTick) && sees(state, actor, target, viewTick);
}

/** The same without regard to what stands between: tells one who is too far from one who is behind cover. */
export function isWithin(state: SimState, actor: number, target: number, range: number, viewTick?: number): boolean {
  if (!locate(state, target, viewTick)) return false;
  const { x, y } = standpoint(state, actor);
  return Math.hypot(at.x - x, at.y - y) <= range + balance.combat.rangeToleranceMetres;
}

/** Calls `visit` for every slot that can have been within these bounds of late, in a fixed order. */
function near(
  state: SimState,
  west: number,
  south: number,
  east: number,
  north: number,
  visit: (slot: number) => void,
) {
  const { grid, zone } = state;
  const { cellMetres } = balance.grid;
  const { gridMarginMetres } = balance.lag;
  const column = (x: number) => Math.floor((x - zone.originX) / cellMetres);
  const row = (y: number) => Math.floor((y - zone.originY) / cellMetres);
  const lastColumn = Math.min(grid.columns - 1, column(east + gridMarginMetres));
  const lastRow = Math.min(grid.rows - 1, row(north + gridMarginMetres));
  for (let r = Math.max(0, row(south - gridMarginMetres)); r <= lastRow; r++)
    for (let c = Math.max(0, column(west - gridMarginMetres)); c <= lastColumn; c++)
      for (let slot = grid.first(r * grid.columns + c); slot !== 0; slot = grid.after(slot)) visit(slot);
}

/**
 * Everybody within `radius` metres of a point whom nothing shields from it, nearest first and by slot among equals.
 */
export function slotsWithin(state: SimState, x: number, y: number, radius: number, viewTick?: number): number[] {
  const found: { readonly slot: number; readonly metres: number }[] = [];
  near(state, x - radius, y - radius, x + radius, y + radius, (slot) => {
    if (!locate(state, slot, viewTick)) return;
    const metres = Math.hypot(at.x - x, at.y - y);
    if (metres <= radius && !state.obstacles.isBlocked(x, y, at.x, at.y)) found.push({ slot, metres });
  });
  return found.sort((a, b) => a.metres - b.metres || a.slot - b.slot).map(({ slot }) => slot);
}

/** A shot: from where, through which point, and how far. Metres. */
export interface Shot {
  readonly fromX: number;
  readonly fromY: number;
  readonly throughX: number;
  readonly throughY: number;
  readonly range: number;
}

/**
 * The first body that a shot meets before cover stops it, and its distance; undefined: none. `strikes` says who can be
 * struck at all: others are shot through. Bodies are circles; what one sees of them round a corner can be struck.
 */
export function firstOnRay(
  state: SimState,
  shot: Shot,
  strikes: (slot: number) => boolean,
  viewTick?: number,
): { readonly slot: number; readonly metres: number } | undefined {
  const { fromX, fromY, throughX, throughY, range } = shot;
  const aimed = Math.hypot(throughX - fromX, throughY - fromY);
  if (aimed === 0) return undefined;
  const dirX = (throughX - fromX) / aimed;
  const dirY = (throughY - fromY) / aimed;
  const free = state.obstacles.freeShare(fromX, fromY, fromX + dirX * range, fromY + dirY * range) * range;
  const toX = fromX + dirX * free;
  const toY = fromY + dirY * free;
  const radius = balance.lag.bodyRadiusMetres;
  let first = 0;
  let firstMetres = Number.POSITIVE_INFINITY;
  const west = Math.min(fromX, toX) - radius;
  const south = Math.min(fromY, toY) - radius;
  near(state, west, south, Math.max(fromX, toX) + radius, Math.max(fromY, toY) + radius, (slot) => {
    if (!strikes(slot) || !locate(state, slot, viewTick)) return;
    const metres = metresToBody(at.x - fromX, at.y - fromY, dirX, dirY, radius);
    if (metres > free || metres > firstMetres || (metres === firstMetres && slot > first)) return;
    first = slot;
    firstMetres = metres;
  });
  return first === 0 ? undefined : { slot: first, metres: firstMetres };
}

/** How far along a direction a body around a point is met; infinite: it is passed by. */
export function metresToBody(x: number, y: number, dirX: number, dirY: number, radius: number): number {
  const along = x * dirX + y * dirY;
  const asideSquared = x * x + y * y - along * along;
  if (asideSquared > radius * radius) return Number.POSITIVE_INFINITY;
  const half = Math.sqrt(radius * radius - asideSquared);
  if (along + half < 0) return Number.POSITIVE_INFINITY;
  return Math.max(0, along - half);
}

/** Whether a point is within `range` metres of an actor; range 0: it is the actor's own place. */
export function reachesPoint(state: SimState, actor: number, x: number, y: number, range: number): boolean {
  const from = standpoint(state, actor);
  const metres = Math.hypot(from.x - x, from.y - y);
  return metres <= range + balance.combat.rangeToleranceMetres;
}
