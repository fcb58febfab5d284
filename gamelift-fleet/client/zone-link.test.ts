import { describe, expect, it, vi } from 'vitest';
import { serverFrames } from '#fleet/protocol/messages.ts';
import { FakeSocket } from '#fleet/testing/fake-socket.ts';
import { welcomeMessage } from '#fleet/testing/welcome.ts';
import { type Channel, channels, closeCodes, PROTOCOL_VERSION } from '#shared/contract/zone-protocol.ts';
import { type Door, type LinkOptions, ZoneLink } from './zone-link.ts';

function start(options: Partial<LinkOptions> & { doors?: number } = {}) {
  const sockets = [new FakeSocket()];
  const waits: number[] = [];
  const told: string[] = [];
  const reconnect = vi.fn(async (_zoneId: string): Promise<Door> => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return { socket, ticket: `ticket-${sockets.length}` };
  });
  const delay = async (ms: number) => void waits.push(ms);
  const link = new ZoneLink({ socket: sockets[0]!, ticket: 'ticket-1' }, { reconnect, delay, ...options });
  link.on('message', (message) => told.push(message.name === 'cold' ? message.fields.type : message.name));
  link.on('numbered', ({ channel, seq }) => told.push(`${channel} ${seq}`));
  link.on('gap', (channel) => told.push(`gap ${channel}`));
  link.on('lost', ({ code }) => told.push(`lost ${code}`));
  link.on('resumed', ({ isSameBody, missed }) => told.push(`resumed ${isSameBody} ${missed.join()}`));
  link.on('closed', ({ code }) => told.push(`closed ${code}`));
  const newest = () => sockets.at(-1)!;
  const kept = (channel: Channel, seq: number) => {
    const message = serverFrames.encode({
      name: 'cold',
      fields: { type: 'moving', zoneId: 'yard', retryAfterMs: seq },
    });
    newest().say({ name: 'kept', fields: { channel: channels[channel], seq, message } });
  };
  const enter = (stream: string, own = 0, zone = 0) => {
    newest().open();
    newest().say({ name: 'cold', fields: welcomeMessage(stream, own, zone) });
  };
  const tick = (count: number) => newest().say({ name: 'tick', fields: { tick: count, cells: [] } });
  const drop = async (code = 1006) => {
    const before = sockets.length;
    newest().end(code);
    await vi.waitFor(() => expect(sockets.length).toBe(before + 1));
  };
  return { link, sockets, waits, told, reconnect, newest, kept, enter, tick, drop };
}

describe('a link', () => {
  it('says hello, and after a break what it has had', async () => {
    const { sockets, enter, kept, tick, drop, newest } = start();
    enter('s', 0, 40);
    kept('own', 1);
    kept('zone', 41);
    kept('zone', 42);
    tick(9);
    await drop();
    newest().open();
    expect(sockets.map(({ sent }) => sent[0])).toMatchObject([
      { name: 'hello', fields: { version: PROTOCOL_VERSION, ticket: 'ticket-1' } },
      {
        name: 'hello',
        fields: { ticket: 'ticket-2', resume: { stream: 's', ownSeq: 1, zoneSeq: 42, seenTick: 9 } },
      },
    ]);
    expect(sockets[0]!.sent[0]).toMatchObject({ fields: { resume: undefined } });
  });

  it('says hello at once through a socket that is open already', () => {
    const socket = new FakeSocket();
    socket.open();
    new ZoneLink({ socket, ticket: 'ticket' });
    expect(socket.sent).toMatchObject([{ name: 'hello' }]);
  });

  it('tells each numbered message once, and that one is missing', async () => {
    const { told, enter, kept, drop } = start();
    enter('s');
    kept('own', 1);
    kept('own', 2);
    await drop();
    enter('s', 0);
    for (const seq of [1, 2, 3, 3, 6]) kept('own', seq);
    expect(told).toEqual([
      'welcome',
      'own 1',
      'moving',
      'own 2',
      'moving',
      'lost 1006',
      'welcome',
      'resumed true ',
      'own 3',
      'moving',
      'gap own',
      'own 6',
      'moving',
    ]);
  });

  it('says what is lost: by the welcome, by another body, and on the way', async () => {
    const { told, enter, kept, drop, newest } = start();
    enter('s', 0, 5);
    await drop();
    enter('s', 0, 90);
    await drop();
    enter('t', 0, 3);
    kept('own', 1);
    kept('zone', 4);
    newest().say({ name: 'cold', fields: { type: 'gap', channel: 'zone', after: 20 } });
    kept('zone', 21);
    expect(told.filter((one) => one.startsWith('resumed') || one.startsWith('gap'))).toEqual([
      'resumed true zone',
      'resumed false own,zone',
      'gap zone',
    ]);
    expect(told).toContain('own 1');
    expect(told).toContain('zone 21');
  });

  it('tells blows once, whether it saw them or is told of them later', async () => {
    const { link, enter, tick, drop, newest } = start();
    const blows: number[] = [];
    link.on('message', (message) => {
      if (message.name === 'missedCombat') blows.push(...message.fields.events.map((one) => one.tick));
    });
    enter('s');
    tick(10);
    const events = [9, 10, 11, 12].map((at) => ({ tick: at, source: 1, target: 2, ability: 0, outcome: 0, amount: 3 }));
    for (let time = 0; time < 2; time++) {
      await drop();
      enter('s');
      newest().say({ name: 'missedCombat', fields: { afterTick: 8, untilTick: 12, events } });
    }
    expect(blows).toEqual([11, 12]);
  });

  it.each([
    'left',
    'logout',
    'superseded',
    'afk',
    'banned',
    'revoked',
    'account_deleted',
    'ticket_invalid',
    'kicked',
    'version_mismatch',
    'flooding',
  ] as const)('does not come back after "%s"', async (reason) => {
    const { told, link, reconnect, newest } = start();
    newest().open();
    newest().end(closeCodes[reason], reason);
    await Promise.resolve();
    expect(told).toEqual([`closed ${closeCodes[reason]}`]);
    expect(reconnect).not.toHaveBeenCalled();
    expect(link.isLive).toBe(false);
  });

  it.each([1006, 1001, closeCodes.moving, closeCodes.zone_stopped, closeCodes.too_slow, closeCodes.internal])(
    'comes back after %i',
    async (code) => {
      const { told, enter, drop, link } = start();
      enter('s');
      expect(link.isLive).toBe(true);
      await drop(code);
      expect(link.isLive).toBe(false);
      expect(link.send({ name: 'release', fields: {} })).toBe(false);
      enter('s');
      expect(link.isLive).toBe(true);
      expect(told.at(-1)).toBe('resumed true ');
    },
  );

  it('waits longer from try to try, also when its ticket came too late, and begins anew once it was in', async () => {
    const { waits, enter, drop } = start();
    enter('s');
    for (let time = 0; time < 7; time++) await drop(time === 0 ? 1006 : closeCodes.ticket_invalid);
    enter('s');
    await drop();
    const bounds = [250, 500, 1_000, 2_000, 3_000, 3_000, 3_000, 250];
    expect(waits).toHaveLength(bounds.length);
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(bounds[index]! / 2);
      expect(wait).toBeLessThanOrEqual(bounds[index]!);
    }
  });

  it('that breaks before its first welcome comes back to the zone that it was for, if it knows that', async () => {
    const known = start({ zoneId: 'yard' });
    await known.drop();
    await known.drop(closeCodes.wrong_zone);
    expect(known.reconnect.mock.calls).toEqual([['yard'], ['yard']]);
    const refused = start({ zoneId: 'yard' });
    refused.newest().end(closeCodes.ticket_invalid);
    expect(refused.told).toEqual([`closed ${closeCodes.ticket_invalid}`]);
    const ignorant = start();
    ignorant.newest().end(1006);
    expect([ignorant.told, ignorant.reconnect.mock.calls]).toEqual([['closed 1006'], []]);
  });

  it('comes back when it was told to, a little apart from others, and that makes no later wait longer', async () => {
    const refusals = [{}, { retryAfterMs: 2_000 }, { retryAfterMs: 1_000 }, { retryAfterMs: 3_600_000 }, {}];
    const reconnect = async () => {
      throw refusals.shift() ?? new Error('closed');
    };
    const { waits, enter, newest } = start({ reconnect });
    enter('s');
    newest().end(1006);
    await vi.waitFor(() => expect(waits.length).toBeGreaterThan(6));
    const spans = [
      [125, 250],
      [250, 500],
      [2_000, 2_250],
      [1_000, 1_250],
      [10_000, 10_250],
      [500, 1_000],
      [1_000, 2_000],
    ] as const;
    for (const [index, [least, most]] of spans.entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(least);
      expect(waits[index]).toBeLessThanOrEqual(most);
    }
  });

  it('goes to the zone that the server names, and to the same one when it names none', async () => {
    const { enter, drop, newest, reconnect } = start();
    enter('s');
    await drop();
    enter('s');
    newest().say({ name: 'cold', fields: { type: 'moving', zoneId: 'harbour', retryAfterMs: 0 } });
    await drop(closeCodes.moving);
    expect(reconnect.mock.calls).toEqual([['yard'], ['harbour']]);
  });

  it('ends with a server that does not speak the protocol', () => {
    const { enter, newest, told, link, reconnect } = start();
    enter('s');
    newest().hear(Uint8Array.of(0x81, 1));
    expect(newest().closedWith).toBe(closeCodes.malformed);
    newest().end(closeCodes.malformed);
    expect(told.at(-1)).toBe(`closed ${closeCodes.malformed}`);
    expect(link.isLive).toBe(false);
    expect(reconnect).not.toHaveBeenCalled();
  });

  it('ends with a server that tells something before its welcome', () => {
    const { newest, tick } = start();
    newest().open();
    tick(1);
    expect(newest().closedWith).toBe(closeCodes.malformed);
  });

  it('gives a connection up on which nothing is heard any more, though nobody has closed it', async () => {
    let nowMs = 0;
    const { enter, newest, told, link, reconnect } = start({ nowMs: () => nowMs, silenceMs: 1_000 });
    enter('s');
    nowMs = 999;
    link.watch();
    expect(told).not.toContain('lost 1006');
    nowMs = 1_000;
    link.watch();
    await vi.waitFor(() => expect(reconnect).toHaveBeenCalledTimes(1));
    enter('s');
    expect(newest().closedWith).toBeUndefined();
  });

  it('gives a silent one up once, though its socket says at once that it is closed', async () => {
    let nowMs = 0;
    const { enter, newest, told, link, reconnect } = start({ nowMs: () => nowMs, silenceMs: 1_000 });
    enter('s');
    const silent = newest();
    silent.close = () => silent.end(1000);
    nowMs = 1_000;
    link.watch();
    await vi.waitFor(() => expect(reconnect).toHaveBeenCalledTimes(1));
    enter('s');
    expect(told).toEqual(['welcome', 'lost 1006', 'welcome', 'resumed true ']);
  });

  it('waits longer for a welcome once its socket is open: a process that stands still opens none', () => {
    let nowMs = 0;
    const { newest, link, sockets } = start({ nowMs: () => nowMs, zoneId: 'yard' });
    const watchUntil = (untilMs: number) => {
      for (; nowMs < untilMs; nowMs += 50) link.watch();
    };
    watchUntil(3_950);
    newest().open();
    watchUntil(3_950 + 11_950);
    expect(sockets[0]!.isClosed).toBe(false);
    watchUntil(nowMs + 100);
    expect(sockets[0]!.isClosed).toBe(true);
  });

  it('that stood still itself hears first what came meanwhile', () => {
    let nowMs = 0;
    const { link, enter, sockets } = start({ nowMs: () => nowMs });
    enter('s');
    link.watch();
    nowMs = 60_000;
    link.watch();
    expect(sockets[0]!.isClosed).toBe(false);
    for (; nowMs <= 64_000; nowMs += 50) link.watch();
    expect(sockets[0]!.isClosed).toBe(true);
  });

  it('gives up at last when there is no way in', async () => {
    const reconnect = vi.fn(() => Promise.reject(new Error('no ticket')));
    const { told, enter, newest } = start({ reconnect });
    enter('s');
    newest().end(1006);
    await vi.waitFor(() => expect(told.at(-1)).toBe('closed 1006'));
    expect(reconnect).toHaveBeenCalledTimes(110);
  });

  it('that is closed by its owner stays closed, even if a door opens then', async () => {
    let open: ((door: Door) => void) | undefined;
    const reconnect = vi.fn(
      () =>
        new Promise<Door>((resolve) => {
          open = resolve;
        }),
    );
    const { link, enter, newest, told } = start({ reconnect });
    enter('s');
    newest().end(1006);
    await vi.waitFor(() => expect(reconnect).toHaveBeenCalled());
    link.close();
    const late = new FakeSocket();
    open!({ socket: late, ticket: 'late' });
    await vi.waitFor(() => expect(late.isClosed).toBe(true));
    expect(late.sent).toEqual([]);
    expect(told.at(-1)).toBe('closed 1006');
  });
});
