import { comparableRows } from '../test-table.ts';
import { createMemoryClient } from './memory-client.ts';

/** A table in memory, with the same handles as `createTestTable` gives. */
export function createMemoryTestTable() {
  const { client, table } = createMemoryClient();
  return {
    client,
    snapshot: async () => comparableRows(table.all()),
    drop: async () => client.destroy(),
  };
}
