import { type Admission, AdmissionRefused } from '#fleet/src/persist/character-ports.ts';
import { ZoneWriter } from '#fleet/src/persist/zone-writer.ts';
import { place } from '#fleet/src/sim/state.ts';
import type { Defer } from '#fleet/src/zone/outbox.ts';
import { overloadLadder } from '#fleet/src/zone/overload.ts';
import { TickMeter, tickPhases } from '#fleet/src/zone/tick-meter.ts';
import { Zone } from '#fleet/src/zone/zone.ts';
import { viewTruth } from '#fleet/testing/view-truth.ts';
import { MAX_ENTITIES } from '#shared/contract/zone-protocol.ts';
import { type AccountId, type CharacterId, deriveId, type SessionId, type Slug } from '#shared/kernel/ids.ts';
import type { ServerExtras } from './bench-server.ts';
import { benchZone, startOf } from './bench-zone.ts';
import { BENCH_ZONE, nullPorts } from './null-ports.ts';
import { type Scenario, SEED, sideMetres } from './scenario.ts';
import { wrapViews } from './torus.ts';
import { Walkers } from './walkers.ts';

const SPARE_SLOTS = 64;

/** The real zone with the scenario's walkers in it, whatever its clients are connected by. */
export interface BenchWorld {
  readonly zone: Zone;
  /** The player whose number the ticket is. @throws AdmissionRefused */
  readonly admission: (ticket: string) => Admission;
  /** One tick; without inputs it moves the bodies first. */
  tick(): void;
  beginMeasuring(): void;
  measured(): Omit<ServerExtras, 'closes'>;
  truth(): Readonly<Record<number, readonly string[]>>;
}

/** `defer`: how writes are spread over turns of the event loop; unset: a tick writes all. */
export function benchWorld(scenario: Scenario, defer?: Defer): BenchWorld {
  const { players } = scenario;
  const walkers = new Walkers(players, sideMetres(scenario), SEED);
  const admission = (ticket: string): Admission => {
    const player = Number(ticket);
    if (!(player >= 0 && player < players)) throw new AdmissionRefused('ticket_invalid');
    const characterId = deriveId('chr', ticket) as CharacterId;
    return {
      accountId: deriveId('acc', ticket) as AccountId,
      sessionId: deriveId('ses', ticket) as SessionId,
      characterId,
      name: `Walker ${ticket}`,
      level: 1,
      classId: 'walker' as Slug,
      state: { zoneId: BENCH_ZONE, ...startOf(scenario, walkers, player), yaw: 0, health: 50_000 },
    };
  };
  const nothing = () => {};
  const writer = new ZoneWriter(
    nullPorts(async ({ ticket }) => ({ zoneId: BENCH_ZONE, character: admission(ticket) })),
    { zoneId: BENCH_ZONE, shardId: 'bench', epoch: 1 },
    { fenced: nothing, refused: nothing, lost: nothing },
    () => Promise.resolve(),
  );
  let workMs: number[] = [];
  /** Of the benchmark's own part of a tick. */
  let movingMs = 0;
  const meter = new TickMeter(() => performance.now(), {
    took: (ms) => workMs.push(movingMs + ms),
    // One rung alone: what is measured is full service, or that of the rung that was asked for, whatever a tick takes.
    ladder: [overloadLadder[scenario.overloadLevel]!],
  });
  const zone = new Zone({
    definition: benchZone(scenario),
    seed: SEED,
    writer,
    meter,
    nowMs: () => Date.now(),
    capacity: Math.min(MAX_ENTITIES, players + scenario.npcs + SPARE_SLOTS),
    maxPlayers: players,
    defer,
  });
  wrapViews(zone.sim.state.grid);
  const characterIds = Array.from({ length: players }, (_, player) => deriveId('chr', String(player)));
  const { state } = zone.sim;
  /** Of each player; 0 before it has come. */
  const slots = new Uint16Array(players);
  const moveAll = () => {
    for (let player = 0; player < players; player++) {
      slots[player] ||= state.slotOfCharacter.get(characterIds[player]!) ?? 0;
      const slot = slots[player]!;
      if (slot === 0) continue;
      walkers.walk(player);
      place(state, slot, walkers.x[player]!, walkers.y[player]!);
    }
  };
  let simulationAndEncodingMs: number[] = [];
  let corrections = 0;
  let ticksBefore = 0;
  let totalsBefore = { ...meter.totalMs };
  return {
    zone,
    admission,
    tick: () => {
      const beganMs = performance.now();
      if (scenario.inputsPerSecond === 0) moveAll();
      movingMs = performance.now() - beganMs;
      const allButSending = () => tickPhases.reduce((sum, phase) => sum + meter.totalMs[phase], -meter.totalMs.send);
      const beforeMs = allButSending();
      zone.tick();
      corrections += state.outcome.corrections.length;
      simulationAndEncodingMs.push(movingMs + allButSending() - beforeMs);
    },
    beginMeasuring: () => {
      workMs = [];
      simulationAndEncodingMs = [];
      corrections = 0;
      ticksBefore = meter.ticks;
      totalsBefore = { ...meter.totalMs };
    },
    measured: () => {
      const ticks = meter.ticks - ticksBefore;
      const phases = tickPhases.map((phase) => [phase, (meter.totalMs[phase] - totalsBefore[phase]) / ticks] as const);
      return {
        phasesMs: Object.fromEntries(phases),
        workMs,
        simulationAndEncodingMs,
        corrections,
        overloadLevel: meter.level,
      };
    },
    truth: () => Object.fromEntries([...state.players.keys()].map((slot) => [slot, viewTruth(state, slot)])),
  };
}
