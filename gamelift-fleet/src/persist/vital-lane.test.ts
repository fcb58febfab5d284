import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { vitally, withVitalLane } from './vital-lane.ts';

/** A client that notes down which rows it was asked for. */
function recording(asked: string[]): DynamoDBDocumentClient {
  const send = async (command: GetCommand) => void asked.push(String(command.input.Key!.pk));
  return { send } as unknown as DynamoDBDocumentClient;
}

it('what a unit lives on goes over connections of its own, also behind its first wait and amid others', async () => {
  const [ordinary, vital]: [string[], string[]] = [[], []];
  const client = withVitalLane(recording(ordinary), recording(vital));
  const ask = (pk: string) => client.send(new GetCommand({ TableName: 'any', Key: { pk } }));
  const renewal = vitally(async () => {
    await ask('lease');
    await nextTurn();
    await ask('lease again');
  });
  await ask('crowd');
  await renewal;
  await ask('crowd again');
  expect(vital).toEqual(['lease', 'lease again']);
  expect(ordinary).toEqual(['crowd', 'crowd again']);
});
