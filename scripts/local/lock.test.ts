import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockDataDir } from './lock.ts';
import { temporaryFolder } from './testing/fixtures.ts';

describe('the lock of a data folder', () => {
  it('keeps a second local cloud out until it is released', () => {
    const folder = temporaryFolder();
    const release = lockDataDir(folder);
    expect(() => lockDataDir(folder)).toThrow(/already runs a local cloud/);
    release();
    lockDataDir(folder)();
  });

  it('respects a living process and not a dead one', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lock'), String(process.ppid));
    expect(() => lockDataDir(folder)).toThrow(`(process ${process.ppid}): stop it first`);
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(folder, 'lock'), String(pid));
    lockDataDir(folder)();
  });
});
