import type { CheatCheck } from '#shared/contract/cheat-checks.ts';
import { actionResults, SIXTEENTHS } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import type { PlayerBody } from './players.ts';
import { judgedMoment, sees } from './reach.ts';
import type { SimState } from './state.ts';

/** What a check has noticed of one player: how often since it entered, and the last time. */
export interface Evidence {
  readonly check: CheatCheck;
  readonly count: number;
  readonly lastTick: number;
  /** Figures of the last time: what was claimed, and against what. */
  readonly example: Readonly<Record<string, number>>;
}

/** What a check has noticed of one player since the last report of it. */
export interface Noticed {
  readonly check: CheatCheck;
  readonly count: number;
  /** What all of it weighs; less what was forgiven meanwhile. */
  readonly weight: number;
  /** The newest of it, oldest first. */
  readonly samples: readonly Sample[];
}

/** What the server has measured at one moment: what was claimed, and against what. */
export interface Sample {
  readonly tick: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** One player's suspicion has added up: what for, check by check. The simulation does nothing about it but to tell. */
export interface SuspicionReport {
  readonly characterId: string;
  readonly accountId: string;
  readonly score: number;
  /** Of the whole stay. */
  readonly evidence: readonly Evidence[];
  /** Since the last report. */
  readonly noticed: readonly Noticed[];
}

interface Fresh {
  count: number;
  readonly samples: Sample[];
}

/** What is held against one player. Each check weighs something, and is forgiven with time. */
export class Suspicion {
  score = 0;
  private scoreTick: number;
  private reportedAt = 0;
  private readonly evidence = new Map<CheatCheck, Evidence>();
  private readonly fresh = new Map<CheatCheck, Fresh>();
  /** Inputs beyond what server time allows, and acts that were refused as too early. */
  readonly clock: Bucket;
  readonly refusals: Bucket;
  /** Acts at somebody behind cover, and acts on views far older than what the client has seen. */
  readonly cover: Bucket;
  readonly staleViews: Bucket;
  /** Whom it last claimed to strike through cover, and when. */
  coveredTarget = 0;
  coveredTick = Number.NEGATIVE_INFINITY;
  /** The newest tick and the newest moment that the player's client said it has seen. */
  seenTick = 0;
  viewTick = 0;
  /** The newest tick of the client's own count. */
  newestSeq = 0;

  constructor(tick: number) {
    this.scoreTick = tick;
    this.clock = new Bucket(balance.suspicion.clock, tick);
    this.refusals = new Bucket(balance.suspicion.refusals, tick);
    this.cover = new Bucket(balance.suspicion.cover, tick);
    this.staleViews = new Bucket(balance.suspicion.staleViews, tick);
  }

  /** Another connection, with a clock and a view of its own. */
  reconnected(): void {
    this.seenTick = 0;
    this.viewTick = 0;
    this.newestSeq = 0;
  }

  /** Answers whether it has added up to one more report. */
  add(check: CheatCheck, tick: number, example: Readonly<Record<string, number>>): boolean {
    const { decayTicks, reportAt, weights } = balance.suspicion;
    const left = Math.max(0, this.score - (tick - this.scoreTick) / decayTicks);
    // Forgiven is forgiven: it counts for no later report.
    if (left === 0) this.fresh.clear();
    this.score = left + weights[check];
    this.scoreTick = tick;
    const count = (this.evidence.get(check)?.count ?? 0) + 1;
    this.evidence.set(check, { check, count, lastTick: tick, example });
    this.keep(check, { tick, figures: example });
    // Who has calmed down and begins again is told of again.
    this.reportedAt = Math.min(this.reportedAt, Math.floor(this.score / reportAt) * reportAt);
    if (this.score < this.reportedAt + reportAt) return false;
    this.reportedAt = Math.floor(this.score / reportAt) * reportAt;
    return true;
  }

  private keep(check: CheatCheck, sample: Sample): void {
    let fresh = this.fresh.get(check);
    if (!fresh) {
      fresh = { count: 0, samples: [] };
      this.fresh.set(check, fresh);
    }
    fresh.count += 1;
    fresh.samples.push(sample);
    if (fresh.samples.length > balance.suspicion.keptSamples) fresh.samples.shift();
  }

  explain(): readonly Evidence[] {
    return [...this.evidence.values()];
  }

  /** What is new since it was last taken. What was forgiven in part weighs no more than is left. */
  takeNoticed(): readonly Noticed[] {
    const { weights } = balance.suspicion;
    const all = [...this.fresh].map(([check, { count, samples }]) => {
      return { check, count, weight: count * weights[check], samples };
    });
    this.fresh.clear();
    const share = Math.min(1, this.score / all.reduce((sum, { weight }) => sum + weight, 0));
    return all.map((one) => ({ ...one, weight: one.weight * share }));
  }

  /** For the state hash. */
  digest(): unknown[] {
    const { score, scoreTick, reportedAt, seenTick, viewTick, newestSeq, clock, refusals } = this;
    const { cover, staleViews, coveredTarget, coveredTick, evidence, fresh } = this;
    return [
      ...[score, scoreTick, reportedAt, seenTick, viewTick, newestSeq, clock.level, refusals.level],
      ...[cover.level, staleViews.level, coveredTarget, coveredTick],
      [...evidence.values()],
      [...fresh],
    ];
  }
}

/** Fills with what happens and empties with time: what an honest player does never makes it overflow. */
class Bucket {
  level = 0;
  private tick: number;
  private readonly limits: { readonly perTick: number; readonly capacity: number; readonly step: number };

  constructor(limits: { readonly perTick: number; readonly capacity: number; readonly step: number }, tick: number) {
    this.limits = limits;
    this.tick = tick;
  }

  /** Answers true for every `step` drops beyond the capacity. */
  overflows(tick: number, drops = 1): boolean {
    const { perTick, capacity, step } = this.limits;
    this.level = Math.max(0, this.level - (tick - this.tick) * perTick) + drops;
    this.tick = tick;
    if (this.level < capacity + step) return false;
    this.level = capacity;
    return true;
  }
}

/** Holds something against a player, and tells when that has added up. */
export function suspect(
  state: SimState,
  player: PlayerBody,
  check: CheatCheck,
  example: Readonly<Record<string, number>>,
): void {
  const { suspicion, characterId, accountId } = player;
  if (!suspicion.add(check, state.tick, example)) return;
  const { score } = suspicion;
  const [evidence, noticed] = [suspicion.explain(), suspicion.takeNoticed()];
  state.outcome.suspects.push({ characterId, accountId, score, evidence, noticed });
}

/** Looks at what a client says that it has seen, with a step or an act. Moments are sixteenths of a tick. */
export function judgeView(state: SimState, player: PlayerBody, seenTick?: number, viewTick?: number): void {
  const { suspicion } = player;
  const { tick } = state;
  if (seenTick !== undefined) {
    // What is sent in this tick is seen in the next at the earliest.
    if (seenTick >= tick) suspect(state, player, 'clock_ahead', { seenTick, tick });
    else if (seenTick < suspicion.seenTick)
      suspect(state, player, 'clock_back', { seenTick, before: suspicion.seenTick });
    else suspicion.seenTick = seenTick;
  }
  if (viewTick === undefined) return;
  const { viewBackTicks } = balance.suspicion;
  if (viewTick > tick * SIXTEENTHS) suspect(state, player, 'clock_ahead', { viewTick: viewTick / SIXTEENTHS, tick });
  else if (viewTick < suspicion.viewTick - viewBackTicks * SIXTEENTHS)
    suspect(state, player, 'view_back', {
      viewTick: viewTick / SIXTEENTHS,
      before: suspicion.viewTick / SIXTEENTHS,
    });
  else suspicion.viewTick = Math.max(suspicion.viewTick, viewTick);
  judgeStaleness(state, player, viewTick);
}

/**
 * A view is old where the line is slow; then the client has seen nothing newer either. Who has seen the newest ticks, and
 * strikes at what was long before them and as far back as it is wound back, chooses the past.
 */
function judgeStaleness(state: SimState, player: PlayerBody, viewTick: number): void {
  const { suspicion } = player;
  const behindTicks = suspicion.seenTick - viewTick / SIXTEENTHS;
  if (behindTicks <= balance.suspicion.drawnBehindTicks || viewTick >= judgedMoment(state, viewTick)) return;
  if (suspicion.staleViews.overflows(state.tick))
    suspect(state, player, 'stale_view', {
      viewTick: viewTick / SIXTEENTHS,
      seenTick: suspicion.seenTick,
      tick: state.tick,
    });
}

/**
 * Looks at an act that was refused because its target is behind cover. Whoever holds the key down strikes at one and the
 * same, and may have seen it a moment ago; a program goes through everybody who is hidden. So one target counts once a
 * second, and only if it is still hidden by now and the view was no older than acts are wound back.
 */
export function judgeCover(state: SimState, player: PlayerBody, target: number, viewTick: number | undefined): void {
  const { suspicion, slot } = player;
  const { tick } = state;
  const { sameTargetTicks } = balance.suspicion.cover;
  if (target === suspicion.coveredTarget && tick - suspicion.coveredTick < sameTargetTicks) return;
  if (viewTick !== undefined && viewTick < judgedMoment(state, viewTick)) return;
  if (sees(state, slot, target)) return;
  suspicion.coveredTarget = target;
  suspicion.coveredTick = tick;
  if (!suspicion.cover.overflows(tick)) return;
  const { x, y } = state.entities;
  suspect(state, player, 'line_of_sight', {
    ...{ fromX: x[slot]!, fromY: y[slot]!, toX: x[target]!, toY: y[target]! },
    metres: Math.hypot(x[target]! - x[slot]!, y[target]! - y[slot]!),
  });
}

/** Counts a client's ticks against the server's: more than that and what was held up can explain are too many. */
export function judgePace(state: SimState, player: PlayerBody, seq: number): void {
  const passed = seq - player.suspicion.newestSeq;
  player.suspicion.newestSeq = seq;
  if (player.suspicion.clock.overflows(state.tick, passed)) suspect(state, player, 'clock_fast', { seq, passed });
}

/** Looks at the answers of this tick: players press too early or too far away at times, programs all the time. */
export function judgeRefusals(state: SimState): void {
  for (const { slot, result, actionSeq } of state.outcome.actionResults) {
    const isEarly = result === actionResults.on_cooldown;
    const isFar = result === actionResults.out_of_range;
    if (!isEarly && !isFar) continue;
    const player = state.players.get(slot);
    if (player?.suspicion.refusals.overflows(state.tick))
      suspect(state, player, isEarly ? 'rapid_fire' : 'out_of_range', { actionSeq, tick: state.tick });
  }
}
