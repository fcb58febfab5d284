import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { deriveId } from '#shared/kernel/ids.ts';
import type { WatchPairOrder } from '../persist/order-ports.ts';
import { ZoneFenced } from '../persist/unit-ports.ts';
import { place } from '../sim/state.ts';

const [ada, bea, cyd] = ['Ada', 'Bea', 'Cyd'].map((name) => fixtureCharacter(name)) as [
  ReturnType<typeof fixtureCharacter>,
  ReturnType<typeof fixtureCharacter>,
  ReturnType<typeof fixtureCharacter>,
];
const tradeId = deriveId('trd', 'test');
const RANGE_M = 11;
const LIFE_MS = 300_000;
/** A pair is looked at four times a second. */
const TICKS = 5;

/** Ada and Bea stand together and trade, and the zone has been told to watch them. */
async function trading() {
  const started = await startZone({ definition: fixtureZone([]) });
  const { zone, time, ports } = started;
  const [slotOfAda, slotOfBea] = [ada, bea].map((who) => started.enter(who).slot) as [number, number];
  const { state } = zone.sim;
  const stand = (slot: number, x: number) => place(state, slot, x, 0);
  stand(slotOfAda, 0);
  stand(slotOfBea, 2);
  const watch = (order: Partial<WatchPairOrder> = {}) =>
    zone.obey({
      kind: 'watch-pair',
      commandId: 'c',
      tradeId,
      characterIds: [ada.characterId, bea.characterId],
      rangeM: RANGE_M,
      expiresAtMs: time.nowMs + LIFE_MS,
      ...order,
    });
  await watch();
  const pass = async () => {
    for (let tick = 0; tick < TICKS; tick += 1) zone.tick();
    await zone.writer.flush();
    return ports.endedTrades.map(({ reason }) => reason);
  };
  return { ...started, state, stand, watch, pass, slotOfAda, slotOfBea };
}

describe('two who trade', () => {
  it('trade on while they stand together', async () => {
    const { pass, stand, slotOfBea } = await trading();
    stand(slotOfBea, RANGE_M);
    expect(await pass()).toEqual([]);
  });

  it('end their trade when they are too far apart, once', async () => {
    const { pass, stand, slotOfBea, ports } = await trading();
    stand(slotOfBea, RANGE_M + 0.1);
    expect(await pass()).toEqual(['distance']);
    expect(ports.endedTrades).toEqual([{ tradeId, reason: 'distance' }]);
    expect(await pass()).toEqual(['distance']);
  });

  it('end it when either fights', async () => {
    const { pass, state, slotOfAda } = await trading();
    state.players.get(slotOfAda)!.lastHostileTick = state.tick;
    expect(await pass()).toEqual(['combat']);
  });

  it('end it when either dies, whatever else there is', async () => {
    const { pass, state, stand, slotOfBea } = await trading();
    state.entities.health[slotOfBea] = 0;
    stand(slotOfBea, 100);
    expect(await pass()).toEqual(['death']);
  });

  it('are watched no more when one has left: its leaving is told by itself', async () => {
    const { pass, zone } = await trading();
    zone.expel(bea.characterId, 'kicked');
    expect(await pass()).toEqual([]);
  });

  it('are watched no more when the trade must be over', async () => {
    const { pass, stand, time, slotOfBea } = await trading();
    time.nowMs += LIFE_MS;
    stand(slotOfBea, 100);
    expect(await pass()).toEqual([]);
  });

  it('are watched for their newest trade only', async () => {
    const { pass, stand, watch, slotOfAda, enter, ports } = await trading();
    const slotOfCyd = enter(cyd).slot;
    stand(slotOfCyd, 0);
    const next = deriveId('trd', 'next');
    await watch({ tradeId: next, characterIds: [cyd.characterId, ada.characterId] });
    stand(slotOfAda, 100);
    await pass();
    expect(ports.endedTrades).toEqual([{ tradeId: next, reason: 'distance' }]);
  });

  it('end it again and again until it is written, and not at all once the zone is another’s', async () => {
    const { pass, stand, slotOfBea, ports, events } = await trading();
    ports.failures.set('endTrade', [new Error('no answer'), new Error('no answer')]);
    stand(slotOfBea, 100);
    expect(await pass()).toEqual(['distance']);
    expect(ports.calls.filter((name) => name === 'endTrade')).toHaveLength(3);

    const other = await trading();
    other.ports.failures.set('endTrade', [new ZoneFenced('test-yard')]);
    other.stand(other.slotOfBea, 100);
    expect(await other.pass()).toEqual([]);
    expect([events, other.events]).toEqual([[], ['fenced']]);
  });
});
