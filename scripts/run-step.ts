import { spawn } from 'node:child_process';

export interface StepResult {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a tool of the project, shows what it prints unless `quiet`, and says whether it succeeded. */
export function runStep(
  command: readonly string[],
  options: { quiet?: boolean; timeoutMs?: number } = {},
): Promise<StepResult> {
  const [program, ...args] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 20 * 60_000,
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) },
    });
    let output = '';
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      if (!options.quiet) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}
