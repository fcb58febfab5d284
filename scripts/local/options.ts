import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LocalOptions } from './service.ts';

export const usage = `npm start -- [flags]
  --fresh            begin with empty stores
  --in-memory        keep nothing between starts
  --port-base N      first port to try (default 4000)
  --data-dir PATH    where data stays between starts (default .local)
  --deliver-twice    hand every event and message to its consumer twice
  --no-fleet         leave the zone fleet out
  --shards N         processes that share the zones (default 1)`;

/** A developer's machine runs them all. */
const MAX_SHARDS = 8;

/** Reads the command line. Throws an error that ends with the usage for a flag it does not know. */
export function parseOptions(args: readonly string[], root: string): LocalOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        fresh: { type: 'boolean', default: false },
        'in-memory': { type: 'boolean', default: false },
        'deliver-twice': { type: 'boolean', default: false },
        'no-fleet': { type: 'boolean', default: false },
        shards: { type: 'string', default: '1' },
        'port-base': { type: 'string', default: '4000' },
        'data-dir': { type: 'string', default: '.local' },
      },
    });
    const portBase = Number(values['port-base']);
    if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 65_000) {
      throw new Error(`--port-base ${values['port-base']} is not a port between 1024 and 65000`);
    }
    const shards = Number(values.shards);
    if (!Number.isInteger(shards) || shards < 1 || shards > MAX_SHARDS) {
      throw new Error(`--shards ${values.shards} is not a number between 1 and ${MAX_SHARDS}`);
    }
    return {
      fresh: values.fresh,
      inMemory: values['in-memory'],
      deliverTwice: values['deliver-twice'],
      fleet: !values['no-fleet'],
      shards,
      portBase,
      dataDir: resolve(root, values['data-dir']),
    };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
}
