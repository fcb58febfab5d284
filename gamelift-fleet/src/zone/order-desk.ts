import { type CloseReason, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { EvictOrder, LeaveOrder, RefreshOrder, TiesOrder, TravelOrder } from '../persist/order-ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { AskedManner } from '../sim/leaving.ts';
import type { Inbox } from './inbox.ts';
import { orders } from './orders.ts';
import type { Exit, Resident } from './residents.ts';
import { weaponSpec } from './zone-content.ts';

/** Orders that are known again if their acknowledgement was lost. */
const REMEMBERED_ORDERS = 1_000;

const ticksOf = (ms: number): number => Math.ceil((ms * TICK_HZ) / 1_000);

export interface OrderDeskContext {
  readonly writer: ZoneWriter;
  readonly inbox: Inbox;
  /** By character. */
  readonly residents: ReadonlyMap<string, Resident>;
}

/** What orders make happen to those who are here. */
export interface ResidentsFate {
  /** The session plays nobody here again. */
  refuseSession(sessionId: string): void;
  putOut(resident: Resident, reason: CloseReason, exit: Exit, manner: AskedManner): void;
  leave(resident: Resident, manner: AskedManner): void;
  /** Resolves once the character's body is out and written. */
  gone(characterId: string): Promise<void>;
}

/** An order that concerns characters of a zone. */
export type ResidentsOrder = EvictOrder | RefreshOrder | TiesOrder | TravelOrder | LeaveOrder;

/** Carries out what other parts of the backend order to happen to characters of a zone. */
export class OrderDesk {
  private readonly context: OrderDeskContext;
  private readonly fate: ResidentsFate;
  private readonly carriedOut = new Set<string>();

  constructor(context: OrderDeskContext, fate: ResidentsFate) {
    this.context = context;
    this.fate = fate;
  }

  /**
   * Carries out an order: closes the connections of those whom it names and sets their bodies on their way. Resolves
   * when that is certain: bodies that must go at once are out and written, others have their time.
   */
  async obey(command: ResidentsOrder): Promise<void> {
    if (command.kind === 'ties') return this.learnTies(command.characterId);
    if (command.kind !== 'evict') return this.carryOutOnce(command);
    const { closeReason, endsSession, manner, leaveReason } = orders[command.reason];
    if (endsSession && command.sessionId) this.fate.refuseSession(command.sessionId);
    const named = [...this.context.residents.values()].filter(
      ({ who }) =>
        (command.accountId === undefined || who.accountId === command.accountId) &&
        (command.sessionId === undefined || who.sessionId === command.sessionId) &&
        (command.characterId === undefined || who.characterId === command.characterId),
    );
    for (const resident of named) this.fate.putOut(resident, closeReason, { reason: leaveReason }, manner);
    if (manner === 'now') await Promise.all(named.map((resident) => this.fate.gone(resident.who.characterId)));
  }

  /** Reads a character's party and quests, and tells the simulation. */
  async learnTies(characterId: CharacterId): Promise<void> {
    const { writer, inbox, residents } = this.context;
    if (!residents.has(characterId)) return;
    const ties = await writer.tiesOf(characterId);
    if (ties) inbox.push({ kind: 'ties', characterId, ...ties });
  }

  /** With the next tick, behind the character's own entering; an order that comes again takes effect once. */
  private carryOutOnce(command: RefreshOrder | TravelOrder | LeaveOrder): Promise<void> | void {
    const { commandId, characterId } = command;
    if (this.carriedOut.has(commandId)) return;
    this.carriedOut.add(commandId);
    const [oldest] = this.carriedOut;
    if (this.carriedOut.size > REMEMBERED_ORDERS) this.carriedOut.delete(oldest!);
    const { inbox, residents } = this.context;
    const resident = residents.get(characterId);
    if (command.kind === 'refresh') {
      const { level, gear, weapon, heal, energy, tonics } = command;
      const lasting = tonics.map(({ stats, durationMs }) => ({ stats, ticks: ticksOf(durationMs) }));
      inbox.push({
        ...{ kind: 'gear', characterId, level, gear, weapon: weaponSpec(weapon), heal, energy },
        tonics: lasting,
      });
    } else if (!resident || resident.slot === 0) return;
    else if (command.kind === 'leave') inbox.push({ kind: 'leave', slot: resident.slot, manner: 'wish' });
    else return this.beginTrip(resident, command);
  }

  /** Resolves, when the character must go at once, when it is handed over. */
  private async beginTrip(resident: Resident, { trip }: TravelOrder): Promise<void> {
    const { toZone, toUnit, at, channelMs, use } = trip;
    const { slot, who } = resident;
    const area = at && { x: at.x, y: at.y, radius: at.radiusM };
    resident.trip = { toZone, toUnit, at: area, use, isForced: channelMs === undefined };
    if (channelMs !== undefined) {
      this.context.inbox.push({ kind: 'travel', slot, channelTicks: ticksOf(channelMs) });
      return;
    }
    this.fate.leave(resident, 'now');
    await this.fate.gone(who.characterId);
  }
}
