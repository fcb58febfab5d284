import * as z from 'zod';

/** Metres on the zone's plane: x to the east, y to the north. */
export const Position = z.strictObject({ x: z.number(), y: z.number() });
export type Position = z.infer<typeof Position>;

export const Circle = z.strictObject({ x: z.number(), y: z.number(), radiusM: z.number().min(0).max(500) });
export type Circle = z.infer<typeof Circle>;

/** A wall, stack or building. Sides lie on quarter metres, so that rounding to the wire never crosses one. */
const side = z.number().multipleOf(0.25);
export const Box = z.strictObject({ minX: side, minY: side, maxX: side, maxY: side });
export type Box = z.infer<typeof Box>;

/** A point of a way, and how long one stands there. */
export const Waypoint = Position.extend({ pauseMs: z.int().min(0).max(60_000) });
export type Waypoint = z.infer<typeof Waypoint>;
