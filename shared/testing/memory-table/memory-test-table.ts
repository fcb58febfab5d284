import { metered } from '#shared/table/table.ts';
import { comparableRows } from '../test-table.ts';
import { memoryDocumentClient } from './memory-client.ts';
import { MemoryTable } from './memory-table.ts';

/** A table in memory with the same handles as `createTestTable` gives; `memory` is the table behind the client. */
export function createMemoryTestTable(name: string) {
  const memory = new MemoryTable(name);
  return {
    memory,
    client: metered(memoryDocumentClient(memory)),
    snapshot: async () => comparableRows(memory.items()),
    drop: async () => {},
  };
}
