import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureJava } from './java.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'java-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A command that says it is this version of Java. */
function javaOf(version: string): string {
  const command = join(folder, 'java');
  writeFileSync(command, `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`);
  chmodSync(command, 0o755);
  return command;
}

test('a Java of 11 or newer is taken as it is', async () => {
  const command = javaOf('21.0.2');
  expect(await ensureJava({ command })).toBe(command);
});

test('where Java is missing or too old, the error names the one command that installs it', async () => {
  await expect(ensureJava({ command: join(folder, 'none'), mayInstall: false })).rejects.toThrow(
    /needs Java 11 or newer.*Install it: \S+/,
  );
  await expect(ensureJava({ command: javaOf('1.8.0_402'), mayInstall: false })).rejects.toThrow(/needs Java 11/);
});
