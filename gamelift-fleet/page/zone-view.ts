import type { Welcome } from '#fleet/client/zone-link.ts';
import type { LiveWatcher, LiveZone } from '#fleet/src/control/live-feed.ts';
import { entitySorts, entityStates } from '#shared/contract/zone-protocol.ts';
import { colourOf, colours, drawGrid, drawWalls, type MapCanvas, outline, type Place } from './map-canvas.ts';
import { colourOfState } from './player-view.ts';

/** Everybody's name is shown from here on. */
const NAMES_FROM = 3;

/** The whole zone as the server has it, with the cells that each connected player sees. */
export function drawZone(
  map: MapCanvas,
  zone: LiveZone,
  { cellMetres, entityId: ownId, obstacles }: Welcome,
  { own, closer }: { readonly own: Place; readonly closer: number },
): void {
  const { originX, originY, width, height, columns, entities, watchers } = zone;
  const middle = { x: originX + width / 2, y: originY + height / 2 };
  map.begin(closer > 1 ? own : middle, map.fitting(width, height) * closer);
  drawGrid(map, { originX, originY, width, height, cellMetres }, []);
  drawWalls(map, obstacles);
  for (const watcher of watchers) drawSight(map, zone, watcher, { columns, cellMetres });
  for (const { x, y, sort, state } of entities) {
    if (sort === entitySorts.npc) map.circle({ x, y }, 2.5, { fill: colourOfState(state, false) });
  }
  for (const { id, x, y, name, sort, state } of entities) {
    if (sort !== entitySorts.player) continue;
    const fill = state === entityStates.dead ? colours.dead : colourOf(id);
    map.circle({ x, y }, id === ownId ? 6 : 4.5, { fill, stroke: colours.ground });
    if (id === ownId || closer >= NAMES_FROM)
      map.text({ x, y }, name, colours.label, -10, '600 12px system-ui, sans-serif');
  }
}

function drawSight(
  map: MapCanvas,
  { originX, originY }: LiveZone,
  { entityId, cells }: LiveWatcher,
  { columns, cellMetres }: { readonly columns: number; readonly cellMetres: number },
): void {
  const corners: Place[] = cells.map((cell) => ({
    x: originX + (cell % columns) * cellMetres,
    y: originY + Math.floor(cell / columns) * cellMetres,
  }));
  map.context.globalAlpha = 0.1;
  for (const corner of corners) map.rectangle(corner, cellMetres, cellMetres, colourOf(entityId));
  map.context.globalAlpha = 1;
  outline(map, corners, cellMetres, colourOf(entityId));
}
