import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as engine, type Page } from 'playwright-core';
import { chromium } from '#scripts/chromium.ts';
import { ensureProgram } from '#scripts/system-program.ts';

/** Nothing that phones home, and no sandbox, which root cannot have. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
];

/**
 * Opens an address in a Chromium of its own, which forgets everything afterwards, and tells of whatever the page
 * complains about. @throws Error where there is no Chromium and none can be installed.
 */
export async function withPage<T>(
  url: string,
  visit: (page: Page) => Promise<T>,
  complain: (complaint: string) => void,
): Promise<T> {
  const executablePath = await ensureProgram(chromium, { say: console.log });
  const profile = mkdtempSync(join(tmpdir(), 'zone-page-'));
  const browser = await engine.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: FLAGS,
    chromiumSandbox: false,
    viewport: { width: 1_280, height: 960 },
  });
  try {
    const page = browser.pages()[0] ?? (await browser.newPage());
    page.on('console', (message) => {
      // A busy gateway refuses for now, and the page asks again.
      if (/status of (429|503)/.test(message.text())) return;
      if (['error', 'warning'].includes(message.type())) complain(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => complain(String(error)));
    page.on('requestfailed', (request) => complain(`${request.url()} failed: ${request.failure()?.errorText}`));
    await page.goto(url);
    return await visit(page);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
