import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { MemoryTable } from '#shared/testing/memory-table/memory-table.ts';

type Input = Record<string, unknown>;

/** Does a request to the table in another way than asked: `send` sends it as it is, `memory` is the table itself. */
export type Sabotage = (
  operation: string,
  input: Input,
  send: (input: Input) => Promise<unknown>,
  memory: MemoryTable,
) => Promise<unknown>;

/** Puts a place for a planted bug into a client. @returns what plants one there, and gives back what takes it out. */
export function sabotaged(
  client: DynamoDBDocumentClient,
  memory: MemoryTable,
): (bug: Sabotage | undefined) => () => void {
  let planted: Sabotage | undefined;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (!planted) return next(args);
      const send = async (input: Input) => (await next({ ...args, input: input as never })).output;
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      return { response: {}, output: (await planted(operation, args.input as Input, send, memory)) as never };
    },
    { step: 'initialize', name: 'sabotage', priority: 'low' },
  );
  return (bug) => {
    const before = planted;
    planted = bug;
    return () => {
      planted = before;
    };
  };
}
