import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { RecordedDrop, WorldDeed } from '../persist/record-ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import { NPC } from '../sim/entities.ts';
import type { KillOutcome, TickOutcome, UseOutcome } from '../sim/outcome.ts';
import type { SimState } from '../sim/state.ts';
import type { BossWatch } from './boss-watch.ts';
import type { EventNotes } from './event-notes.ts';
import type { LayerShift } from './layer-shift.ts';
import {
  actionResultMessage,
  correctionMessage,
  type DropSource,
  dropMessage,
  duelMessage,
  duelRefusedMessage,
  leavingMessage,
  levelMessage,
  offerMessage,
  stayedMessage,
  turnedBackMessage,
  vitalsMessage,
} from './own-messages.ts';
import { cacheRecord, deathRecord, fightSummary, killRecord, pvpFightRecord } from './records.ts';
import type { Resident } from './residents.ts';
import type { ZoneTopics } from './zone-topics.ts';

export interface AftermathContext {
  readonly definition: ZoneDefinition;
  /** Wall clock, for the records of kills and fights alone. */
  readonly nowMs: () => number;
  readonly state: SimState;
  readonly writer: ZoneWriter;
  readonly topics: ZoneTopics;
  readonly bossWatch: BossWatch;
  readonly layerShift: LayerShift;
  readonly events: EventNotes;
  readonly residents: ReadonlyMap<string, Resident>;
}

/** What a tick's outcome means for those who must hear of it and for what must last. */
export class Aftermath {
  private readonly context: AftermathContext;

  constructor(context: AftermathContext) {
    this.context = context;
  }

  /** Tells players what concerns them alone, connected or not. */
  tellPlayers(outcome: TickOutcome): void {
    const { definition, state } = this.context;
    for (const put of outcome.corrections) this.residentIn(put.slot)?.own.add(correctionMessage(definition, put));
    for (const answer of outcome.actionResults) this.residentIn(answer.slot)?.own.add(actionResultMessage(answer));
    for (const wish of outcome.leaving) this.residentIn(wish.slot)?.own.add(leavingMessage(wish));
    for (const { slot } of outcome.turnedBack) this.residentIn(slot)?.own.add(turnedBackMessage());
    for (const end of outcome.stayed) this.residentIn(end.slot)?.own.add(stayedMessage(end));
    for (const vitals of outcome.vitals) this.residentIn(vitals.slot)?.own.add(vitalsMessage(state.tick, vitals));
    for (const { slot } of outcome.levels)
      this.residentIn(slot)?.own.add(levelMessage(state, state.players.get(slot)!));
    for (const offer of outcome.offers) this.residentIn(offer.slot)?.own.add(offerMessage(offer));
    for (const news of outcome.duels)
      this.residentIn(news.slot)?.own.add(duelMessage(news, this.nameOf(news.opponent)));
    for (const no of outcome.refusedDuels) this.residentIn(no.slot)?.own.add(duelRefusedMessage(no));
    this.noteCombat(outcome);
  }

  private nameOf(slot: number): string {
    return this.context.state.players.get(slot)?.name ?? '';
  }

  private residentIn(slot: number): Resident | undefined {
    const body = this.context.state.players.get(slot);
    return body && this.context.residents.get(body.characterId);
  }

  private noteCombat({ combat }: TickOutcome): void {
    const { entities, tick } = this.context.state;
    for (let row = 0; row < combat.count; row++) {
      const source = combat.source[row]!;
      const target = combat.target[row]!;
      if (entities.sort[source] !== NPC) this.residentIn(source)?.combat.add(tick, combat, row);
      if (entities.sort[target] !== NPC && target !== source) this.residentIn(target)?.combat.add(tick, combat, row);
    }
  }

  /** Announces deaths and arrivals, and writes down kills and fights. */
  record(outcome: TickOutcome): void {
    const { context } = this;
    const { definition, topics, writer, residents, state, bossWatch } = context;
    const { tick } = state;
    // First: there is only so much that one second can tell.
    for (const { npcKind, event, text } of outcome.bossNews) {
      const { name, id } = definition.npcKinds[npcKind]!;
      topics.announce({ event, tick, name, npcKind: id, text });
    }
    for (const death of outcome.deaths) {
      const { characterId } = death;
      writer.recordDeath(deathRecord(writer.fence, context, death));
      const name = residents.get(characterId)?.who.name;
      if (name !== undefined) topics.announce({ event: 'character_died', tick, name, characterId });
    }
    for (const kill of outcome.kills) this.recordKill(kill);
    for (const feud of outcome.feuds) writer.recordFight(pvpFightRecord(writer.fence, context, feud));
    for (const fight of outcome.fights)
      if (fight.members.length > 0) writer.recordFight(fightSummary(writer.fence, context, fight, tick));
    for (const unclaimed of outcome.unclaimed) {
      const fall = bossWatch.fell(unclaimed);
      if (fall) writer.recordBossFall(fall);
    }
    bossWatch.appeared(outcome.spawned);
    for (const { characterId, landmark } of outcome.visits)
      writer.recordVisit({
        characterId: characterId as CharacterId,
        zoneId: definition.id as Slug,
        point: landmark as Slug,
        visitedAtMs: context.nowMs(),
      });
    for (const use of outcome.uses) this.recordUse(use);
    this.recordEvents(outcome);
    for (const { npcKind } of outcome.spawned) {
      const kind = definition.npcKinds[npcKind]!;
      if (kind.rank !== 'normal') topics.announce({ event: 'npc_spawned', tick, name: kind.name, npcKind: kind.id });
    }
  }

  private recordKill(kill: KillOutcome): void {
    const { context } = this;
    const { writer, topics, state } = context;
    const kind = context.definition.npcKinds[kill.npcKind]!;
    topics.announce({ event: 'npc_died', tick: state.tick, name: kind.name, npcKind: kind.id });
    const record = killRecord(writer.fence, context, kill, context.bossWatch.fell(kill));
    const source = { entity: kill.npcSlot, npcKind: kind.id, x: kill.x, y: kill.y };
    void writer.recordKill(record).then((drops) => this.show(source, drops));
  }

  private show(source: DropSource, drops: readonly RecordedDrop[]): void {
    for (const drop of drops) {
      const message = dropMessage(source, drop);
      for (const characterId of drop.eligibleIds) this.context.residents.get(characterId)?.own.add(message);
      this.context.layerShift.earned(drop);
    }
  }

  /** Quests count the use for all who had a share in it; what the object held is for them. */
  private recordUse(use: UseOutcome): void {
    const { definition, writer, nowMs } = this.context;
    const { id, x, y, effect, isCounted } = definition.objects![use.object]!;
    if (isCounted)
      this.recordDeeds(
        'use',
        id,
        [use.by, ...use.nearby].map(({ characterId }) => characterId),
      );
    if (effect.kind !== 'loot') return;
    const source = { entity: use.objectSlot, objectId: id, x, y };
    void writer.recordCache(cacheRecord(use, definition, nowMs())).then((drops) => this.show(source, drops));
  }

  private recordEvents({ eventNews, eventEnds }: TickOutcome): void {
    const { definition, topics, state, events } = this.context;
    for (const { event, what, text } of eventNews) {
      // An end is told when it holds.
      if (what === 'done' || what === 'failed') continue;
      const { id, name } = definition.events![event]!;
      topics.announce({ event: `event_${what}`, tick: state.tick, name, eventId: id, text });
    }
    events.ended(eventEnds);
  }

  private recordDeeds(kind: WorldDeed['kind'], target: string, characterIds: readonly string[]): void {
    const { writer, nowMs } = this.context;
    const doneAtMs = nowMs();
    for (const characterId of characterIds)
      writer.recordDeed({ kind, target: target as Slug, characterId: characterId as CharacterId, doneAtMs });
  }
}
