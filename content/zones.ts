import { zoneRows } from './data/zones.ts';
import { lookup } from './lookup.ts';

/** Every zone. */
export const zones = lookup('zone', zoneRows);

/** Where new characters begin. */
export const startingZone = zones.all.find((zone) => zone.starting)!;
