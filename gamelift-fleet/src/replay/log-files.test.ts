import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openLogFile } from './log-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'input-logs-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('log files', () => {
  it('are one for each life of a zone, the eight newest of them', async () => {
    const failed = vi.fn();
    for (let epoch = 1; epoch <= 10; epoch++) {
      const path = join(directory, `yard.${epoch}.inputs`);
      openLogFile(directory, 'yard', epoch, failed).write(`life ${epoch}\n`);
      await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe(`life ${epoch}\n`));
      utimesSync(path, epoch, epoch);
    }
    openLogFile(directory, 'dock', 1, failed).write('other\n');
    await vi.waitFor(() => expect(readdirSync(directory)).toContain('dock.1.inputs'));
    const lives = readdirSync(directory).filter((name) => name.startsWith('yard.'));
    expect(lives.sort()).toEqual([10, 3, 4, 5, 6, 7, 8, 9].map((epoch) => `yard.${epoch}.inputs`));
    expect(failed).not.toHaveBeenCalled();
  });

  it('say that they are of no use any more, instead of failing the zone', async () => {
    const failed = vi.fn();
    const sink = openLogFile(directory, '../no/such/folder', 1, failed);
    sink.write('line\n');
    await vi.waitFor(() => expect(failed).toHaveBeenCalled());
    expect(sink.pendingBytes).toBe(Number.POSITIVE_INFINITY);
  });
});
