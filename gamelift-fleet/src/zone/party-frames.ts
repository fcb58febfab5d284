import { serverFrames } from '#fleet/protocol/messages.ts';
import { MAX_PARTY_SHOWN, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { binaryFrame } from '../net/ws-frame.ts';
import type { SimState } from '../sim/state.ts';
import type { TickFrames } from './tick-frames.ts';

const decoder = new TextDecoder();

/** Where the members of a player's party are whom its view does not show: one's own party is always visible. */
export class PartyFrames {
  private readonly state: SimState;
  private readonly frames: TickFrames;
  /** Slots whose players were last told of somebody. */
  private readonly told = new Set<number>();

  constructor(state: SimState, frames: TickFrames) {
    this.state = state;
    this.frames = frames;
  }

  /** What a player is to be told in this tick, once a second and spread over the ticks; undefined: nothing. */
  due(slot: number): Uint8Array | undefined {
    const { state, told } = this;
    if ((state.tick + slot) % TICK_HZ !== 0) return undefined;
    const partyId = state.players.get(slot)?.partyId;
    const members = partyId === undefined ? [] : this.unseenBy(slot, partyId);
    if (members.length === 0) {
      if (!told.delete(slot)) return undefined;
    } else told.add(slot);
    return binaryFrame(serverFrames.encode({ name: 'party', fields: { members } }));
  }

  private unseenBy(slot: number, partyId: string) {
    const { entities, grid, parties, zone } = this.state;
    const view = this.frames.viewFrom(grid.cellOf[slot]!);
    return [...parties.membersOf(partyId)]
      .filter((member) => member !== slot && !view.includes(grid.cellOf[member]!))
      .slice(0, MAX_PARTY_SHOWN)
      .map((member) => ({
        id: member,
        name: decoder.decode(entities.name[member]),
        x: entities.x[member]! - zone.originX,
        y: entities.y[member]! - zone.originY,
        health: entities.health[member]!,
        maxHealth: entities.maxHealth[member]!,
        state: entities.state[member]!,
      }));
  }
}
