import { describe, expect, it } from 'vitest';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import { MemoryPorts } from '#fleet/testing/memory-ports.ts';
import type { Id, Slug } from '#shared/kernel/ids.ts';
import type { CombatSummary, Kill } from './record-ports.ts';
import { ZoneFenced } from './unit-ports.ts';
import { ZoneWriter } from './zone-writer.ts';

const ada = fixtureCharacter('Ada');
const kill = (killSeq: number): Kill => ({
  killSeq,
  npcKind: 'test-drone' as Slug,
  npcLevel: 1,
  spawnId: 'drones',
  x: 0,
  y: 0,
  killedAtMs: 1,
  combatId: `cbt_${killSeq}` as Id<'cbt'>,
  claimants: [{ accountId: ada.accountId, characterId: ada.characterId, level: 1, damage: 5 }],
  nearby: [],
});

const noFigures = { damageDone: 0, damageTaken: 0, healingDone: 0, hits: 0, misses: 0, deaths: 0 };

async function start() {
  const ports = new MemoryPorts(() => 0);
  const claimed = await ports.claimZone({ zoneId: 'yard' as Slug, shardId: 'a', url: 'ws://a', leaseMs: 1 });
  const told: string[] = [];
  const waits: number[] = [];
  const writer = new ZoneWriter(
    ports,
    { zoneId: 'yard' as Slug, shardId: 'a', epoch: claimed!.epoch },
    {
      fenced: () => told.push('fenced'),
      refused: (who, reason) => told.push(`${who.characterId} ${reason}`),
      lost: (what) => told.push(`lost ${what}`),
    },
    async (ms) => {
      waits.push(ms);
    },
  );
  return { ports, writer, told, waits };
}

describe('ZoneWriter', () => {
  it('waits longer from try to try, and reports a write that never gets through', async () => {
    const { ports, writer, told, waits } = await start();
    ports.failures.set(
      'recordKill',
      Array.from({ length: 20 }, () => new Error('away')),
    );
    expect(await writer.recordKill(kill(1))).toEqual([]);
    expect(told).toEqual(['lost kill 1']);
    expect(waits.slice(0, 6)).toEqual([100, 200, 400, 800, 1_600, 2_000]);
    expect(waits).toHaveLength(19);
    expect(await writer.recordKill(kill(2))).toHaveLength(1);
  });

  it('tells a lost zone once, however many writes it refuses', async () => {
    const { ports, writer, told } = await start();
    ports.failures.set('recordKill', [new ZoneFenced('yard'), new ZoneFenced('yard')]);
    await Promise.all([writer.recordKill(kill(1)), writer.recordKill(kill(2))]);
    writer.enter(ada);
    await writer.flush();
    expect(told).toEqual(['fenced']);
    expect(ports.calls).not.toContain('enterZone');
  });

  it('flushes what is asked for while it flushes, and counts what is pending', async () => {
    const { ports, writer } = await start();
    writer.enter(ada);
    const flushed = writer.flush();
    writer.leave(ada, { reason: 'left' });
    expect(writer.pending).toBeGreaterThan(0);
    await flushed;
    expect(writer.pending).toBe(0);
    expect(ports.calls.slice(1)).toEqual(['enterZone', 'leaveZone']);
  });

  it('knows no stay of who was handed over, and answers which one that was', async () => {
    const { writer } = await start();
    writer.enter(ada);
    await writer.flush();
    const stay = writer.stayOf(ada.characterId)!;
    const go = {
      characterId: ada.characterId,
      x: 1,
      y: 2,
      yaw: 0,
      health: 90,
      sequence: 1,
      toZone: 'next-yard' as Slug,
    };
    expect(await writer.handOff(go)).toBe(stay);
    expect(writer.stayOf(ada.characterId)).toBeUndefined();
    expect(await writer.handOff(go)).toBeUndefined();
  });

  it('writes fights one behind another that count for the same character, and others beside them', async () => {
    const { ports, writer } = await start();
    const fight = (combatId: string, ...names: string[]): CombatSummary => ({
      combatId: combatId as CombatSummary['combatId'],
      startedAtMs: 0,
      endedAtMs: 1,
      outcome: 'npc_died',
      npc: { kind: 'test-drone' as Slug, level: 1, damageDone: 0, damageTaken: 0 },
      participants: names.map((name) => ({ ...fixtureCharacter(name), ...noFigures })),
      log: { spanMs: 1_000, tellsAbilities: true, tellsFighters: true, entries: [] },
    });
    const order: string[] = [];
    const answers = new Map<string, () => void>();
    ports.recordFight = (_fence, { combatId }) => {
      order.push(combatId);
      return new Promise((resolve) => answers.set(combatId, resolve));
    };
    const answered = async (combatId: string) => {
      answers.get(combatId)!();
      await new Promise(setImmediate);
    };
    writer.recordFight(fight('one', 'Ada', 'Bob'));
    writer.recordFight(fight('two', 'Bob', 'Cy'));
    writer.recordFight(fight('three', 'Cy'));
    writer.recordFight(fight('four', 'Dee'));
    await new Promise(setImmediate);
    expect(order).toEqual(['one', 'four']);
    await answered('one');
    expect(order).toEqual(['one', 'four', 'two']);
    await answered('two');
    expect(order).toEqual(['one', 'four', 'two', 'three']);
    await answered('three');
    await answered('four');
    await writer.flush();
    expect(writer.pending).toBe(0);
  });
});
