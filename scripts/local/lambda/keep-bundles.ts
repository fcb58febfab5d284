import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FunctionConfig } from './function-config.ts';

/**
 * Gives every function a copy of its bundle in `folder`, and forgets earlier ones. A function is loaded at its first
 * call: without this, a build or synthesis beside a running local cloud would take its code away or change it.
 */
export function keepBundles(functions: readonly FunctionConfig[], folder: string): FunctionConfig[] {
  rmSync(folder, { recursive: true, force: true });
  const kept = new Map<string, string>();
  return functions.map((config) => {
    const source = dirname(config.moduleFile);
    let target = kept.get(source);
    if (!target) {
      target = join(folder, basename(source));
      keepFolder(source, target);
      kept.set(source, target);
    }
    return { ...config, moduleFile: join(target, basename(config.moduleFile)) };
  });
}

function keepFolder(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) keepFolder(from, to);
    else keepFile(from, to);
  }
}

/** A second name costs nothing; across file systems it takes a copy. */
function keepFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
