import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { useSleep } from '#shared/kernel/sleep.ts';
import { gatherReads } from './gathered-reads.ts';

type Asked = { readonly Keys: readonly Record<string, string>[]; readonly ConsistentRead: boolean };

/** A table in memory, and every request that reached it; it leaves so many keys of each of the first requests out. */
function tableOf(rows: readonly string[], leavesOut: readonly number[] = []) {
  const asked: Asked[] = [];
  const others: unknown[] = [];
  const left = [...leavesOut];
  const send = async (command: unknown) => {
    if (!(command instanceof BatchGetCommand)) {
      others.push(command);
      return { Item: 'alone' };
    }
    const request = command.input.RequestItems!.main as Asked;
    asked.push(request);
    const most = request.Keys.length - (left.shift() ?? 0);
    const Keys = request.Keys.slice(most);
    return {
      Responses: { main: request.Keys.slice(0, most).filter(({ pk }) => rows.includes(pk!)) },
      UnprocessedKeys: Keys.length > 0 ? { main: { Keys } } : {},
    };
  };
  const client = gatherReads({ send } as unknown as DynamoDBDocumentClient);
  const read = (pk: string, ConsistentRead = true) =>
    client.send(new GetCommand({ TableName: 'main', Key: { pk, sk: 'a' }, ConsistentRead }), undefined as never);
  return { asked, others, client, read };
}

let undo: (() => void) | undefined;
afterEach(() => undo?.());

describe('reads of one turn', () => {
  it('become one request, in which a row that several want is asked for once', async () => {
    const { asked, read } = tableOf(['one', 'two']);
    const replies = await Promise.all([read('one'), read('two'), read('none'), read('one')]);
    expect(replies.map(({ Item }) => Item?.pk)).toEqual(['one', 'two', undefined, 'one']);
    expect(asked.map(({ Keys }) => Keys.map(({ pk }) => pk))).toEqual([['one', 'two', 'none']]);
  });

  it('are as fresh as each has asked for', async () => {
    const { asked, read } = tableOf(['one']);
    await Promise.all([read('one'), read('one', false)]);
    expect(asked.map(({ ConsistentRead }) => ConsistentRead)).toEqual([true, false]);
  });

  it('go out in requests of at most 100 keys', async () => {
    const names = Array.from({ length: 250 }, (_one, index) => `row-${index}`);
    const { asked, read } = tableOf(names);
    const replies = await Promise.all(names.map((name) => read(name)));
    expect(replies.map(({ Item }) => Item?.pk)).toEqual(names);
    expect(asked.map(({ Keys }) => Keys.length)).toEqual([100, 100, 50]);
  });

  it('that come later are asked for later', async () => {
    const { asked, read } = tableOf(['one']);
    await read('one');
    await read('one');
    expect(asked).toHaveLength(2);
  });

  it('leave everything else alone', async () => {
    const { asked, others, client } = tableOf([]);
    const Key = { pk: 'one', sk: 'a' };
    await client.send(new GetCommand({ TableName: 'main', Key, ProjectionExpression: 'pk' }));
    await client.send(new PutCommand({ TableName: 'main', Item: Key }));
    expect(asked).toEqual([]);
    expect(others).toHaveLength(2);
  });
});

describe('a busy table', () => {
  it('is asked again for what it has left out', async () => {
    undo = useSleep(async () => {});
    const { asked, read } = tableOf(['one', 'two', 'three'], [2, 1]);
    const replies = await Promise.all(['one', 'two', 'three'].map((name) => read(name)));
    expect(replies.map(({ Item }) => Item?.pk)).toEqual(['one', 'two', 'three']);
    expect(asked.map(({ Keys }) => Keys.length)).toEqual([3, 2, 1]);
  });

  it('fails the reads that it never answers, and no others', async () => {
    undo = useSleep(async () => {});
    const { read } = tableOf(['one', 'two'], [1, 1, 1, 1]);
    const [one, two] = await Promise.allSettled([read('one'), read('two')]);
    expect([one!.status, two!.status]).toEqual(['fulfilled', 'rejected']);
  });

  it('that cannot be reached fails them all', async () => {
    const send = () => Promise.reject(new Error('unreachable'));
    const client = gatherReads({ send } as unknown as DynamoDBDocumentClient);
    const read = client.send(new GetCommand({ TableName: 'main', Key: { pk: 'one', sk: 'a' } }));
    await expect(read).rejects.toThrow('unreachable');
  });
});
