import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientFrames } from '#fleet/protocol/messages.ts';
import { domains } from '#functions/domains.ts';
import { mergeStacks } from '#functions/inventory/contract-arrange.ts';
import { repairItems } from '#functions/inventory/contract-use.ts';
import { send } from '#functions/mail/contract.ts';
import { setOffer } from '#functions/trade/contract.ts';
import { requestTrade } from '#functions/trade/contract-requests.ts';
import { buy, sell } from '#functions/vendor/contract.ts';
import { closeCodes } from '#shared/contract/zone-protocol.ts';
import { createId, type IdPrefix, idKinds } from '#shared/kernel/ids.ts';
import { sampleFromSchema } from '#shared/testing/sample-from-schema.ts';
import { eachInParallel } from '../hostile/valid-request.ts';
import { codeOf, isDone } from './patiently.ts';
import { intoZoneOf } from './standing.ts';
import { type DupeWorld, freshKey } from './world.ts';

const VENDOR = 'brine-and-sons';
const OF_VALUE = ['inventory', 'loot', 'mail', 'trade', 'vendor', 'settlement'];
/** Path parameters that are ids, with the kind of thing that they name. */
const KINDS: Readonly<Record<string, IdPrefix>> = {
  dropId: 'drp',
  itemId: 'itm',
  mailId: 'mal',
  rollId: 'lrl',
  tradeId: 'trd',
  transactionId: 'txn',
};

/** Each id is tried with one kind of five, all kinds by turns; with `DUPES=all` with every one. */
const KIND_STEP = 5;
const EVERY_KIND = process.env.DUPES === 'all';

/** Frames and ids that are not what the place wants where they come. */
export function describeHandles(world: () => DupeWorld): void {
  describe('frames and ids', () => {
    beforeAll(async () => {
      await intoZoneOf(world().ana);
    });
    afterEach(() => world().audit());

    it('frames after close (open-mt2, drain loop): behind a malformed request on the line none is carried out', async () => {
      const { ana, stores, addresses } = world();
      await stores.giveMoney(ana.characterId, 1_000n);
      const before = await stores.moneyOf(ana.characterId);
      const purchase = () => {
        const body = JSON.stringify({ templateId: 'stitch-spray', count: 1, unitPrice: '12' });
        return ana.rawRequest(buy.path.replace('{vendorId}', VENDOR), body, freshKey());
      };
      for (const malformed of ['POST / HTTP/9.9\r\n\r\n', 'nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nbad header\r\n\r\n']) {
        const answer = await sendRaw(addresses.httpUrl, malformed + Array.from({ length: 16 }, purchase).join(''));
        expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/);
        expect(answer).not.toContain(' 200 ');
      }
      expect(await stores.moneyOf(ana.characterId)).toBe(before);
    });

    it('packet framing (open-mt2): 16 copies of a purchase in one read are one purchase', async () => {
      const { ana, stores, addresses } = world();
      await stores.giveMoney(ana.characterId, 1_000n);
      const before = await stores.moneyOf(ana.characterId);
      const body = JSON.stringify({ templateId: 'stitch-spray', count: 1, unitPrice: '12' });
      const key = freshKey();
      const copies = Array.from({ length: 16 }, (_none, index) =>
        ana.rawRequest(buy.path.replace('{vendorId}', VENDOR), body, key, index === 15),
      );
      const answer = await sendRaw(addresses.httpUrl, copies.join(''));
      expect(answer).toContain('HTTP/1.1 200');
      expect(before - (await stores.moneyOf(ana.characterId))).toBe(12n);
    });

    it('frames after close (open-mt2): behind a malformed frame of the zone socket none is carried out', async () => {
      const { bob } = world();
      const { client, socket } = await intoZoneOf(bob);
      const end = new Promise<number>((resolve) => client.on('closed', ({ code }) => resolve(code)));
      const leave = clientFrames.encode({ name: 'leave', fields: {} });
      socket.send(new Uint8Array([0xff, 0xff, 0xff]));
      for (let times = 0; times < 64; times += 1) socket.send(leave);
      expect(await end).toBe(closeCodes.malformed);
      // The body waits where it was, and can still do what needs one.
      const [itemId] = await world().stores.giveItems(bob.characterId, ['servo-joint', 1]);
      const sold = await bob.send(sell, { params: { vendorId: VENDOR }, body: { itemId: itemId!, version: 1 } });
      expect(isDone(sold)).toBe(true);
    });

    it('type confusion on ids (open-mt2, pickup entity type): every id in a path × ids of other kinds', async () => {
      const endpoints = domains.filter(({ name }) => OF_VALUE.includes(name)).flatMap((domain) => domain.endpoints);
      const cases = endpoints
        .filter(({ roles }) => !roles)
        .flatMap((endpoint) => {
          const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)]
            .map(([, name]) => name!)
            .filter((name) => name in KINDS);
          const others = (Object.keys(idKinds) as IdPrefix[]).filter(
            (prefix) => !names.some((name) => KINDS[name] === prefix),
          );
          return names.flatMap((name, index) =>
            others
              .filter((_prefix, number) => EVERY_KIND || (number + index) % KIND_STEP === 0)
              .map((prefix) => ({ endpoint, name, prefix })),
          );
        });
      expect(cases.length).toBeGreaterThan(60);
      const { ana, bob, cyd } = world();
      const callers = [ana, bob, cyd];
      const wrong: string[] = [];
      await eachInParallel([...cases.entries()], 9, async ([index, { endpoint, name, prefix }]) => {
        const sample = (schema: typeof endpoint.body) => schema && sampleFromSchema(schema, endpoint.id);
        const params = { ...(sample(endpoint.params) as object | undefined), [name]: createId(prefix) };
        const input = { params, body: sample(endpoint.body), query: sample(endpoint.query) };
        const answer = await callers[index % 3]!.send(endpoint, input as never);
        if (codeOf(answer) !== 'request.invalid')
          wrong.push(`${endpoint.id} ${name} ${prefix}: ${answer.status} ${answer.text.slice(0, 200)}`);
      });
      expect(wrong).toEqual([]);
    });

    it('type confusion on ids (open-mt2): every id in a body × ids of things that are really there', async () => {
      const { ana, bob, stores } = world();
      const [itemId] = await stores.giveItems(ana.characterId, ['logic-wafer', 5]);
      await stores.giveMoney(ana.characterId, 1_000n);
      const real = [ana.characterId, bob.characterId, ana.web.accountId, ana.web.sessionId, ...Object.keys(idKinds)];
      const ids = real
        .filter((id, number) => EVERY_KIND || id.includes('_') || number % KIND_STEP === 0)
        .map((id) => (id.includes('_') ? id : createId(id as IdPrefix)));
      const letter = { to: [{ characterId: bob.characterId }], subject: 'For you', body: 'Take it' };
      const before = await ana.items();
      const calls = ids.flatMap((id) => [
        ...(id.startsWith('itm_')
          ? []
          : [
              () =>
                ana.send(setOffer, { params: { tradeId: createId('trd') }, body: { items: [id as never], money: [] } }),
              () => ana.send(mergeStacks, { params: { itemId: itemId! }, body: { into: id as never } }),
              () => ana.send(repairItems, { body: { itemIds: [id as never] } }),
              () => ana.send(send, { body: { ...letter, items: [{ itemId: id as never }] } }),
              () => ana.send(sell, { params: { vendorId: VENDOR }, body: { itemId: id as never, version: 1 } }),
            ]),
        ...(id.startsWith('chr_')
          ? []
          : [
              () => ana.send(send, { body: { ...letter, to: [{ characterId: id as never }] } }),
              () => bob.send(requestTrade, { body: { characterId: id as never } }),
            ]),
      ]);
      const codes = new Set<string>();
      await eachInParallel(calls, 6, async (call) => {
        codes.add(codeOf(await call()));
      });
      expect([...codes]).toEqual(['request.invalid']);
      expect(await ana.items()).toEqual(before);
    });
  });
}

/** Writes bytes to a server at once, and reads until it closes or says no more for a while. */
function sendRaw(base: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(10_000, () => socket.destroy());
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}
