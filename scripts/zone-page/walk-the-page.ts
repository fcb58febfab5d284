import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { LiveEntity, LiveFeed, LiveZone } from '#fleet/src/control/live-feed.ts';
import { tickPhases } from '#fleet/src/zone/tick-meter.ts';
import { entitySorts, entityStates } from '#shared/contract/zone-protocol.ts';
import { withPage } from './browser.ts';

const PATIENCE_MS = 30_000;
const WALK_METRES = 6;
/** Less than what is in view whatever the place in the own cell. */
const NEAR_METRES = 17;

/** Waits until a check holds. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 100 });

const isNpc = ({ sort, state }: LiveEntity) => sort === entitySorts.npc && state !== entityStates.dead;

/**
 * A browser opens the zone page, walks by keyboard, sees another player, fights, and reads the figures; what it shows is
 * held against what the server says.
 */
export async function walkThePage(url: string): Promise<void> {
  const complaints: string[] = [];
  await withPage(
    url,
    (page) => play(page, url),
    (complaint) => complaints.push(complaint),
  );
  expect(complaints).toEqual([]);
}

async function play(page: Page, url: string): Promise<void> {
  const text = async (id: string) => (await page.locator(`#${id}`).textContent()) ?? '';
  const figure = async (id: string) => Number.parseFloat(await text(id));
  const place = async (id: string) => (await text(id)).split(', ').map(Number) as [number, number];
  const zone = async (): Promise<LiveZone> => {
    const feeds = (await (await fetch(new URL('live', url))).json()) as LiveFeed[];
    return feeds[0]!.zones.find(({ name }) => name === 'Glasswater Docks')!;
  };
  /** The connected player whose name begins so, once the feed, which is made ten times a second, tells of it. */
  const player = (prefix: string): Promise<LiveEntity> =>
    vi.waitFor(
      async () => {
        const { entities, watchers } = await zone();
        const connected = new Set(watchers.map(({ entityId }) => entityId));
        const found = entities.find(({ id, name }) => connected.has(id) && name.startsWith(prefix));
        if (!found) throw new Error(`nobody called ${prefix}… is in the zone`);
        return found;
      },
      { timeout: PATIENCE_MS, interval: 100 },
    );

  await page.locator('#server-place', { hasText: ',' }).waitFor({ timeout: PATIENCE_MS });
  expect(await text('zone-name')).toBe('Glasswater Docks');

  await page.click('#add-bot');
  await page.locator('#bots', { hasText: '1 in the zone' }).waitFor({ timeout: PATIENCE_MS });
  const bot = await player('Bot');
  await until(async () => {
    const { x, y } = await player('Bot');
    expect(Math.hypot(x - bot.x, y - bot.y)).toBeGreaterThan(1);
  });
  await until(async () => expect(await page.locator('#watchers').textContent()).toContain(bot.name));
  expect(await figure('in-view')).toBeGreaterThanOrEqual(2);

  // Drones hover to the east of the place where everybody starts.
  const start = await player('Page');
  await page.keyboard.down('d');
  await until(async () => {
    const own = await player('Page');
    expect(own.x).toBeGreaterThan(start.x + WALK_METRES);
    const metres = (await zone()).entities.filter(isNpc).map(({ x, y }) => Math.hypot(x - own.x, y - own.y));
    expect(Math.min(...metres)).toBeLessThan(NEAR_METRES);
  });
  await page.keyboard.up('d');
  await until(async () => {
    const [server, predicted] = [await place('server-place'), await place('predicted-place')];
    expect(Math.hypot(server[0] - predicted[0], server[1] - predicted[1])).toBeLessThan(0.2);
    const { x } = await player('Page');
    expect(Math.abs(x - predicted[0])).toBeLessThan(0.2);
  });
  expect(await figure('corrections')).toBe(0);

  await until(async () => {
    await page.keyboard.press('f');
    expect(await text('status')).toMatch(/\d+ of \d+/);
  });
  await until(async () => {
    const struck = (await zone()).entities.filter((one) => isNpc(one) && one.health < one.maxHealth);
    expect(struck.length).toBeGreaterThan(0);
  });

  await until(async () => {
    expect(await figure('tick-rate')).toBeGreaterThan(10);
    expect(await figure('bytes-received')).toBeGreaterThan(0);
    expect(await text('tick-time')).toMatch(/^\d+\.\d\d ms/);
    expect(await text('bytes-per-client')).toMatch(/B\/s$/);
    expect(await text('round-trip')).toMatch(/^\d+ ms$/);
    expect(await page.locator('#phases tr').count()).toBe(tickPhases.length);
  });

  const seen = await page.locator('#map').screenshot();
  await page.click('#view-zone');
  await until(async () => expect((await page.locator('#map').screenshot()).equals(seen)).toBe(false));
}
