import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

type Input = Record<string, unknown>;

/** Does a request to the table in another way than asked: `send` is the table as it is. */
export type Sabotage = (operation: string, input: Input, send: (input: Input) => Promise<unknown>) => Promise<unknown>;

/** Puts a place for a planted bug into a client. @returns what plants one there, and gives back what takes it out. */
export function sabotaged(client: DynamoDBDocumentClient): (bug: Sabotage | undefined) => () => void {
  let planted: Sabotage | undefined;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (!planted) return next(args);
      const send = async (input: Input) => (await next({ ...args, input: input as never })).output;
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      return { response: {}, output: (await planted(operation, args.input as Input, send)) as never };
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
