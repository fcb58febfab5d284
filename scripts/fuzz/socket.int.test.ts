import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useConnections } from '#functions/push/connections.ts';
import { handler as connect } from '#functions/push/triggers/connect.ts';
import { handler as message } from '#functions/push/triggers/message.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { serverCommands } from '#shared/stomp/frame.ts';
import { FrameParser, parseClientMessage } from '#shared/stomp/parse.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { TableJournal } from './journal.ts';
import { diceOf } from './random.ts';
import { settings } from './settings.ts';
import { mutatedMessage } from './stomp-messages.ts';

const CONNECTION = 'fuzz-connection=';
/** A share of the parser's messages: each of these goes through the function and the table. */
const COUNT = Math.ceil(settings.frames / 50);
/** What closing a connection puts in order. */
const CLOSING = /^(?:CONN#|TOPSUB#)/;
/** What serving a flawless message may touch besides. */
const SERVING = /^(?:CONN#|TOPSUB#|SES#)/;

describe.skipIf(settings.endpoint)(`the socket's function (seed ${settings.seed}, ${COUNT} messages)`, () => {
  let world: TestWorld;
  let journal: TableJournal;
  let actor: Actor;
  let undo: () => void;
  const posts: string[] = [];
  let closed = 0;

  const event = (bytes: Buffer, encoded: boolean) => ({
    requestContext: {
      connectionId: CONNECTION,
      authorizer: { accountId: actor.accountId, sessionId: actor.sessionId, roles: 'player', characterId: '' },
    },
    body: encoded ? bytes.toString('base64') : bytes.toString('utf8'),
    isBase64Encoded: encoded,
  });
  /** The last answer comes back as the function's own, those before it are posted. */
  const send = async (bytes: Buffer, encoded = true) => {
    const reply = await message(event(bytes, encoded), lambdaContext());
    if (reply.body !== '') posts.push(reply.body);
    return reply;
  };

  beforeAll(async () => {
    world = await startTestWorld({ store: settings.store });
    journal = new TableJournal(world.client, world.tableName);
    undo = useConnections({
      post: async (_id, text) => {
        posts.push(text);
        return true;
      },
      close: async () => {
        closed += 1;
      },
    });
    actor = await world.openSession(world.actor());
    await connect(event(Buffer.alloc(0), true), lambdaContext());
    const subscribe = 'SUBSCRIBE\nid:0\ndestination:/topic/server/announcements\n\n\0';
    await send(Buffer.from(`CONNECT\naccept-version:1.2\nhost:/\n\n\0${subscribe}`));
    expect(posts.join('')).toContain('CONNECTED');
    await journal.setBaseline();
  });
  afterAll(async () => {
    undo?.();
    await world?.stop();
  });

  it(
    'never fails, writes nothing for what is malformed, and says only what is STOMP',
    async () => {
      const count = { malformed: 0, served: 0, closed: 0, posts: 0 };
      for (let index = 0; index < COUNT; index += 1) {
        const dice = diceOf(settings.seed, 'socket', index);
        const { bytes } = mutatedMessage(dice);
        // The gateway hands text on as text; what is no UTF-8 came as a binary message.
        const isText = Buffer.from(bytes.toString('utf8')).equals(bytes);
        const encoded = !isText || dice.chance(0.5);
        const faulty = parseClientMessage(bytes).fault !== undefined;
        posts.length = 0;
        closed = 0;
        const where = `message ${index} of seed ${settings.seed}: ${JSON.stringify(bytes.toString('latin1'))}`;

        const { statusCode } = await send(bytes, encoded);
        const written = journal.touched();
        await journal.rewind();

        expect(statusCode, where).toBe(200);
        expect(
          written.filter((key) => !(faulty ? CLOSING : SERVING).test(key)),
          where,
        ).toEqual([]);
        if (faulty) {
          expect(closed, where).toBeGreaterThan(0);
          expect(
            posts.map((post) => post.split('\n')[0]),
            where,
          ).toEqual(['ERROR']);
        }
        const said = new FrameParser(serverCommands);
        for (const post of posts) expect(said.push(Buffer.from(post)).fault, where).toBeUndefined();
        expect(said.unfinished, where).toBe(false);
        count[faulty ? 'malformed' : 'served'] += 1;
        count.closed += closed > 0 ? 1 : 0;
        count.posts += posts.length;
      }
      console.log(`socket: ${JSON.stringify(count)}`);
      expect(count.served).toBeGreaterThan(COUNT / 20);
      expect(await journal.hash()).toBe(journal.baselineHash());
    },
    30_000 + COUNT * 60,
  );
});
