import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

type Row = Readonly<Record<string, unknown>>;

/** Is told of rows that somebody has read by their keys, and of the end of each try to commit. */
export interface Reader {
  read(row: Row): void;
  tried(): void;
}

/** Puts a place for a reader into a client. @returns what puts one there, and gives back what takes it away. */
export function readings(client: DynamoDBDocumentClient): (reader: Reader) => () => void {
  let current: Reader | undefined;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === 'TransactWriteCommand') return next(args).finally(() => current?.tried());
      const result = await next(args);
      if (current) for (const row of rowsOf(context.commandName, result.output as Row)) current.read(row);
      return result;
    },
    { step: 'initialize', name: 'readings', priority: 'high' },
  );
  return (reader) => {
    current = reader;
    return () => {
      current = undefined;
    };
  };
}

/** Those that were asked for one by one; a list is a look, and nobody relies on all of it. */
function rowsOf(commandName: string | undefined, output: Row): readonly Row[] {
  if (commandName === 'GetCommand') return output.Item ? [output.Item as Row] : [];
  if (commandName === 'BatchGetCommand') return Object.values((output.Responses ?? {}) as Record<string, Row[]>).flat();
  return [];
}
