import { createHash } from 'node:crypto';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { advanceAuras } from './abilities/aura-ticks.ts';
import { advanceDuels } from './abilities/duel-course.ts';
import { answerOffer } from './abilities/player-death.ts';
import { choosePvp } from './abilities/pvp.ts';
import type { Readiness } from './abilities/readiness.ts';
import { advanceCasts } from './abilities/use-ability.ts';
import { type ActionInput, act, recoverPlayers } from './combat.ts';
import type { JoiningCharacter, ZoneDefinition } from './definition.ts';
import { type DuelInput, duelInput } from './duel-input.ts';
import { watchGates } from './gates.ts';
import { type GearInput, wear } from './gear.ts';
import { stir, watchIdleness } from './idleness.ts';
import { type InteractInput, interact } from './interaction.ts';
import { watchLandmarks } from './landmarks.ts';
import {
  type AskedManner,
  interruptLeave,
  removeLeavers,
  requestLeave,
  requestTravel,
  snapshotOf,
  type TravelManner,
} from './leaving.ts';
import { type MoveInput, moveByInput, release } from './movement.ts';
import { thinkNpcs } from './npc-ai.ts';
import { findPaths } from './npcs/paths.ts';
import type { PlayerSnapshot, TickOutcome } from './outcome.ts';
import type { PlayerBody } from './players.ts';
import { populate, stayDead } from './population.ts';
import { join } from './roster.ts';
import { newState, type SimState } from './state.ts';
import { judgeRefusals, judgeView } from './suspicion.ts';
import { type TiesInput, tie } from './ties.ts';
import { advanceEvents, resumeEvent } from './world-events/course.ts';
import type { EventAtFirst } from './world-events/runs.ts';
import type { SpentAtFirst } from './world-objects/objects.ts';
import { placeObjects, tendObjects } from './world-objects/upkeep.ts';

/** Everything that reaches a simulation from outside. The log of these, tick by tick, replays it. */
export type SimInput =
  | { readonly kind: 'join'; readonly character: JoiningCharacter }
  | ({ readonly kind: 'gear' } & GearInput)
  | ({ readonly kind: 'ties' } & TiesInput)
  | { readonly kind: 'leave'; readonly slot: number; readonly manner: AskedManner }
  | { readonly kind: 'travel'; readonly slot: number; readonly channelTicks: number; readonly manner?: TravelManner }
  /** It begins to trade: its unit does not send it elsewhere after all. */
  | { readonly kind: 'trades'; readonly slot: number }
  | ({ readonly kind: 'move' } & MoveInput)
  | ({ readonly kind: 'act' } & ActionInput)
  | ({ readonly kind: 'interact' } & InteractInput)
  | { readonly kind: 'release'; readonly slot: number }
  /** A dead player's answer to the offer to stand up. */
  | { readonly kind: 'stand-up'; readonly slot: number; readonly accepts: boolean }
  /** To fight players, or no longer. */
  | { readonly kind: 'pvp'; readonly slot: number; readonly wants: boolean }
  | ({ readonly kind: 'duel' } & DuelInput)
  /** A sign of life that changes nothing here, such as a line of chat. */
  | { readonly kind: 'stir'; readonly slot: number };

/** One NPC of a spawn that is dead when a simulation begins. */
export interface DeadAtFirst {
  readonly spawnId: string;
  readonly index: number;
  readonly ticks: number;
}

export const simPhases = ['drain', 'move', 'ai', 'combat', 'world'] as const;
export type SimPhase = (typeof simPhases)[number];

/**
 * An authoritative zone at 20 ticks a second, without I/O, clock or outside randomness: the same definition, seed and
 * inputs give the same state, always.
 */
export class Simulation {
  readonly state: SimState;
  /** NPCs that were dead when the zone's last life ended, and for how many ticks of this one yet. */
  readonly dead: readonly DeadAtFirst[];
  /** Objects that were used up then, and for how long yet. */
  readonly spent: readonly SpentAtFirst[];
  /** Events that were under way then. */
  readonly underWay: readonly EventAtFirst[];
  /** Steps and acts in the order of their coming: an act is done from where its player stood then. */
  private readonly moves: Extract<SimInput, { readonly kind: 'move' | 'act' }>[] = [];
  private readonly actions: ActionInput[] = [];
  private readonly actFromX: number[] = [];
  private readonly actFromY: number[] = [];
  private readonly interactions: InteractInput[] = [];
  private readonly duels: DuelInput[] = [];
  private readonly releases: number[] = [];
  private readonly wishes: number[] = [];
  private readonly journeys: Extract<SimInput, { kind: 'travel' }>[] = [];

  constructor(
    zone: ZoneDefinition,
    options: {
      readonly seed: number;
      readonly capacity: number;
      /** Unset: nobody was dead. */
      readonly dead?: readonly DeadAtFirst[] | undefined;
      /** Unset: everything can be used. */
      readonly spent?: readonly SpentAtFirst[] | undefined;
      /** Unset: none. */
      readonly underWay?: readonly EventAtFirst[] | undefined;
    },
  ) {
    this.state = newState(zone, options.seed, options.capacity);
    this.dead = options.dead ?? [];
    this.spent = options.spent ?? [];
    this.underWay = options.underWay ?? [];
    placeObjects(this.state, this.spent);
    for (const { spawnId, index, ticks } of this.dead) stayDead(this.state, spawnId, index, ticks);
    for (const event of this.underWay) resumeEvent(this.state, event);
    populate(this.state);
  }

  get tick(): number {
    return this.state.tick;
  }

  /** One tick. The outcome is valid until the next call. `finished` is told the end of each phase, for timing. */
  step(inputs: readonly SimInput[], finished?: (phase: SimPhase) => void): TickOutcome {
    const { state } = this;
    state.tick += 1;
    state.outcome.clear();
    state.auras.beginTick();
    state.casts.beginTick();
    this.drain(inputs);
    finished?.('drain');
    this.move();
    for (const slot of this.releases) release(state, slot);
    // Behind the steps before it: the last one must not end the wish.
    for (const slot of this.wishes) requestLeave(state, slot, 'wish');
    for (const { slot, channelTicks, manner = 'travel' } of this.journeys)
      requestTravel(state, slot, channelTicks, manner);
    finished?.('move');
    thinkNpcs(state);
    advanceEvents(state);
    findPaths(state);
    finished?.('ai');
    advanceCasts(state);
    for (const [index, action] of this.actions.entries()) {
      // Who was put elsewhere meanwhile acts from there: nothing is left of it where it stood.
      state.actFrom.slot = state.history.hasJumped(action.slot, state.tick) ? 0 : action.slot;
      state.actFrom.x = this.actFromX[index]!;
      state.actFrom.y = this.actFromY[index]!;
      act(state, action);
    }
    state.actFrom.slot = 0;
    for (const wish of this.duels) duelInput(state, wish);
    advanceAuras(state);
    advanceDuels(state);
    state.feuds.calmDown(state);
    for (const interaction of this.interactions) interact(state, interaction);
    recoverPlayers(state, TICK_HZ);
    judgeRefusals(state);
    finished?.('combat');
    watchIdleness(state);
    watchLandmarks(state);
    watchGates(state);
    tendObjects(state);
    removeLeavers(state);
    populate(state);
    state.history.record(state);
    finished?.('world');
    return state.outcome;
  }

  private move(): void {
    const { x, y } = this.state.entities;
    for (const input of this.moves) {
      if (input.kind === 'move') moveByInput(this.state, input);
      else {
        const player = this.state.players.get(input.slot);
        if (player) judgeView(this.state, player, undefined, input.viewTick);
        this.actions.push(input);
        this.actFromX.push(x[input.slot]!);
        this.actFromY.push(y[input.slot]!);
      }
    }
  }

  private drain(inputs: readonly SimInput[]): void {
    this.moves.length = 0;
    this.actions.length = 0;
    this.actFromX.length = 0;
    this.actFromY.length = 0;
    this.interactions.length = 0;
    this.releases.length = 0;
    this.wishes.length = 0;
    this.journeys.length = 0;
    this.duels.length = 0;
    for (const input of inputs) {
      if (input.kind === 'move' || input.kind === 'act') this.moves.push(input);
      else if (input.kind === 'interact') this.interactions.push(input);
      else if (input.kind === 'release') this.releases.push(input.slot);
      else if (input.kind === 'duel') this.duels.push(input);
      else if (input.kind === 'stand-up') answerOffer(this.state, input.slot, input.accepts);
      else if (input.kind === 'pvp') choosePvp(this.state, input.slot, input.wants);
      else if (input.kind === 'join') this.joined(input.character);
      else if (input.kind === 'gear') wear(this.state, input);
      else if (input.kind === 'ties') tie(this.state, input);
      else if (input.kind === 'stir') this.stirred(input.slot);
      else if (input.kind === 'travel') this.journeys.push(input);
      else if (input.kind === 'trades') this.trades(input.slot);
      else if (input.manner === 'wish') this.wishes.push(input.slot);
      else requestLeave(this.state, input.slot, input.manner);
    }
  }

  /** Who comes back has thought better of a goodbye that was said a moment before. */
  private joined(character: JoiningCharacter): void {
    join(this.state, character);
    const wish = this.wishes.indexOf(this.state.slotOfCharacter.get(character.characterId) ?? 0);
    if (wish >= 0) this.wishes.splice(wish, 1);
  }

  private trades(slot: number): void {
    const body = this.state.players.get(slot);
    if (body) interruptLeave(this.state, body, 'trading');
  }

  private stirred(slot: number): void {
    const body = this.state.players.get(slot);
    if (body) stir(this.state, body);
  }

  snapshot(slot: number): PlayerSnapshot | undefined {
    return snapshotOf(this.state, slot);
  }

  /** Equal states have equal hashes: what a replay is held against. */
  stateHash(): string {
    const { entities, minds, paths, controls, history, random, spawnPoints, tick, killSeq, deathSeq } = this.state;
    const { fights, visits, feuds, duels, auras, casts, npcReadiness, events, objects, obstacles, useSeq } = this.state;
    const worldColumns = [objects.readyTick, obstacles.openColumn()];
    const hash = createHash('sha256');
    for (const column of [
      ...entities.columns(),
      ...minds.columns(),
      ...paths.columns(),
      ...controls.columns(),
      ...history.columns(),
      ...worldColumns,
    ])
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    hash.update(JSON.stringify([tick, killSeq, deathSeq, useSeq, random.state(), history.digest(), spawnPoints]));
    hash.update(JSON.stringify([obstacles.changes, ...paths.digest()]));
    for (const part of [fights, visits, feuds, duels, auras, casts, events]) hash.update(part.digest());
    hash.update(JSON.stringify([...npcReadiness].map(([slot, ready]) => [slot, ...readinessDigest(ready)])));
    hash.update(JSON.stringify([...this.state.players.values()].map(bodyDigest)));
    return hash.digest('hex');
  }
}

const readinessDigest = ({ readyTick, globalReadyTick }: Readiness) => [globalReadyTick, [...readyTick]];

/** What decides a body's next ticks beyond its columns. */
function bodyDigest(body: PlayerBody): unknown[] {
  const { slot, energy, pace, formerPace, paceTick, wantsPvp, pvpUntilTick, offer, lastHostileTick, gate } = body;
  const { partyId, quests } = body;
  return [
    slot,
    energy,
    pace,
    formerPace,
    paceTick,
    wantsPvp,
    pvpUntilTick,
    offer,
    lastHostileTick,
    gate,
    partyId,
    quests,
    readinessDigest(body),
    body.suspicion.digest(),
  ];
}
