import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Child } from './child-process.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'child-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that nobody has waited for yet is dead all the same.
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !readFileSync(stat, 'utf8').includes(') Z');
  } catch {
    return false;
  }
}

test('output reaches the log, and the exit code is the command’s own', async () => {
  const logFile = join(folder, 'logs', 'out.log');
  const child = new Child({
    ...node('console.log(process.env.WORD); process.exit(7)'),
    env: { WORD: 'hello', PATH: process.env.PATH },
    logFile,
  });
  expect(await child.exited).toEqual({ code: 7, signal: null });
  expect(readFileSync(logFile, 'utf8')).toBe('hello\n');
  expect(child.running).toBe(false);
});

test('stop asks first: the command may finish its work', async () => {
  let output = '';
  const script =
    "process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); setInterval(() => {}, 1000); console.log('up')";
  const child = new Child({ ...node(script), onOutput: (text) => (output += text) });
  await vi.waitFor(() => expect(output).toContain('up'));
  await child.stop();
  expect(output).toContain('bye');
  await expect(child.stop()).resolves.toBeDefined();
});

test('a command that does not stop within its grace is killed', async () => {
  let output = '';
  const child = new Child({
    ...node("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log(process.pid)"),
    onOutput: (text) => (output += text),
    graceMs: 100,
  });
  await vi.waitFor(() => expect(output).toMatch(/\d+\n/));
  await child.stop();
  await vi.waitFor(() => expect(isAlive(Number(output))).toBe(false));
});

test('a command that cannot be found ends at once', async () => {
  const child = new Child({ command: join(folder, 'missing'), args: [] });
  expect((await child.exited).code).toBe(127);
});

test('when the parent is killed the command stops too', async () => {
  const pidFile = join(folder, 'pid');
  const grandchild = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
  const parentScript = `
    import { Child } from ${JSON.stringify(join(import.meta.dirname, 'child-process.ts'))};
    new Child({ command: process.execPath, args: ['-e', ${JSON.stringify(grandchild)}] });
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript], { stdio: 'ignore' });
  await vi.waitFor(() => expect(existsSync(pidFile) && readFileSync(pidFile, 'utf8')).toMatch(/^\d+$/), {
    timeout: 10_000,
  });
  const pid = Number(readFileSync(pidFile, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
});
