import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import type { MemoryPorts } from '#fleet/testing/memory-ports.ts';
import { ShardHarness } from '#fleet/testing/shard-harness.ts';
import { closeCodes } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';

const ada = fixtureCharacter('Ada');
const bob = fixtureCharacter('Bob');
const peaceful = fixtureZone([]);
const running: ShardHarness[] = [];

async function start(options: ConstructorParameters<typeof ShardHarness>[0] = {}): Promise<ShardHarness> {
  const harness = await new ShardHarness({ definition: peaceful, ...options }).start();
  running.push(harness);
  return harness;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((harness) => harness.stop()));
});

function endOf(client: Awaited<ReturnType<ShardHarness['enter']>>): { code: number } {
  const end = { code: 0 };
  client.on('closed', ({ code }) => {
    end.code = code;
  });
  return end;
}

describe('leases', () => {
  it('give a zone to one shard, and to another with the next epoch once it has run out', async () => {
    const first = await start();
    expect(first.shard.zones).toHaveLength(1);
    const shared = () => first.ports;
    const second = await start({ shardId: 'shard-b', ports: shared });
    expect(second.shard.zones).toHaveLength(0);
    first.time.nowMs += 10_001;
    await second.shard.claimStep();
    expect(second.shard.zones.map(({ writer }) => writer.fence)).toEqual([
      { zoneId: 'test-yard', shardId: 'shard-b', epoch: 2 },
    ]);
  });

  it('that end soon are known beforehand, so that a unit is claimed as soon as it is free', async () => {
    const first = await start();
    const second = await start({ shardId: 'shard-b', ports: () => first.ports });
    const at = (ms: number) => {
      for (const { time } of [first, second]) time.nowMs = 1_000_000 + ms;
    };
    expect(second.shard.endingLeases()).toEqual([]);
    at(8_500);
    await second.shard.claimStep();
    expect(second.shard.endingLeases()).toEqual([{ unitId: 'test-yard', waitMs: 1_500 }]);
    expect(first.shard.endingLeases()).toEqual([]);
    at(9_999);
    await second.shard.claim(first.shard.zones[0]!.id);
    expect(second.shard.zones).toEqual([]);
    at(10_000);
    await second.shard.claim(first.shard.zones[0]!.id);
    expect(second.shard.zones.map(({ writer }) => writer.fence.epoch)).toEqual([2]);
  });

  it('leave a unit that was renewed meanwhile where it is, whatever was read of it before', async () => {
    const first = await start();
    const second = await start({ shardId: 'shard-b', ports: () => first.ports });
    for (const { time } of [first, second]) time.nowMs += 9_000;
    await second.shard.claimStep();
    await first.shard.renewStep();
    for (const { time } of [first, second]) time.nowMs += 1_000;
    await second.shard.claim(first.shard.zones[0]!.id);
    expect(second.shard.zones).toEqual([]);
  });

  it('are claimed by the emptier shard first, and by none that has no room', async () => {
    const first = await start();
    const others = { ports: () => first.ports, shardId: 'shard-b' };
    const [full, busy] = [await start({ ...others, maxUnits: 0 }), await start({ ...others, shardId: 'shard-c' })];
    first.ports.openedUnits.add('other-yard' as Slug);
    await busy.shard.claimStep();
    expect(busy.shard.zones).toHaveLength(1);
    for (const { time } of [first, full, busy]) time.nowMs += 9_000;
    await busy.shard.renewStep();
    await busy.shard.claimStep();
    expect(busy.shard.endingLeases()).toEqual([{ unitId: 'test-yard', waitMs: 1_050 }]);
    first.time.nowMs += 1_000;
    await full.shard.claim(first.shard.zones[0]!.id);
    expect(full.shard.zones).toEqual([]);
  });

  it('stop the zone at once when the renewal is refused', async () => {
    const harness = await start();
    const end = endOf(await harness.enter(ada));
    const { saves } = harness.ports;
    const savedOnEntering = saves.length;
    harness.ports.leases.get('test-yard')!.epoch += 1;
    await harness.shard.renewStep();
    expect(harness.shard.zones).toEqual([]);
    await vi.waitFor(() => expect(end.code).toBe(closeCodes.zone_stopped));
    expect(saves).toHaveLength(savedOnEntering);
  });

  it('stop the zone before they run out when no renewal gets through', async () => {
    const harness = await start();
    await harness.shard.renewStep();
    harness.ports.failures.set('renewLease', [new Error('unreachable'), new Error('unreachable')]);
    await harness.shard.renewStep();
    harness.time.nowMs += 7_999;
    harness.shard.tick();
    expect(harness.shard.zones).toHaveLength(1);
    await harness.shard.renewStep();
    harness.time.nowMs += 1;
    harness.shard.tick();
    expect(harness.shard.zones).toEqual([]);
  });

  it('let a process that lost a zone claim it anew', async () => {
    const harness = await start();
    harness.time.nowMs += 8_000;
    harness.shard.tick();
    await harness.shard.claimStep();
    expect(harness.shard.zones.map(({ writer }) => writer.fence.epoch)).toEqual([2]);
  });
});

describe('a zombie', () => {
  it('that wakes up after its zone went to another shard writes nothing', async () => {
    const zombie = await start();
    const client = await zombie.enter(ada);
    const end = endOf(client);
    const heir = await start({ shardId: 'shard-b', ports: () => zombie.ports });
    const before = { ...zombie.ports.states.get(ada.characterId) };
    zombie.time.nowMs += 60_000;
    await heir.shard.claimStep();
    expect(heir.shard.zones).toHaveLength(1);
    zombie.shard.tick();
    await vi.waitFor(() => expect(end.code).toBe(closeCodes.zone_stopped));
    expect({ ...zombie.ports.states.get(ada.characterId) }).toEqual(before);
    expect(zombie.shard.zones).toEqual([]);
  });
});

describe('orders', () => {
  it('put a character out with its reason, save it, and are deleted after that', async () => {
    const harness = await start();
    const client = await harness.enter(ada);
    const end = endOf(client);
    harness.ports.commands.set('c1', {
      commandId: 'c1',
      kind: 'evict',
      sessionId: ada.sessionId,
      reason: 'banned',
    });
    const carriedOut = harness.shard.commandStep();
    await harness.until(() => end.code === closeCodes.banned, 40);
    await carriedOut;
    expect(harness.ports.commands.size).toBe(0);
    expect(harness.ports.states.has(ada.characterId)).toBe(true);
    expect(harness.ports.present.has(ada.characterId)).toBe(false);
  });
});

describe('an order that takes its time', () => {
  it('closes the socket at once, holds up no other order, and has its body out after that', async () => {
    const harness = await start();
    const [one, two] = [await harness.enter(ada), await harness.enter(bob)];
    const ends = [endOf(one), endOf(two)];
    let arrived = false;
    void one.walkTo(30, 0).then(() => {
      arrived = true;
    });
    await harness.until(() => arrived);
    const order = (commandId: string, { sessionId }: typeof ada, reason: 'logout' | 'banned') =>
      harness.ports.commands.set(commandId, { commandId, kind: 'evict', sessionId, reason });
    order('c1', ada, 'logout');
    await harness.shard.commandStep();
    expect(harness.ports.commands.size).toBe(0);
    order('c2', bob, 'banned');
    const carriedOut = harness.shard.commandStep();
    await harness.until(() => ends.every(({ code }) => code > 0), 40);
    await carriedOut;
    expect(ends.map(({ code }) => code)).toEqual([closeCodes.logout, closeCodes.banned]);
    expect([...harness.ports.present.keys()]).toEqual([ada.characterId]);
    await harness.until(() => harness.ports.present.size === 0, 410);
    expect(harness.ports.states.get(ada.characterId)).toMatchObject({ x: 30, y: 0, reason: 'leave' });
    expect(harness.ports.departures).toMatchObject([{ reason: 'removed' }, { reason: 'logout' }]);
  });
});

describe('draining', () => {
  const drained = (harness: ShardHarness) => harness.shard.drain(15_000);
  /** Every write takes a few turns of the loop. */
  const slowly = (memory: MemoryPorts): MemoryPorts =>
    new Proxy(memory, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (name !== 'saveCharacterState') return typeof value === 'function' ? value.bind(target) : value;
        return async (...args: unknown[]) => {
          for (let i = 0; i < 5; i++) await nextTurn();
          return (value as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });

  it('tells everybody, saves everybody, and gives the zones back', async () => {
    const harness = await start({ ports: slowly });
    const [one, two] = [await harness.enter(ada), await harness.enter(bob)];
    const ends = [endOf(one), endOf(two)];
    const told: number[] = [];
    one.on('moving', ({ retryAfterMs }) => told.push(retryAfterMs));
    expect(await drained(harness)).toBe(true);
    await vi.waitFor(() => expect(ends.map(({ code }) => code)).toEqual([closeCodes.moving, closeCodes.moving]));
    expect(told).toEqual([1_000]);
    expect([...harness.ports.states.keys()].sort()).toEqual([ada.characterId, bob.characterId].sort());
    expect(harness.ports.saves.map(({ reason }) => reason).slice(-2)).toEqual(['drain', 'drain']);
    expect(harness.ports.present.size).toBe(0);
    expect(harness.ports.leases.get('test-yard')!.untilMs).toBe(0);
  });

  it('saves those whose connection is gone, too', async () => {
    const harness = await start();
    (await harness.enter(ada)).disconnect();
    await vi.waitFor(() => expect(harness.shard.zones[0]!.connections).toBe(0));
    await drained(harness);
    expect(harness.ports.states.has(ada.characterId)).toBe(true);
  });

  it('admits nobody any more', async () => {
    const harness = await start();
    await drained(harness);
    await harness.shard.claimStep();
    expect(harness.shard.zones).toEqual([]);
    await expect(harness.enter(ada)).rejects.toThrow();
  });
});
