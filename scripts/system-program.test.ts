import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chromium, isChromium } from '#scripts/chromium.ts';
import { isRecentJava, java } from '#scripts/local/services/dynamodb/java.ts';
import { ensureProgram } from './system-program.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A command that prints this when it is asked for its version. */
function commandThatSays(version: string): string {
  const command = join(folder, 'program');
  writeFileSync(command, `#!/bin/sh\necho '${version}' >&2\n`);
  chmodSync(command, 0o755);
  return command;
}

test('the first command that fits is taken as it is', async () => {
  const command = commandThatSays('openjdk version "21.0.2"');
  const commands = [join(folder, 'none'), command];
  expect(await ensureProgram({ ...java, commands })).toBe(command);
});

test('where none does, the error names the one command that installs it', async () => {
  const commands = [join(folder, 'none')];
  const where = { mayInstall: false };
  await expect(ensureProgram({ ...java, commands }, where)).rejects.toThrow(/needs Java 11 or newer.*Install it: \S+/);
  await expect(ensureProgram({ ...chromium, commands }, where)).rejects.toThrow(/needs Chromium.*Install it: \S+/);
});

describe('what will do', () => {
  test.each([
    ['openjdk version "21.0.2"', true],
    ['openjdk version "11.0.1"', true],
    ['openjdk version "1.8.0_402"', false],
    ['something else', false],
  ])('as Java: %s: %s', async (version, fits) => {
    expect(await isRecentJava(commandThatSays(version))).toBe(fits);
  });

  test.each([
    ['Chromium 142.0.7444.59 built on Debian GNU/Linux 12', true],
    ['Google Chrome 142.0.7444.59', true],
    ['something else', false],
  ])('as Chromium: %s: %s', async (version, fits) => {
    expect(await isChromium(commandThatSays(version))).toBe(fits);
  });
});
