import type { LiveFeed, LiveZone } from '#fleet/src/control/live-feed.ts';
import { colourOf } from './map-canvas.ts';
import { perSecond, Rate } from './rates.ts';

const TICK_MS = 50;
const MAX_WATCHER_ROWS = 14;

export function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}

export function show(id: string, text: string): void {
  const target = element(id);
  // What is the same is left alone: a screen reader would read it again.
  if (target.textContent !== text) target.textContent = text;
}

/** The server's figures: how long ticks take and on what, who sees what, and what each of them is sent. */
export class ServerPanel {
  private readonly sent = new Map<number, Rate>();
  private before: LiveZone | undefined;

  update(feed: LiveFeed, zone: LiveZone): void {
    show('shard', feed.shardId);
    show('population', `${zone.players}, ${zone.npcs}`);
    show('longest-tick', `${zone.longestTickMs.toFixed(1)} ms`);
    show('overload', String(zone.overloadLevel));
    show('skipped', String(feed.skippedTicks));
    this.showPhases(zone);
    this.showWatchers(feed.atMs, zone);
    this.before = zone;
  }

  private showPhases(zone: LiveZone): void {
    const { before } = this;
    const ticks = before ? zone.ticks - before.ticks : 0;
    // Another process may have taken the zone over.
    if (!before || ticks <= 0) return;
    const phases = Object.entries(zone.phaseMs).map(([phase, totalMs]) => {
      const microseconds = (1_000 * (totalMs - before.phaseMs[phase as keyof LiveZone['phaseMs']])) / ticks;
      return { phase, microseconds: Math.max(0, microseconds) };
    });
    const sum = phases.reduce((total, { microseconds }) => total + microseconds, 0);
    show('tick-time', `${(sum / 1_000).toFixed(2)} ms (${((sum / 1_000 / TICK_MS) * 100).toFixed(1)} %)`);
    const longest = Math.max(...phases.map(({ microseconds }) => microseconds), 1);
    element('phases').replaceChildren(
      ...phases.map(({ phase, microseconds }) => {
        const bar = document.createElement('span');
        bar.className = 'bar';
        bar.style.setProperty('--share', `${(100 * microseconds) / longest}%`);
        return row(phase, bar, microseconds.toFixed(0));
      }),
    );
  }

  private showWatchers(atMs: number, zone: LiveZone): void {
    const names = new Map(zone.entities.map(({ id, name }) => [id, name]));
    const present = new Set(zone.watchers.map(({ entityId }) => entityId));
    for (const id of this.sent.keys()) if (!present.has(id)) this.sent.delete(id);
    const watchers = zone.watchers.map((watcher) => {
      const rate = this.sent.get(watcher.entityId) ?? new Rate();
      this.sent.set(watcher.entityId, rate);
      return { ...watcher, bytesPerSecond: rate.take(watcher.bytesSent, atMs) };
    });
    const known = watchers.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []);
    show('bytes-per-client', perSecond(known.length ? known.reduce((a, b) => a + b, 0) / known.length : undefined));
    const rows = watchers.slice(0, MAX_WATCHER_ROWS).map(({ entityId, entitiesSeen, bytesPerSecond, isStalled }) => {
      const one = row(names.get(entityId) ?? `#${entityId}`, `${entitiesSeen}`, perSecond(bytesPerSecond));
      one.style.setProperty('--colour', colourOf(entityId));
      if (isStalled) one.title = 'Too far behind: gets nothing until it has caught up';
      return one;
    });
    const more = zone.watchers.length + zone.untold.watchers - rows.length;
    element('watchers').replaceChildren(...rows, ...(more > 0 ? [row(`and ${more} more`, '', '')] : []));
  }
}

function row(...cells: readonly (string | Node)[]): HTMLTableRowElement {
  const line = document.createElement('tr');
  for (const cell of cells) line.insertCell().append(cell);
  return line;
}
