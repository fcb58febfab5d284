import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTicket, login, refresh, register, verifyEmail } from '#functions/auth/contract.ts';
import { announce } from '#functions/notification/admin-contract.ts';
import { localInbox, mailedToken } from '#scripts/journey/inbox.ts';
import { Operator } from '#scripts/journey/operator.ts';
import { PushSocket } from '#scripts/journey/push-socket.ts';
import { signedIn } from '#scripts/journey/signed-in.ts';
import { until } from '#scripts/journey/until.ts';
import { type LocalCloud, startLocalCloud } from '#scripts/local/cloud.ts';
import { createApiClient } from '#shared/client/api-client.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';

const ANNOUNCEMENTS = '/topic/server/announcements';
const PASSWORD = 'rain on glasswater 2077';
/** Below the gateway's 10 idle minutes. */
const BEAT_EVERY_MS = 9 * MINUTE_MS;
const CAP_MS = 120 * MINUTE_MS;

/** The local gateway cuts as API Gateway does, by the clock of the cloud, and a stock client lives with it. */
describe('the limits of the WebSocket gateway', () => {
  let cloud: LocalCloud;
  let dataDir: string;
  let players = 0;
  let told = 0;
  let operator: { readonly session: Operator; readonly untilMs: number } | undefined;
  const nowMs = () => cloud.context.clock.nowMs();
  const advance = (ms: number) => cloud.context.clock.advance(ms);

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'gateway-limits-'));
    const root = new URL('../..', import.meta.url).pathname;
    const how = { build: false, fresh: true, inMemory: true, deliverTwice: false, fleet: false };
    cloud = await startLocalCloud({ root, dataDir, portBase: 27_000, ...how });
  });
  afterAll(async () => {
    await cloud?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const stage = () => {
    const { httpUrl, adminUrl, others } = cloud.addresses;
    const inbox = localInbox(new URL(others.find(({ label }) => /inbox|mail/i.test(label))!.url).origin);
    return { httpUrl, adminUrl, inbox, operatorFile: join(dataDir, 'operator.json'), nowMs };
  };

  /** The operator, logged in anew where token and step-up are over: they last shorter than these connections. */
  async function operatorNow(): Promise<Operator> {
    if (!operator || operator.untilMs < nowMs()) {
      const session = await Operator.logIn(stage());
      await session.stepUp();
      operator = { session, untilMs: nowMs() + 9 * MINUTE_MS };
    }
    return operator.session;
  }

  /** Tells everybody something. */
  async function tell(): Promise<string> {
    told += 1;
    const text = `message ${told}`;
    await (await operatorNow()).api.call(announce, { body: { severity: 'info', text } });
    return text;
  }

  /**
   * A player who plays no character, listens, and keeps the tokens fresh.
   * @param beforeNext called before each connection but the first; where it throws, there is none.
   */
  async function listener(beforeNext: () => unknown = () => {}): Promise<PushSocket> {
    players += 1;
    const email = `listener-${players}@players.necpgame.test`;
    const { httpUrl: url, inbox } = stage();
    const api = createApiClient({ url, patience: { tries: 10 } });
    await api.call(register, { body: { email, password: PASSWORD } });
    await api.call(verifyEmail, { body: { token: await mailedToken(inbox, email, 'verify-email') } });
    let tokens: { accessToken: string; refreshToken: string } = signedIn(
      await api.call(login, { body: { email, password: PASSWORD } }),
    );
    let isFirst = true;
    const ticket = async () => {
      if (!isFirst) beforeNext();
      isFirst = false;
      tokens = await api.call(refresh, { body: { refreshToken: tokens.refreshToken } });
      return (await api.call(createTicket, { token: tokens.accessToken })).ticket;
    };
    const socket = await PushSocket.connect(cloud.addresses.socketUrl, ticket);
    await socket.subscribe(ANNOUNCEMENTS);
    return socket;
  }

  const texts = ({ messages }: PushSocket) => messages.map(({ body }) => body.text as string);
  const hears = (socket: PushSocket, text: string) =>
    until(`“${text}”`, () => (texts(socket).includes(text) ? true : undefined));

  it('cut a connection that has been idle for ten minutes: it comes back and has missed nothing', async () => {
    const socket = await listener();
    const first = await tell();
    await hears(socket, first);
    await advance(BEAT_EVERY_MS);
    await socket.beat();
    await advance(BEAT_EVERY_MS);
    expect(socket.closed, 'a heart-beat begins the ten minutes anew').toBeUndefined();
    const mayComeBack = socket.holdOff();
    await advance(MINUTE_MS);
    const closed = await until('the gateway to cut', () => socket.closed);
    expect(closed.code).toBe(1001);
    const missed = await tell();
    expect(texts(socket)).not.toContain(missed);
    mayComeBack();
    await socket.back();
    await hears(socket, missed);
    expect(texts(socket).filter((text) => text === first || text === missed)).toEqual([first, missed]);
    await socket.close();
  });

  it('end every connection at two hours: who connects anew in time misses nothing and sees nothing twice', async () => {
    const sent: Promise<string>[] = [];
    let isChanging = false;
    const prudent = await listener(() => {
      isChanging = true;
      // While the next connection is on its way.
      sent.push(tell());
    });
    const careless: PushSocket = await listener(() => {
      if (!careless.closed) throw new Error('there is time enough');
    });
    const sockets = [prudent, careless];
    const beganMs = nowMs();
    sent.push(tell());
    await Promise.all(sent);
    while (!isChanging) {
      expect(nowMs() - beganMs).toBeLessThan(CAP_MS - MINUTE_MS);
      await advance(Math.min(BEAT_EVERY_MS, CAP_MS - 2 * MINUTE_MS - (nowMs() - beganMs)));
      for (const socket of sockets) await socket.beat();
      // What follows the answer to a heart-beat has a second to come.
      if (nowMs() - beganMs < 105 * MINUTE_MS) continue;
      await until('the next connection', () => (isChanging ? true : undefined), 1_000).catch(() => {});
    }
    expect(nowMs() - beganMs).toBeGreaterThanOrEqual(105 * MINUTE_MS);
    await prudent.back();
    await Promise.all(sent);
    sent.push(tell());
    await Promise.all(sent);
    expect(prudent.closed).toBeUndefined();

    const restMs = () => CAP_MS - (nowMs() - beganMs);
    while (restMs() > BEAT_EVERY_MS) {
      await advance(BEAT_EVERY_MS);
      for (const socket of sockets) await socket.beat();
    }
    const mayComeBack = careless.holdOff();
    await advance(restMs());
    const cut = await until('the gateway to cut the old connection', () => careless.closed);
    expect(cut.code).toBe(1001);
    expect([prudent.closed, prudent.connections], 'the new connection is younger').toEqual([undefined, 2]);
    sent.push(tell());
    const all = await Promise.all(sent);
    for (const text of all) await hears(prudent, text);
    const own = (socket: PushSocket) => texts(socket).filter((text) => all.includes(text));
    expect(own(prudent).sort()).toEqual([...all].sort());
    expect(prudent.missingOf(ANNOUNCEMENTS)).toEqual([]);

    expect(own(careless)).not.toContain(all.at(-1));
    mayComeBack();
    await careless.back();
    await hears(careless, all.at(-1)!);
    expect(own(careless).sort()).toEqual([...all].sort());
    expect([careless.missingOf(ANNOUNCEMENTS), careless.connections]).toEqual([[], 2]);
    for (const socket of sockets) await socket.close();
  });
});
