import { unpackPlaces } from '#functions/zone/public.ts';
import { type CharacterId, deriveId, type Id, type Slug } from '#shared/kernel/ids.ts';
import {
  type Admission,
  AdmissionRefused,
  type CharacterZoneState,
  type Departure,
  type HandOff,
  type Ties,
} from '../src/persist/character-ports.ts';
import type { ZoneCommand } from '../src/persist/order-ports.ts';
import type { ZonePorts } from '../src/persist/ports.ts';
import type {
  BossAppearance,
  BossFall,
  BossState,
  CombatSummary,
  Death,
  Kill,
  LandmarkVisit,
  OpenedCache,
  PvpFight,
  RecordedDrop,
  Suspicion,
  WorldDeed,
} from '../src/persist/record-ports.ts';
import { type ZoneFence, ZoneFenced } from '../src/persist/unit-ports.ts';

interface Lease {
  shardId: string;
  epoch: number;
  untilMs: number;
}

/**
 * The fleet's outside in memory, with the real rules of leases, fences, tickets and repetition. Tests look into its
 * fields and make its calls fail by name.
 */
export class MemoryPorts implements ZonePorts {
  readonly leases = new Map<string, Lease>();
  readonly tickets = new Map<string, { readonly zoneId: Slug; readonly character: Admission }>();
  readonly states = new Map<
    string,
    CharacterZoneState & { readonly epoch: number; readonly stay: number; readonly sequence: number }
  >();
  /** What owners have noted down, by unit, and the epoch that may go on. */
  readonly memories = new Map<string, { epoch: number; memory?: Parameters<ZonePorts['noteMemory']>[1] }>();
  readonly handedOff: HandOff[] = [];
  /** Layers and instances that should be run. */
  readonly openedUnits = new Set<Slug>();
  /** Into which unit the players of a layer are to be moved, by layer. */
  readonly merges = new Map<string, Slug>();
  readonly parties: CharacterId[][] = [];
  readonly saves: { readonly characterId: string; readonly reason: string }[] = [];
  readonly kills = new Map<string, { readonly kill: Kill; readonly drops: readonly RecordedDrop[] }>();
  readonly bosses = new Map<string, BossState>();
  /** What was told of bosses, in order. */
  readonly bossSpawns: {
    readonly epoch: number;
    readonly spawnId: string;
    readonly life: number;
    readonly npcKind: string;
  }[] = [];
  readonly visits: LandmarkVisit[] = [];
  readonly deeds: WorldDeed[] = [];
  /** By number. */
  readonly caches = new Map<number, OpenedCache>();
  /** What is stored of characters' parties and quests. */
  readonly ties = new Map<string, Ties>();
  readonly summaries = new Map<string, CombatSummary>();
  /** By zone, epoch and number. */
  readonly deaths = new Map<string, Death>();
  readonly suspicions = new Map<string, Suspicion>();
  readonly pvpFights = new Map<string, PvpFight>();
  /** Who left, and why, in order. */
  readonly departures: (Departure & { readonly characterId: string })[] = [];
  readonly present = new Map<string, { readonly zoneId: string; readonly epoch: number; readonly stay: number }>();
  private readonly stays = new Map<string, number>();
  readonly commands = new Map<string, ZoneCommand>();
  /** Trades that were ended, and why, in order. */
  readonly endedTrades: Parameters<ZonePorts['endTrade']>[1][] = [];
  /** Every call that reached the outside, by name, in order. */
  readonly calls: string[] = [];
  /** Errors for the next calls of a name; the effect does not happen. */
  readonly failures = new Map<keyof ZonePorts, Error[]>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** A ticket for a character; the state is what the store has of it. */
  issueTicket(ticket: string, zoneId: Slug, character: Admission): void {
    this.tickets.set(ticket, { zoneId, character });
  }

  private called(name: keyof ZonePorts): void {
    this.calls.push(name);
    const failure = this.failures.get(name)?.shift();
    if (failure) throw failure;
  }

  private check(fence: ZoneFence): void {
    const lease = this.leases.get(fence.zoneId);
    if (lease?.epoch !== fence.epoch || lease.shardId !== fence.shardId) throw new ZoneFenced(fence.zoneId);
  }

  async claimZone(request: Parameters<ZonePorts['claimZone']>[0]) {
    this.called('claimZone');
    const held = this.leases.get(request.zoneId);
    if (held && held.untilMs > this.nowMs() && held.shardId !== request.shardId) return undefined;
    const epoch = (held?.epoch ?? 0) + 1;
    this.leases.set(request.zoneId, { shardId: request.shardId, epoch, untilMs: this.nowMs() + request.leaseMs });
    return { epoch };
  }

  async wantedUnits(zoneIds: readonly Slug[]) {
    this.called('wantedUnits');
    return [...zoneIds, ...this.openedUnits].map((unitId) => {
      const lease = this.leases.get(unitId);
      const live = lease && lease.untilMs > this.nowMs() ? lease : undefined;
      return { unitId, shardId: live?.shardId, leaseUntilMs: live?.untilMs };
    });
  }

  async retireUnit(fence: ZoneFence) {
    this.called('retireUnit');
    this.check(fence);
    this.openedUnits.delete(fence.zoneId);
    this.leases.get(fence.zoneId)!.untilMs = 0;
  }

  async planMerge(fence: ZoneFence) {
    this.called('planMerge');
    this.check(fence);
    return this.merges.get(fence.zoneId);
  }

  async partiesAmong(characterIds: readonly CharacterId[]) {
    this.called('partiesAmong');
    return this.parties.filter((members) => members.some((member) => characterIds.includes(member)));
  }

  async renewLease(fence: ZoneFence, { leaseMs }: { readonly leaseMs: number }) {
    this.called('renewLease');
    this.check(fence);
    this.leases.get(fence.zoneId)!.untilMs = this.nowMs() + leaseMs;
  }

  async releaseZone(fence: ZoneFence) {
    this.called('releaseZone');
    const lease = this.leases.get(fence.zoneId);
    if (lease?.epoch === fence.epoch && lease.shardId === fence.shardId) lease.untilMs = 0;
  }

  async redeemTicket({ ticket, zoneIds }: Parameters<ZonePorts['redeemTicket']>[0]) {
    this.called('redeemTicket');
    const found = this.tickets.get(ticket);
    if (!found || !zoneIds.includes(found.zoneId)) throw new AdmissionRefused('ticket_invalid');
    this.tickets.delete(ticket);
    const state = this.states.get(found.character.characterId);
    const isHere = state?.zoneId === found.zoneId;
    return { zoneId: found.zoneId, character: { ...found.character, ...(isHere ? { state } : {}) } };
  }

  async saveCharacterState(fence: ZoneFence, save: Parameters<ZonePorts['saveCharacterState']>[1]) {
    this.called('saveCharacterState');
    this.check(fence);
    const before = this.states.get(save.characterId);
    if (before && (before.stay > save.stay || (before.stay === save.stay && before.sequence >= save.sequence))) return;
    this.states.set(save.characterId, { ...save, epoch: fence.epoch });
    this.saves.push({ characterId: save.characterId, reason: save.reason });
  }

  async handOffCharacter(fence: ZoneFence, go: HandOff) {
    this.called('handOffCharacter');
    this.check(fence);
    const at = this.present.get(go.characterId);
    if (at?.zoneId !== fence.zoneId || at.stay !== go.stay) return this.handedOff.includes(go);
    this.present.delete(go.characterId);
    const stay = this.nextStay(go.characterId);
    const { toZone, toUnit: _unit, ...state } = go;
    this.states.set(go.characterId, { ...state, zoneId: toZone, epoch: fence.epoch, stay, sequence: 0 });
    this.handedOff.push(go);
    return true;
  }

  private nextStay(characterId: string): number {
    const stay = (this.stays.get(characterId) ?? 0) + 1;
    this.stays.set(characterId, stay);
    return stay;
  }

  async takeOverMemory(fence: ZoneFence) {
    this.called('takeOverMemory');
    const known = this.memories.get(fence.zoneId);
    if (known && known.epoch > fence.epoch) throw new ZoneFenced(fence.zoneId);
    this.memories.set(fence.zoneId, { ...known, epoch: fence.epoch });
    return known?.memory && { ...known.memory, places: unpackPlaces(known.memory.places) };
  }

  async noteMemory(fence: ZoneFence, memory: Parameters<ZonePorts['noteMemory']>[1]) {
    this.called('noteMemory');
    if (this.memories.get(fence.zoneId)?.epoch !== fence.epoch) throw new ZoneFenced(fence.zoneId);
    const kept = { ...memory, places: Uint8Array.from(memory.places), respawns: [...memory.respawns] };
    this.memories.set(fence.zoneId, { epoch: fence.epoch, memory: kept });
  }

  async recordKill(fence: ZoneFence, kill: Kill): Promise<readonly RecordedDrop[]> {
    this.called('recordKill');
    this.check(fence);
    const dropId = deriveId('drp', fence.zoneId, fence.epoch, kill.killSeq);
    const known = this.kills.get(dropId);
    if (known) return known.drops;
    const slots = [{ slotIndex: 0, templateId: 'scrap-wire' as Slug, count: 1 }];
    if (kill.boss) this.fell(fence.zoneId, kill.boss);
    const eligibleIds = kill.claimants.map(({ characterId }) => characterId);
    const drops = [{ dropId, method: 'solo', eligibleIds, slots, expiresAtMs: kill.killedAtMs + 60_000 }];
    this.kills.set(dropId, { kill, drops });
    return drops;
  }

  private fell(zoneId: string, { spawnId, life, dueAtMs }: BossFall): void {
    const key = `${zoneId} ${spawnId}`;
    if ((this.bosses.get(key)?.life ?? 0) <= life) this.bosses.set(key, { spawnId, life, dueAtMs });
  }

  async bossesOf(fence: ZoneFence): Promise<readonly BossState[]> {
    this.called('bossesOf');
    return [...this.bosses].filter(([key]) => key.startsWith(`${fence.zoneId} `)).map(([, boss]) => boss);
  }

  async recordBossSpawn(fence: ZoneFence, { spawnId, life, npcKind }: BossAppearance) {
    this.called('recordBossSpawn');
    this.check(fence);
    const key = `${fence.zoneId} ${spawnId}`;
    if ((this.bosses.get(key)?.life ?? 0) >= life) return;
    this.bosses.set(key, { spawnId, life });
    this.bossSpawns.push({ epoch: fence.epoch, spawnId, life, npcKind });
  }

  async recordDeed(fence: ZoneFence, deed: WorldDeed) {
    this.called('recordDeed');
    this.check(fence);
    this.deeds.push(deed);
  }

  async recordCache(fence: ZoneFence, opened: OpenedCache): Promise<readonly RecordedDrop[]> {
    this.called('recordCache');
    this.check(fence);
    this.caches.set(opened.useSeq, opened);
    const dropId = deriveId('drp', fence.zoneId, fence.epoch, 'cache', opened.useSeq);
    const slots = [{ slotIndex: 0, templateId: 'scrap-wire' as Slug, count: 1 }];
    const eligibleIds = [opened.by, ...opened.nearby].map(({ characterId }) => characterId);
    return [{ dropId, method: 'solo', eligibleIds, slots, expiresAtMs: opened.openedAtMs + 60_000 }];
  }

  async tiesOf(characterId: string): Promise<Ties> {
    this.called('tiesOf');
    return this.ties.get(characterId) ?? { quests: [] };
  }

  async recordVisit(fence: ZoneFence, visit: LandmarkVisit) {
    this.called('recordVisit');
    this.check(fence);
    this.visits.push(visit);
  }

  async recordBossFall(fence: ZoneFence, fall: BossFall) {
    this.called('recordBossFall');
    this.check(fence);
    this.fell(fence.zoneId, fall);
  }

  async recordFight(fence: ZoneFence, fight: CombatSummary | PvpFight) {
    this.called('recordFight');
    this.check(fence);
    if ('npc' in fight) this.summaries.set(fight.combatId, fight);
    else this.pvpFights.set(fight.combatId, fight);
  }

  async recordDeath(fence: ZoneFence, death: Death) {
    this.called('recordDeath');
    this.check(fence);
    this.deaths.set(`${fence.zoneId}.${fence.epoch}.${death.deathSeq}`, death);
  }

  async reportSuspicion(fence: ZoneFence, suspicion: Suspicion) {
    this.called('reportSuspicion');
    this.check(fence);
    this.suspicions.set(`${fence.zoneId}.${fence.epoch}.${suspicion.reportSeq}`, suspicion);
  }

  async enterZone(fence: ZoneFence, who: { readonly characterId: Id<'chr'> }) {
    this.called('enterZone');
    this.check(fence);
    const stay = this.nextStay(who.characterId);
    this.present.set(who.characterId, { zoneId: fence.zoneId, epoch: fence.epoch, stay });
    return stay;
  }

  async leaveZone(fence: ZoneFence, who: { readonly characterId: Id<'chr'> }, departure: Departure) {
    this.called('leaveZone');
    const at = this.present.get(who.characterId);
    if (at?.zoneId !== fence.zoneId || at.epoch !== fence.epoch) return;
    this.present.delete(who.characterId);
    this.departures.push({ characterId: who.characterId, ...departure });
  }

  async endTrade(fence: ZoneFence, end: Parameters<ZonePorts['endTrade']>[1]) {
    this.called('endTrade');
    this.check(fence);
    this.endedTrades.push(end);
  }

  async pollCommands(): Promise<readonly ZoneCommand[]> {
    this.called('pollCommands');
    return [...this.commands.values()];
  }

  async acknowledgeCommand(_fence: ZoneFence, commandId: string) {
    this.called('acknowledgeCommand');
    this.commands.delete(commandId);
  }
}
