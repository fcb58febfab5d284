import { setImmediate as nextTurn } from 'node:timers/promises';
import { onWire, SIXTEENTHS, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { ZoneClient } from '../../client/zone-client.ts';
import { LineKeys } from '../../src/net/side-lines.ts';
import { balance } from '../../src/sim/balance.ts';
import type { Box } from '../../src/sim/obstacles.ts';
import { SeededRandom } from '../../src/sim/random.ts';
import { firstOnRay, judgedMoment, metresToBody } from '../../src/sim/reach.ts';
import type { SimInput } from '../../src/sim/simulation.ts';
import { fixtureCharacter, fixtureZone } from '../fixture-zone.ts';
import { startZone } from '../zone-harness.ts';
import { CommonLosses, VirtualSocket, type Weather } from './virtual-link.ts';
import { VirtualTime } from './virtual-time.ts';

const TICK_MS = 1_000 / TICK_HZ;
const WARM_UP_MS = 10_000;
/** Spread of the aim around what is seen: about every other shot is on the edge of hitting. */
const AIM_SPREAD_METRES = 0.45;
const SHOT_RANGE = 60;
/** Shots of three a second on average. */
const SHOT_CHANCE = 3 / TICK_HZ;
/** The target runs up and down behind this line, and the wall hides its eastern half from the shooter. */
const TARGET_Y = 20;
const wall: Box = { minX: 0.5, minY: 9, maxX: 12, maxY: 10 };

/** What one run of the lab has found. */
export interface LabFigures {
  readonly shots: number;
  /** Of a hundred shots: the server ruled what the shooter saw. */
  readonly agreementPercent: number;
  /** The same of those that saw no older a moment than the server winds back to. */
  readonly inTimeAgreementPercent: number;
  /** So many of a hundred shots saw an older one. */
  readonly tooOldPercent: number;
  /** Of a hundred that the shooter wished for, so many were not fired: its client said that the line is held up. */
  readonly notFiredPercent: number;
  /** Share of the time in which it said so. */
  readonly heldUpPercent: number;
  /** Lines that the shooter had beside its main one, on average. */
  readonly sideLines: number;
  /** The own place was other than the server ruled, per minute of both players, and by how much. */
  readonly correctionsPerMinute: number;
  readonly correctionP50Metres: number;
  readonly correctionP99Metres: number;
  /** A victim was behind cover on its own screen already when it was struck: how often of a hundred hits, how long and how far. */
  readonly behindCoverPercent: number;
  readonly behindCoverP99Ms: number;
  readonly behindCoverP99Metres: number;
  /** How old what the shooter saw was at the end of the tick in which the server ruled. */
  readonly viewAgeP50Ms: number;
  readonly viewAgeP99Ms: number;
  readonly drawDelayTicks: number;
}

interface SeenShot {
  readonly hit: boolean;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}

/** Strafes: runs one way for a while, then the other, never beyond its bounds. */
function strafe(client: ZoneClient, random: SeededRandom, bounds: { readonly west: number; readonly east: number }) {
  let direction = 1;
  let turnInSteps = 0;
  return () => {
    turnInSteps -= 1;
    const { x } = client.place;
    const mustTurn = direction > 0 ? x >= bounds.east : x <= bounds.west;
    if (turnInSteps > 0 && !mustTurn) return;
    direction = mustTurn ? -direction : random.unit() < 0.5 ? 1 : -1;
    turnInSteps = random.int(6, 40);
    client.steer(direction, 0);
  };
}

/**
 * Shooter and target in a real zone with real clients over a way of this weather, for so many minutes of virtual time;
 * with as many lines as their clients choose to have, or with one each.
 */
export async function runLab(
  weather: Weather,
  minutes: number,
  seed = 1,
  { hasSideLines = true } = {},
): Promise<LabFigures> {
  const keys = new LineKeys();
  const time = new VirtualTime();
  const random = new SeededRandom(seed);
  const inputs: SimInput[] = [];
  const { zone } = await startZone({
    definition: fixtureZone([], [wall]),
    record: (_tick, taken) => {
      inputs.length = 0;
      inputs.push(...taken);
    },
  });
  const { state } = zone.sim;
  const enter = (name: string, x: number, y: number, salt: number) => {
    const state = { zoneId: zone.id, x, y, yaw: 0, health: 100 };
    const character = { ...fixtureCharacter(name), state };
    const server = { gate: async () => ({ zone, character }), keys };
    const losses = new CommonLosses(weather, seed * 100 + salt);
    let sockets = 0;
    const open = () => {
      sockets += 1;
      return new VirtualSocket(time, weather, seed * 100 + salt + 1_000 * (sockets - 1), server, losses);
    };
    return new ZoneClient(open(), 'ticket', { nowMs: () => time.nowMs, ...(hasSideLines ? { sideLine: open } : {}) });
  };
  const shooter = enter('Ada', 0, 0, 10);
  const target = enter('Bob', 0, TARGET_Y, 20);

  const mispredicted: number[] = [];
  const seen = new Map<number, SeenShot>();
  const coverMs: number[] = [];
  const coverMetres: number[] = [];
  const ages: number[] = [];
  let shots = 0;
  let agreed = 0;
  let inTime = 0;
  let agreedInTime = 0;
  let hits = 0;
  let notFired = 0;
  let steps = 0;
  let heldUpSteps = 0;
  let sideLines = 0;
  let shotSeq = 0;
  const isMeasuring = () => time.nowMs >= WARM_UP_MS;
  for (const client of [shooter, target])
    client.on('mispredicted', (metres) => {
      if (isMeasuring()) mispredicted.push(metres);
    });

  const shoot = () => {
    if (isMeasuring()) {
      steps += 1;
      sideLines += shooter.sideLines;
      if (shooter.line === 'held_up') heldUpSteps += 1;
    }
    const entity = shooter.replica.entities.get(target.welcome.entityId);
    if (!entity || random.unit() >= SHOT_CHANCE) return;
    const shown = shooter.placeOf(entity);
    const { obstacles } = state;
    const from = { x: onWire(shooter.place.x), y: onWire(shooter.place.y) };
    if (obstacles.isBlocked(from.x, from.y, shown.x, shown.y)) return;
    // Two dice make a bell that is wide enough.
    const aside = (random.unit() + random.unit() - 1) * 2.4 * AIM_SPREAD_METRES;
    const aim = { x: onWire(shown.x + aside), y: onWire(shown.y) };
    const aimed = Math.hypot(aim.x - from.x, aim.y - from.y);
    const dirX = (aim.x - from.x) / aimed;
    const dirY = (aim.y - from.y) / aimed;
    const free =
      obstacles.freeShare(from.x, from.y, from.x + dirX * SHOT_RANGE, from.y + dirY * SHOT_RANGE) * SHOT_RANGE;
    const metres = metresToBody(shown.x - from.x, shown.y - from.y, dirX, dirY, balance.lag.bodyRadiusMetres);
    if (shooter.line === 'held_up') {
      if (isMeasuring()) notFired += 1;
      void shooter.use('plain-attack', 0, aim);
      return;
    }
    shotSeq = (shotSeq + 1) & 0xffff;
    seen.set(shotSeq, { hit: metres <= free });
    void shooter.use('plain-attack', 0, aim);
  };

  let lastPlace = { x: 0, y: 0 };
  /** Rules the shots of the tick that has just been, as an aimed ability does. */
  const rule = () => {
    const shooterSlot = state.slotOfCharacter.get(fixtureCharacter('Ada').characterId) ?? 0;
    const victim = state.slotOfCharacter.get(fixtureCharacter('Bob').characterId) ?? 0;
    let from = { ...lastPlace };
    for (const input of inputs) {
      if (input.kind === 'move' && input.slot === shooterSlot) from = { x: input.x, y: input.y };
      if (input.kind !== 'act' || input.slot !== shooterSlot || input.viewTick === undefined) continue;
      const shot = seen.get(input.actionSeq);
      seen.delete(input.actionSeq);
      if (!shot || !isMeasuring()) continue;
      const ray = { fromX: from.x, fromY: from.y, throughX: input.aim!.x, throughY: input.aim!.y, range: SHOT_RANGE };
      const ruled = firstOnRay(state, ray, (slot) => slot === victim, input.viewTick) !== undefined;
      shots += 1;
      const isInTime = judgedMoment(state, input.viewTick) === input.viewTick;
      if (isInTime) inTime += 1;
      if (ruled === shot.hit) agreed += 1;
      if (ruled === shot.hit && isInTime) agreedInTime += 1;
      ages.push((state.tick - input.viewTick / SIXTEENTHS) * TICK_MS);
      if (!ruled) continue;
      hits += 1;
      const cover = coverFrom(from);
      if (!cover) continue;
      coverMs.push(cover.ms);
      coverMetres.push(cover.metres);
    }
    lastPlace = { x: state.entities.x[shooterSlot]!, y: state.entities.y[shooterSlot]! };
  };

  /** The target's own places of late, as its own screen had them, newest first. */
  const ownPlaces: { readonly ms: number; readonly x: number; readonly y: number }[] = [];
  const remember = () => {
    ownPlaces.unshift({ ms: time.nowMs, ...target.place });
    ownPlaces.length = Math.min(ownPlaces.length, 3 * TICK_HZ);
  };
  /** Since when and how far the target is behind cover by its own screen; undefined: some of it can be seen from there. */
  const coverFrom = ({ x, y }: { x: number; y: number }) => {
    const body = balance.lag.bodyRadiusMetres;
    const isSeen = (one: { x: number; y: number }) =>
      [-body, -body / 2, 0, body / 2, body].some((aside) => !state.obstacles.isBlocked(x, y, one.x + aside, one.y));
    const open = ownPlaces.findIndex(isSeen);
    if (open <= 0) return undefined;
    const [here, last] = [ownPlaces[0]!, ownPlaces[open]!];
    return { ms: time.nowMs - last.ms, metres: Math.hypot(here.x - last.x, here.y - last.y) };
  };

  time.every(TICK_MS, TICK_MS, () => {
    zone.tick();
    if (shooter.self && target.self) rule();
  });
  const moves = new Map<ZoneClient, () => void>();
  const drive = (client: ZoneClient, bounds: { west: number; east: number }, then: () => void) => {
    const dice = new SeededRandom(random.int(1, 1_000_000));
    time.every(TICK_MS, random.unit() * TICK_MS, () => {
      if (!shooter.self || !target.self) {
        client.step();
        return;
      }
      const move = moves.get(client) ?? strafe(client, dice, bounds);
      moves.set(client, move);
      move();
      client.step();
      then();
    });
  };
  drive(shooter, { west: -3, east: 3 }, shoot);
  drive(target, { west: -7, east: 7 }, remember);

  const endMs = WARM_UP_MS + minutes * 60_000;
  // The zone's writes and the gate are promises.
  for (let ms = 0; ms <= endMs; ms += ms < WARM_UP_MS ? 10 : 1_000) {
    time.runUntil(ms);
    await nextTurn();
  }
  return {
    shots,
    agreementPercent: (100 * agreed) / shots,
    inTimeAgreementPercent: (100 * agreedInTime) / Math.max(1, inTime),
    tooOldPercent: 100 - (100 * inTime) / shots,
    notFiredPercent: (100 * notFired) / (shots + notFired),
    heldUpPercent: (100 * heldUpSteps) / steps,
    sideLines: sideLines / steps,
    correctionsPerMinute: mispredicted.length / minutes,
    correctionP50Metres: percentile(mispredicted, 50),
    correctionP99Metres: percentile(mispredicted, 99),
    behindCoverPercent: (100 * coverMs.length) / Math.max(1, hits),
    behindCoverP99Ms: percentile(coverMs, 99),
    behindCoverP99Metres: percentile(coverMetres, 99),
    viewAgeP50Ms: percentile(ages, 50),
    viewAgeP99Ms: percentile(ages, 99),
    drawDelayTicks: shooter.drawDelayTicks,
  };
}
