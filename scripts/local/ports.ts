import { createServer } from 'node:net';
import type { LocalPorts, PortName } from './service.ts';
import { portNames } from './service.ts';

/** How many ports above the first are tried before giving up. */
const SEARCH_RANGE = 400;

/** True when this machine lets us listen there now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * Chooses ports upward from `base`, passing over those in use: `preferred` names first, so that the addresses a person
 * types stay the same from start to start, then every name of `portNames`.
 */
export async function choosePorts(base: number, preferred: readonly string[]): Promise<LocalPorts> {
  const chosen = new Map<string, number>();
  let next = base;
  let last = Promise.resolve();
  const take = async (name: string): Promise<void> => {
    if (chosen.has(name)) return;
    for (; next < base + SEARCH_RANGE; next++) {
      if (await isPortFree(next)) {
        chosen.set(name, next++);
        return;
      }
    }
    throw new Error(`No free port for ${name} between ${base} and ${base + SEARCH_RANGE}`);
  };
  for (const name of [...preferred, ...portNames]) await take(name);
  return {
    of: (name: PortName) => chosen.get(name)!,
    async allocate(name) {
      // One at a time: two searches at once would choose the same port.
      const mine = last.then(() => take(name));
      last = mine.catch(() => undefined);
      await mine;
      return chosen.get(name)!;
    },
  };
}
