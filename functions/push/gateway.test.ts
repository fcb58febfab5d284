import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { connections } from './connections.ts';
import { clientOf, messageBytes, offeredProtocols } from './gateway-event.ts';
import { requeue } from './publisher.ts';

const sockets = mockClient(ApiGatewayManagementApiClient);
const queue = mockClient(SQSClient);

process.env.SOCKET_ENDPOINT = 'https://sockets.test/dev';
process.env.PUSH_QUEUE_URL = 'https://queue.test/push';
process.env.AWS_REGION = 'eu-central-1';

beforeEach(() => {
  sockets.reset();
  queue.reset();
});

const gone = new GoneException({ $metadata: {}, message: 'Gone' });

describe('connections', () => {
  it('posts text as it is', async () => {
    sockets.on(PostToConnectionCommand).resolves({});
    expect(await connections.post('c1', 'é\0')).toBe(true);
    expect(sockets.commandCalls(PostToConnectionCommand)[0]!.args[0].input).toEqual({
      ConnectionId: 'c1',
      Data: Buffer.from('é\0'),
    });
  });

  it('takes 410 for an answer, and nothing else', async () => {
    sockets.on(PostToConnectionCommand).rejectsOnce(gone).rejectsOnce(new Error('LimitExceededException'));
    expect(await connections.post('c1', 'x')).toBe(false);
    await expect(connections.post('c1', 'x')).rejects.toThrow('LimitExceeded');
  });

  it('closes what is there and what is not', async () => {
    sockets.on(DeleteConnectionCommand).resolvesOnce({}).rejectsOnce(gone).rejectsOnce(new Error('Forbidden'));
    await connections.close('c1');
    await connections.close('c1');
    await expect(connections.close('c1')).rejects.toThrow('Forbidden');
  });
});

describe('requeue', () => {
  it('sends ten at a time', async () => {
    queue.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    await requeue(Array.from({ length: 23 }, (_none, n) => `m${n}`));
    const sent = queue.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries!);
    expect(sent.map((entries) => entries.length)).toEqual([10, 10, 3]);
    expect(sent.flat().map((entry) => entry.MessageBody)).toEqual(Array.from({ length: 23 }, (_none, n) => `m${n}`));
  });

  it('fails when a part is refused', async () => {
    queue
      .on(SendMessageBatchCommand)
      .resolves({ Successful: [], Failed: [{ Id: '0', SenderFault: false, Code: 'Throttled' }] });
    await expect(requeue(['m'])).rejects.toThrow('Throttled');
  });
});

describe("the gateway's events", () => {
  it('name the client by what the authorizer said', () => {
    const authorizer = { accountId: 'acc_1', sessionId: 'ses_1', roles: 'player', characterId: '' };
    expect(clientOf({ requestContext: { connectionId: 'c', authorizer } })).toEqual({
      connectionId: 'c',
      accountId: 'acc_1',
      sessionId: 'ses_1',
    });
    expect(clientOf({ requestContext: { connectionId: 'c' } })).toBeUndefined();
    expect(
      clientOf({ requestContext: { connectionId: 'c', authorizer: { ...authorizer, sessionId: '' } } }),
    ).toBeUndefined();
  });

  it.each([
    ['Sec-WebSocket-Protocol', 'v10.stomp, v11.stomp,v12.stomp', ['v10.stomp', 'v11.stomp', 'v12.stomp']],
    ['sec-websocket-protocol', 'v12.stomp', ['v12.stomp']],
    ['Host', 'x', []],
  ])('offer subprotocols: %s: %s', (name, value, offered) => {
    expect(offeredProtocols({ requestContext: {}, headers: { [name]: value } })).toEqual(offered);
  });

  it('carry text and base64', () => {
    expect(messageBytes({ requestContext: {}, body: 'é' }).toString()).toBe('é');
    expect(messageBytes({ requestContext: {}, body: 'w6k=', isBase64Encoded: true }).toString()).toBe('é');
    expect(messageBytes({ requestContext: {} })).toHaveLength(0);
  });
});
