import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Runs one of the repository's scripts to its end. Rejects with the last lines of its output when it fails. */
export function runScript(
  root: string,
  script: string,
  args: readonly string[] = [],
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-4_000);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`node ${script} ended with ${code}:\n${output.trim()}`));
    });
  });
}
