import { reportSuspicion } from '#functions/anticheat/public.ts';
import { redeemTicket } from '#functions/auth/public.ts';
import { handOffCharacter, loadCharacterForZone, saveCharacterState } from '#functions/character/public.ts';
import { recordDeath, recordFight } from '#functions/combat/public.ts';
import { recordCache, recordKill } from '#functions/loot/public.ts';
import { partiesAmong, partyIdOf } from '#functions/party/public.ts';
import { questsUnderWay, recordDeed, recordVisit } from '#functions/quest/public.ts';
import { getActiveSession } from '#functions/session/public.ts';
import { endTradeByZone } from '#functions/trade/public.ts';
import {
  acknowledgeCommand,
  bossesOf,
  claimZone,
  enterZone,
  leaveZone,
  noteMemory,
  planMerge,
  pollCommands,
  presenceVerFor,
  type RefreshCommand,
  recordBossFall,
  recordBossSpawn,
  releaseZone,
  renewLease,
  retireUnit,
  takeOverMemory,
  wantedUnits,
} from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
import { type AdmissionRefusal, AdmissionRefused, type Ties } from './character-ports.ts';
import type { RefreshOrder } from './order-ports.ts';
import type { ZonePorts } from './ports.ts';
import { type ZoneFence, ZoneFenced } from './unit-ports.ts';
import { vitally } from './vital-lane.ts';

/** One call to the domains under its name; their refusal by the fence becomes the fleet's own. */
async function fenced<T>(name: string, { zoneId }: ZoneFence, call: () => Promise<T>): Promise<T> {
  try {
    return await step(`fleet.${name}`, call);
  } catch (cause) {
    if (cause instanceof GameError && cause.code === 'zone.fenced') throw new ZoneFenced(zoneId, { cause });
    throw cause;
  }
}

async function admit({ ticket, zoneIds }: Parameters<ZonePorts['redeemTicket']>[0]) {
  const holder = await redeemTicket(ticket, { purpose: 'zone', zoneIds }, clock.nowMs());
  if (!holder?.zoneId || !holder.characterId) throw new AdmissionRefused('ticket_invalid');
  const { zoneId, characterId, sessionId, accountId, roles } = holder;
  const [session, presenceVer, entrant] = await Promise.all([
    getActiveSession(sessionId),
    presenceVerFor(characterId, zoneId, holder.presenceVer ?? 0),
    loadCharacterForZone(characterId, zoneId),
  ]);
  if (session?.characterId !== characterId) throw new AdmissionRefused('session_ended');
  if (entrant?.accountId !== accountId) throw new AdmissionRefused('character_unavailable');
  // It asks again, and is sent to where it is.
  if (presenceVer === undefined) throw new AdmissionRefused('wrong_zone');
  return {
    zoneId,
    character: { ...entrant, sessionId, presenceVer, isStaff: roles.includes('gm') || roles.includes('admin') },
  };
}

/** Why a character may not be in a unit after all. */
const entryRefusals: Readonly<Record<string, AdmissionRefusal>> = {
  'auth.session_ended': 'session_ended',
  'zone.elsewhere': 'wrong_zone',
};

/** Level and equipment are read when the order is fetched: whatever was changed before shows in it. */
async function refreshOrder({ zoneId }: ZoneFence, command: RefreshCommand): Promise<RefreshOrder> {
  const { commandId, characterId, effects = [] } = command;
  const entrant = await loadCharacterForZone(characterId, zoneId);
  const sumOf = (kind: 'heal' | 'energy') =>
    effects.reduce((sum, effect) => sum + (effect.kind === kind ? effect.amount : 0), 0);
  return {
    ...{ commandId, kind: 'refresh', characterId },
    ...{ level: entrant?.level, gear: entrant?.gear ?? {}, weapon: entrant?.weapon },
    ...{ heal: sumOf('heal'), energy: sumOf('energy') },
    tonics: effects.flatMap((effect) =>
      effect.kind === 'buff' ? [{ stats: effect.stats, durationMs: effect.durationMs }] : [],
    ),
  };
}

async function tiesOf(characterId: CharacterId): Promise<Ties> {
  const [partyId, quests] = await Promise.all([partyIdOf(characterId), questsUnderWay(characterId)]);
  return { partyId, quests };
}

/** The fleet's outside as it is: the `public.ts` of the domains that own what the fleet writes. */
export const domainPorts: ZonePorts = {
  claimZone: (request) => vitally(() => step('fleet.claim-zone', () => claimZone(request))),
  wantedUnits: (zoneIds) => step('fleet.wanted-units', () => wantedUnits(zoneIds)),
  retireUnit: (fence) => fenced('retire-unit', fence, () => retireUnit(fence)),
  renewLease: (fence, state) => vitally(() => fenced('renew-lease', fence, () => renewLease(fence, state))),
  releaseZone: (fence) => fenced('release-zone', fence, () => releaseZone(fence)),
  planMerge: (fence, players) => fenced('plan-merge', fence, () => planMerge(fence, players)),
  partiesAmong: (characterIds) => step('fleet.parties', () => partiesAmong(characterIds)),
  redeemTicket: (request) => step('fleet.redeem-ticket', () => admit(request)),
  saveCharacterState: (fence, save) => fenced('save-character', fence, () => saveCharacterState(fence, save)),
  handOffCharacter: (fence, go) => fenced('hand-off', fence, () => handOffCharacter(fence, go)),
  takeOverMemory: (fence) => vitally(() => fenced('take-over', fence, () => takeOverMemory(fence))),
  noteMemory: (fence, memory) => vitally(() => fenced('note-memory', fence, () => noteMemory(fence, memory))),
  recordKill: (fence, kill) => fenced('record-kill', fence, () => recordKill(fence, kill)),
  recordCache: (fence, opened) => fenced('record-cache', fence, () => recordCache(fence, opened)),
  bossesOf: (fence) => fenced('bosses', fence, () => bossesOf(fence)),
  tiesOf: (characterId) => step('fleet.ties', () => tiesOf(characterId)),
  recordVisit: (fence, visit) => fenced('record-visit', fence, () => recordVisit(fence, visit)),
  recordDeed: (fence, deed) => fenced('record-deed', fence, () => recordDeed(fence, deed)),
  recordBossSpawn: (fence, boss) => fenced('boss-spawn', fence, () => recordBossSpawn(fence, boss)),
  recordBossFall: (fence, fall) => fenced('boss-fall', fence, () => recordBossFall(fence, fall)),
  recordFight: (fence, fight) => fenced('record-fight', fence, () => recordFight(fence, fight)),
  recordDeath: (fence, death) => fenced('record-death', fence, () => recordDeath(fence, death)),
  reportSuspicion: (fence, suspicion) => fenced('report-suspicion', fence, () => reportSuspicion(fence, suspicion)),
  enterZone: (fence, who) =>
    fenced('enter-zone', fence, async () => {
      try {
        return await enterZone(fence, who);
      } catch (cause) {
        const reason = cause instanceof GameError ? entryRefusals[cause.code] : undefined;
        if (!reason) throw cause;
        throw new AdmissionRefused(reason, { cause });
      }
    }),
  leaveZone: (fence, who, departure) => fenced('leave-zone', fence, () => leaveZone(fence, who, departure)),
  endTrade: (fence, end) => fenced('end-trade', fence, () => endTradeByZone(fence, end)),
  pollCommands: async (fence) => {
    const commands = await fenced('poll-commands', fence, () => pollCommands(fence.zoneId));
    return Promise.all(
      commands.map((command) => (command.kind === 'refresh' ? refreshOrder(fence, command) : command)),
    );
  },
  acknowledgeCommand: (fence, commandId) =>
    fenced('acknowledge-command', fence, () => acknowledgeCommand(fence.zoneId, commandId)),
};
