import type { Area } from '../sim/definition.ts';

const GOLDEN_ANGLE = 2.399_963;
const SPREAD = 16;

/** A point of an area, so that those who arrive do not stand in one place. */
export function standingIn({ x, y, radius }: Area, slot: number): { readonly x: number; readonly y: number } {
  const metres = radius * Math.sqrt((slot % SPREAD) / SPREAD) * 0.8;
  return { x: x + Math.cos(slot * GOLDEN_ANGLE) * metres, y: y + Math.sin(slot * GOLDEN_ANGLE) * metres };
}
