import type { CharacterId } from '#shared/kernel/ids.ts';
import {
  type Admission,
  type AdmissionRefusal,
  AdmissionRefused,
  type Departure,
  type HandOff,
  type Ties,
} from './character-ports.ts';
import type { ZonePorts } from './ports.ts';
import type {
  BossAppearance,
  BossFall,
  CombatSummary,
  Death,
  Kill,
  LandmarkVisit,
  OpenedCache,
  PvpFight,
  RecordedDrop,
  Suspicion,
  WorldDeed,
} from './record-ports.ts';
import { type UnitMemory, type ZoneFence, ZoneFenced } from './unit-ports.ts';

/** Waits before a repetition; given from outside so that tests need no time. */
export type Delay = (ms: number) => Promise<void>;

/** What the writer reports besides its results. */
export interface ZoneWriterEvents {
  /** The zone belongs to another now: nothing that follows will be written. Told once. */
  fenced(): void;
  /** The character may not be in the zone after all: its session has ended, or it has gone elsewhere. */
  refused(who: Pick<Admission, 'characterId' | 'sessionId'>, reason: AdmissionRefusal): void;
  /** A write failed for good after all repetitions. */
  lost(what: string, cause: unknown): void;
}

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;
/** About half a minute of an unreachable store. */
const MAX_TRIES = 20;

const bossChain = ({ spawnId }: { readonly spawnId: string }): string => `boss ${spawnId}`;

type Who = Parameters<ZonePorts['enterZone']>[1];

/**
 * Everything lasting that one life of a zone does. Writes of one character keep their order; all others run side by
 * side. A write whose answer is unknown is repeated, which its ids make harmless. After the first refusal by the fence
 * no further write is sent.
 */
export class ZoneWriter {
  private readonly ports: ZonePorts;
  readonly fence: ZoneFence;
  private readonly events: ZoneWriterEvents;
  private readonly delay: Delay;
  private readonly running = new Set<Promise<unknown>>();
  private readonly chains = new Map<string, Promise<unknown>>();
  private readonly stays = new Map<string, number>();
  private noting: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(ports: ZonePorts, fence: ZoneFence, events: ZoneWriterEvents, delay: Delay) {
    this.ports = ports;
    this.fence = fence;
    this.events = events;
    this.delay = delay;
  }

  /** Sends nothing more; what is under way is not repeated. */
  stop(): void {
    this.stopped = true;
  }

  /** Writes that have not ended yet. */
  get pending(): number {
    return this.running.size;
  }

  /** Resolves once everything asked for so far is written, or has failed for good. */
  async flush(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  /** Resolves once this character's writes asked for so far have ended. */
  async settled(characterId: string): Promise<void> {
    await this.chains.get(characterId);
  }

  /** What the kill has left; nothing too when the write failed for good. */
  async recordKill(kill: Kill): Promise<readonly RecordedDrop[]> {
    const write = () => this.ports.recordKill(this.fence, kill);
    const what = `kill ${kill.killSeq}`;
    const { boss } = kill;
    return (boss ? await this.inOrder(bossChain(boss), what, write) : await this.run(what, write)) ?? [];
  }

  /** What was in an opened object; nothing too when the write failed for good. */
  async recordCache(opened: OpenedCache): Promise<readonly RecordedDrop[]> {
    return (await this.run(`use ${opened.useSeq}`, () => this.ports.recordCache(this.fence, opened))) ?? [];
  }

  /** Behind the boss's death before, as its death comes behind it. */
  recordBossSpawn(boss: BossAppearance): void {
    const what = `spawn ${boss.life} of ${boss.spawnId}`;
    void this.inOrder(bossChain(boss), what, () => this.ports.recordBossSpawn(this.fence, boss));
  }

  recordBossFall(fall: BossFall): void {
    const what = `fall ${fall.life} of ${fall.spawnId}`;
    void this.inOrder(bossChain(fall), what, () => this.ports.recordBossFall(this.fence, fall));
  }

  recordDeath(death: Death): void {
    void this.run(`death ${death.deathSeq}`, () => this.ports.recordDeath(this.fence, death));
  }

  /** Behind the fights before of all who fought it: two that count for the same character would be in each other's way. */
  recordFight(fight: CombatSummary | PvpFight): void {
    const keys = fight.participants.map(({ characterId }) => `fights of ${characterId}`);
    void this.inOrder(keys, `fight ${fight.combatId}`, () => this.ports.recordFight(this.fence, fight));
  }

  /** One after the other of an account, whose case all of them change; they hold nothing else up. */
  reportSuspicion(suspicion: Suspicion): void {
    const what = `suspicion ${suspicion.reportSeq}`;
    const write = () => this.ports.reportSuspicion(this.fence, suspicion);
    void this.inOrder(`suspicion of ${suspicion.accountId}`, what, write);
  }

  endTrade(end: Parameters<ZonePorts['endTrade']>[1]): void {
    void this.run(`end of trade ${end.tradeId}`, () => this.ports.endTrade(this.fence, end));
  }

  /** Behind the character's other writes. */
  recordVisit(visit: LandmarkVisit): void {
    const what = `visit of ${visit.characterId}`;
    void this.inOrder(visit.characterId, what, () => this.ports.recordVisit(this.fence, visit));
  }

  /** Behind the character's other writes. */
  recordDeed(deed: WorldDeed): void {
    const what = `${deed.kind} ${deed.target} of ${deed.characterId}`;
    void this.inOrder(deed.characterId, what, () => this.ports.recordDeed(this.fence, deed));
  }

  enter(who: Who): void {
    void this.inOrder(who.characterId, `presence of ${who.characterId}`, async () => {
      try {
        this.stays.set(who.characterId, await this.ports.enterZone(this.fence, who));
      } catch (cause) {
        if (!(cause instanceof AdmissionRefused)) throw cause;
        this.events.refused(who, cause.reason);
      }
    });
  }

  /**
   * The character's party and quests. Read behind its entering and its earlier readings: whatever changes later, another
   * order tells of. Undefined: they could not be read.
   */
  async tiesOf(characterId: CharacterId): Promise<Ties | undefined> {
    return this.inOrder(characterId, `ties of ${characterId}`, () => this.ports.tiesOf(characterId));
  }

  /** Behind the entering that names its stay; nothing when that was refused. */
  save(save: Omit<Parameters<ZonePorts['saveCharacterState']>[1], 'stay'>): void {
    void this.inOrder(save.characterId, `character state of ${save.characterId}`, async () => {
      const stay = this.stays.get(save.characterId);
      if (stay !== undefined) await this.ports.saveCharacterState(this.fence, { ...save, stay });
    });
  }

  /** Version of the presence that names this stay; undefined until it is stored. */
  stayOf(characterId: string): number | undefined {
    return this.stays.get(characterId);
  }

  /**
   * Hands a character over behind everything else that was asked for it, and answers the stay that it has left. False: it
   * is elsewhere already. Undefined: it could not be written, and the character is here still.
   */
  async handOff(go: Omit<HandOff, 'stay'>): Promise<number | false | undefined> {
    return this.inOrder(go.characterId, `hand-off of ${go.characterId}`, async () => {
      const stay = this.stays.get(go.characterId);
      if (stay === undefined) return undefined;
      const isHandedOver = await this.ports.handOffCharacter(this.fence, { ...go, stay });
      // It is in no stay of this unit any more, and may come again.
      this.stays.delete(go.characterId);
      return isHandedOver && stay;
    });
  }

  /** Notes down how the unit stands. Not repeated: the next note says more. Answers whether it is written. */
  note(memory: UnitMemory): Promise<boolean> {
    const noting = this.tryNote(memory).finally(() => this.running.delete(noting));
    this.running.add(noting);
    this.noting = noting;
    return noting;
  }

  /** The last note of this life, behind the one before: repeated as other writes are. */
  noteLast(memory: UnitMemory, written: () => void): void {
    const before = this.noting;
    void this.run('last note', async () => {
      await before;
      await this.ports.noteMemory(this.fence, memory);
      written();
    });
  }

  private async tryNote(memory: UnitMemory): Promise<boolean> {
    if (this.stopped) return false;
    try {
      await this.ports.noteMemory(this.fence, memory);
      return true;
    } catch (cause) {
      if (cause instanceof ZoneFenced) this.refuse();
      return false;
    }
  }

  leave(who: Pick<Who, 'accountId' | 'characterId'>, departure: Departure): void {
    void this.inOrder(who.characterId, `presence of ${who.characterId}`, async () => {
      await this.ports.leaveZone(this.fence, who, departure);
      this.stays.delete(who.characterId);
    });
  }

  private refuse(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.events.fenced();
  }

  /** Behind everything that was asked for under one of these keys. */
  private inOrder<T>(keys: string | readonly string[], what: string, write: () => Promise<T>): Promise<T | undefined> {
    const all = typeof keys === 'string' ? [keys] : keys;
    const before = Promise.all(all.map((key) => this.chains.get(key)));
    const chain = before.then(() => this.run(what, write));
    for (const key of all) this.chains.set(key, chain);
    const forget = chain.finally(() => {
      for (const key of all) if (this.chains.get(key) === chain) this.chains.delete(key);
      this.running.delete(forget);
    });
    this.running.add(forget);
    return chain;
  }

  /** Never rejects: a refusal stops the zone, a failure is reported. */
  private run<T>(what: string, write: () => Promise<T>): Promise<T | undefined> {
    const attempt = this.attempt(what, write).finally(() => this.running.delete(attempt));
    this.running.add(attempt);
    return attempt;
  }

  private async attempt<T>(what: string, write: () => Promise<T>): Promise<T | undefined> {
    for (let tries = 1; !this.stopped; tries++) {
      try {
        return await write();
      } catch (cause) {
        if (cause instanceof ZoneFenced) {
          this.refuse();
          return undefined;
        }
        if (tries === MAX_TRIES) {
          this.events.lost(what, cause);
          return undefined;
        }
        await this.delay(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1)));
      }
    }
    return undefined;
  }
}
