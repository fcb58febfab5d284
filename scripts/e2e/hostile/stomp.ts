import { describe, expect, it } from 'vitest';
import { createTicket, logout } from '#functions/auth/contract.ts';
import { accept, remove, request } from '#functions/friend/contract.ts';
import { PushSocket } from '#scripts/journey/push-socket.ts';
import { leftovers } from '#scripts/journey/settled.ts';
import { until } from '#scripts/journey/until.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { RawSocket, Refused } from './raw-socket.ts';
import { eachInParallel } from './valid-request.ts';
import type { WebPlayer } from './web-player.ts';
import type { World } from './world.ts';

const PROTOCOLS = ['v12.stomp'];
const CONNECT = 'CONNECT\naccept-version:1.2\nhost:necpgame\n\n\0';
const SOCKETS_AT_ONCE = 3;

const subscribeTo = (destination: string, id = '0'): string => `SUBSCRIBE\nid:${id}\ndestination:${destination}\n\n\0`;
const notificationsOf = ({ accountId }: WebPlayer): string => `/topic/player/${accountId}/notifications`;
const friendsOf = ({ accountId }: WebPlayer): string => `/topic/player/${accountId}/friends`;

interface Abuse {
  readonly what: string;
  /** The code of the ERROR frame that it is answered with. */
  readonly code: string;
  readonly send: string;
  /** Unset: sends CONNECT first. */
  readonly unconnected?: true;
}

/** Messages that must each end the connection with one ERROR and do nothing else. */
function abuses({ ana, bob }: World): readonly Abuse[] {
  const own = subscribeTo(notificationsOf(bob));
  const malformed = (what: string, send: string): Abuse => ({ what, code: 'socket.frame_malformed', send });
  const headers = (count: number): string => Array.from({ length: count }, (_none, n) => `h${n}:x\n`).join('');
  return [
    { what: 'SEND', code: 'socket.send_refused', send: `SEND\ndestination:${notificationsOf(bob)}\n\nhello\0` },
    {
      what: 'SEND to another player',
      code: 'socket.send_refused',
      send: `SEND\ndestination:${friendsOf(ana)}\n\n{}\0`,
    },
    { what: 'a frame before CONNECT', code: 'socket.not_connected', send: own, unconnected: true },
    { what: 'CONNECT twice', code: 'socket.already_connected', send: CONNECT },
    {
      what: 'STOMP 1.1',
      code: 'socket.version_unsupported',
      send: 'CONNECT\naccept-version:1.1\nhost:x\n\n\0',
      unconnected: true,
    },
    {
      what: 'a selector',
      code: 'socket.selector_unsupported',
      send: own.replace('\n\n', '\nselector:T(java.lang.Runtime)\n\n'),
    },
    { what: 'a transaction', code: 'socket.transaction_unsupported', send: 'BEGIN\ntransaction:t\n\n\0' },
    { what: 'a subscription without id', code: 'socket.header_invalid', send: 'SUBSCRIBE\ndestination:/topic/x\n\n\0' },
    { what: 'a last-seq that is none', code: 'socket.header_invalid', send: own.replace('\n\n', '\nlast-seq:-1\n\n') },
    { what: 'a subscription id twice', code: 'socket.subscription_exists', send: own + own },
    {
      what: '33 subscriptions',
      code: 'socket.too_many_subscriptions',
      send: Array.from({ length: 33 }, (_none, id) => subscribeTo(friendsOf(bob), String(id))).join(''),
    },
    {
      what: 'a foreign topic behind an own one',
      code: 'socket.destination_refused',
      send: own + subscribeTo(notificationsOf(ana), '1'),
    },
    malformed('33 headers', `SUBSCRIBE\n${headers(33)}\n\0`),
    malformed('a header of 2 KB', `SUBSCRIBE\nid:${'x'.repeat(2_048)}\n\n\0`),
    malformed('an undefined escape', own.replace('id:0', 'id:\\t')),
    malformed('a header without colon', 'SUBSCRIBE\nid\n\n\0'),
    malformed('an unknown command', 'CONNECTED\n\n\0'),
    malformed('a wrong content-length', 'SEND\ndestination:/x\ncontent-length:99\n\nshort\0'),
    malformed('a frame without end', own.slice(0, -1)),
    malformed('JSON', '{"action":"subscribe"}'),
    malformed('41 frames', subscribeTo('/topic/x').repeat(41)),
    malformed('a bad frame before a good one', `SUBSCRIBE\nid:\\q\n\n\0${own}`),
    malformed('a bad frame behind a good one', `${own}SUBSCRIBE\nid:\\q\n\n\0`),
  ];
}

/** The STOMP socket on the WebSocket API: at its door, and inside. */
export function describeStomp(world: () => World): void {
  const open = (query: string, authorization?: string) =>
    RawSocket.open(
      `${world().addresses.socketUrl}${query}`,
      PROTOCOLS,
      authorization ? { headers: { authorization } } : {},
    );
  const withBearer = ({ accessToken }: { accessToken: string }) => open('', `Bearer ${accessToken}`);
  const statusOf = (opening: Promise<RawSocket>): Promise<number | string> =>
    opening.then(
      (socket) => {
        socket.close();
        return 'open';
      },
      (error: unknown) => (error instanceof Refused ? error.status : String(error)),
    );
  const connected = async (player: { accessToken: string }): Promise<RawSocket> => {
    const socket = await withBearer(player);
    socket.send(CONNECT);
    await until('CONNECTED', () => (socket.texts[0]?.startsWith('CONNECTED\n') ? true : undefined));
    return socket;
  };
  /** All that a message is answered with, up to the close. */
  const answersTo = async (player: WebPlayer, message: string, unconnected?: true): Promise<string[]> => {
    const socket = unconnected ? await withBearer(player) : await connected(player);
    const before = socket.texts.length;
    socket.send(message);
    await socket.end();
    return socket.texts.slice(before);
  };

  describe('the door of the STOMP socket', () => {
    it('stays shut without a good ticket or token', async () => {
      const { bob, table } = world();
      const [used, expired] = [await bob.socketTicket(), await bob.socketTicket()];
      expect(await statusOf(open(`?ticket=${used}`))).toBe('open');
      const rows = await table.rows();
      const row = rows.find(({ pk }) => pk === `TICKET#${sha256(expired)}`)!;
      await table.put({ ...row, expiresAtMs: Date.now() - 1 });

      const statuses: Record<string, number | string> = {};
      const doors: Readonly<Record<string, () => Promise<RawSocket>>> = {
        nothing: () => open(''),
        'an empty ticket': () => open('?ticket='),
        'a garbage ticket': () => open('?ticket=garbage'),
        'a ticket of 4 KB': () => open(`?ticket=${'x'.repeat(4_096)}`),
        'a used ticket': () => open(`?ticket=${used}`),
        'an expired ticket': () => open(`?ticket=${expired}`),
        'an access token for a ticket': () => open(`?ticket=${bob.accessToken}`),
        'a bad ticket beside a good token': () => open('?ticket=garbage', `Bearer ${bob.accessToken}`),
        'a garbage token': () => open('', 'Bearer garbage'),
        'a refresh token': () => open('', `Bearer ${bob.refreshToken}`),
      };
      const changed = await table.changedBy(async () => {
        for (const [what, knock] of Object.entries(doors)) statuses[what] = await statusOf(knock());
      });
      expect(statuses).toEqual(Object.fromEntries(Object.keys(doors).map((what) => [what, 403])));
      expect(changed).toEqual([]);
    });

    it('opens for one of many who come with the same ticket at once', async () => {
      const ticket = await world().bob.socketTicket();
      const statuses = await Promise.all(Array.from({ length: 5 }, () => statusOf(open(`?ticket=${ticket}`))));
      expect(statuses.sort()).toEqual([403, 403, 403, 403, 'open']);
    });

    it('stays shut for clients that speak something else', async () => {
      const { addresses, bob } = world();
      const headers = { authorization: `Bearer ${bob.accessToken}` };
      const opening = RawSocket.open(addresses.socketUrl, ['v10.stomp', 'mqtt'], { headers });
      expect(await statusOf(opening)).toBe(400);
    });
  });

  describe('STOMP frames', () => {
    it('for a foreign topic and for an unknown one are answered with the same bytes, then the end', async () => {
      const { ana, bob, table } = world();
      const destinations = [
        notificationsOf(ana),
        friendsOf(ana),
        notificationsOf(ana).toLowerCase(),
        `${notificationsOf(bob)}/`,
        `${notificationsOf(bob)}/../../${ana.accountId}/notifications`,
        '/topic/player/*/notifications',
        '/topic/nothing',
        '/queue/x',
      ];
      const answers: string[][] = [];
      const changed = await table.changedBy(() =>
        eachInParallel(destinations, SOCKETS_AT_ONCE, async (destination) => {
          answers.push(await answersTo(bob, subscribeTo(destination)));
        }),
      );
      expect(new Set(answers.map((texts) => texts.join('|'))).size, answers.join('\n')).toBe(1);
      expect(answers[0]).toEqual([expect.stringMatching(/^ERROR\n(?:.*\n)*code:socket\.destination_refused\n/)]);
      expect(changed).toEqual([]);
    });

    it('that are not ours end the connection with one ERROR and do nothing else', async () => {
      const wrong: string[] = [];
      const changed = await world().table.changedBy(() =>
        eachInParallel(abuses(world()), SOCKETS_AT_ONCE, async ({ what, code, send, unconnected }) => {
          const answers = await answersTo(world().bob, send, unconnected).catch((error: unknown) => [String(error)]);
          const isRight =
            answers.length === 1 && answers[0]!.startsWith('ERROR\n') && answers[0]!.includes(`\ncode:${code}\n`);
          if (!isRight) wrong.push(`${what}: ${JSON.stringify(answers)}, not ${code}`);
        }),
      );
      expect(wrong).toEqual([]);
      expect(changed).toEqual([]);
    });

    it('that are nothing but ends of line are a sign of life, however many', async () => {
      const socket = await connected(world().bob);
      socket.send('\n'.repeat(16_000));
      await until('the answer', () => (socket.messages.length === 2 ? true : undefined));
      expect(socket.texts[1]).toBe('\n');
      socket.send('DISCONNECT\nreceipt:bye\n\n\0');
      await socket.end();
      expect(socket.texts.slice(2)).toEqual(['RECEIPT\nreceipt-id:bye\n\n\0']);
    });

    it('beyond what the gateway takes end the connection', async () => {
      const socket = await connected(world().bob);
      socket.send(`SUBSCRIBE\nid:${'x'.repeat(33 * 1_024)}\n\n\0`);
      expect(await socket.end()).toMatchObject({ code: 1009 });
    });
  });

  describe('a player who was away', () => {
    it('gets with last-seq exactly what was missed, in order', async () => {
      const { addresses, ana, bob, cyd } = world();
      const connect = () => PushSocket.connect(addresses.socketUrl, () => ana.socketTicket());
      const settle = () => leftovers(addresses.controlUrl);
      const told = (socket: PushSocket) => socket.messages.map(({ seq, body }) => ({ seq, type: body.type }));

      const first = await connect();
      await first.subscribe(friendsOf(ana));
      await bob.api.call(request, { body: { accountId: ana.accountId } });
      const seen = await until('the first request', () => first.messages[0]);
      expect(seen.body).toMatchObject({ type: 'request_received', from: { accountId: bob.accountId } });
      await first.close();

      await ana.api.call(accept, { params: { accountId: bob.accountId } });
      await settle();
      await bob.api.call(remove, { params: { accountId: ana.accountId } });
      await settle();
      await cyd.api.call(request, { body: { accountId: ana.accountId } });
      await settle();
      await bob.api.call(request, { body: { accountId: ana.accountId } });
      await settle();

      const second = await connect();
      await second.subscribe(friendsOf(ana), seen.seq);
      const types = ['friend_removed', 'request_received', 'request_received'];
      expect(told(second)).toEqual(types.map((type, index) => ({ seq: seen.seq + 1 + index, type })));
      expect(second.messages[1]!.body).toMatchObject({ from: { accountId: cyd.accountId } });
      const last = second.messages[2]!;
      expect(last.body).toMatchObject({ from: { accountId: bob.accountId } });
      await second.close();

      const third = await connect();
      await third.subscribe(friendsOf(ana), last.seq);
      expect(told(third)).toEqual([]);
      await third.close();
    });
  });

  describe('logout', () => {
    it('ends the sockets of that session within 5 s, and no other', async () => {
      const { addresses, ana } = world();
      const login = await ana.logIn();
      const [byBearer, other] = [await connected(login), await connected(ana)];
      const { ticket } = await ana.api.call(createTicket, { token: login.accessToken });
      const byTicket = await RawSocket.open(`${addresses.socketUrl}?ticket=${ticket}`, PROTOCOLS);
      await ana.api.call(logout, { token: login.accessToken });
      await Promise.all([byBearer.end(5_000), byTicket.end(5_000)]);
      for (const socket of [byBearer, byTicket]) {
        expect(socket.texts.at(-1)).toMatch(/^ERROR\n(?:.*\n)*code:socket\.session_ended\n/);
      }
      expect(await statusOf(withBearer(login))).toBe(403);
      expect(other.closed).toBeUndefined();
      other.close();
    });
  });
}
