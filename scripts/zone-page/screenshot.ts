import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import { withPage } from './browser.ts';

/**
 * Takes the README's picture of the zone page: some bots about, the own character in a fight. Needs a running local cloud.
 *
 *   npm run zone:screenshot
 */
const root = join(import.meta.dirname, '../..');
const running = join(root, '.local/running.json');
const picture = join(root, 'docs/zone-page.png');
const MOST_BYTES = 300_000;
const BOTS = 5;
const WALK_MS = 7_000;
const FIGHT_MS = 3_000;

if (!existsSync(running)) throw new Error('The local cloud is not running: npm start');
const { others } = JSON.parse(readFileSync(running, 'utf8')) as RunningAddresses;
const url = others.find(({ label }) => label === 'Zone page')?.url;
if (url === undefined) throw new Error('This local cloud has no zone page: start it with its fleet');

await withPage(
  url,
  async (page) => {
    await page.locator('#server-place', { hasText: ',' }).waitFor();
    for (let bot = 1; bot <= BOTS; bot += 1) {
      await page.click('#add-bot');
      await page.locator('#bots', { hasText: `${bot} in the zone` }).waitFor();
    }
    await page.fill('#line', 'Drones at the slipway. Who is with me?');
    await page.keyboard.press('Enter');
    await page.keyboard.down('d');
    await page.waitForTimeout(WALK_MS);
    await page.keyboard.up('d');
    await page.keyboard.press('f');
    await page.waitForTimeout(FIGHT_MS);
    await page.screenshot({ path: picture });
  },
  (complaint) => console.error(complaint),
);
const { size } = statSync(picture);
if (size > MOST_BYTES) throw new Error(`${picture} has ${size} bytes, more than ${MOST_BYTES}`);
console.log(`${picture}: ${size} bytes`);
