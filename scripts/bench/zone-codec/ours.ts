import { Replica } from '#fleet/client/replica.ts';
import { serverFrames } from '#fleet/protocol/messages.ts';
import { PLAYER } from '#fleet/src/sim/entities.ts';
import { newState, place } from '#fleet/src/sim/state.ts';
import { CellStreams } from '#fleet/src/zone/cell-streams.ts';
import { overloadLadder } from '#fleet/src/zone/overload.ts';
import { TickFrames } from '#fleet/src/zone/tick-frames.ts';
import { METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';
import type { Contender, Run } from './contenders.ts';
import { type Recording, VIEW_METRES } from './walkers.ts';

/** Cell in the middle of 3×3. */
const MIDDLE = 4;

/** The fleet's own: cell streams, tick frames with their WebSocket header, and the reference client's replica. */
export const ours: Contender = {
  name: 'zone codec',
  start: (recording) => run(recording),
};

function run({ scenario: { inView }, x, y, ack }: Recording): Run {
  const zone = {
    id: 'bench',
    name: 'Bench',
    originX: 0,
    originY: 0,
    width: VIEW_METRES,
    height: VIEW_METRES,
    spawn: { x: 0, y: 0, radius: 0 },
    graveyard: { x: 0, y: 0, radius: 0 },
    restAreas: [],
    obstacles: [],
    npcKinds: [],
    spawns: [],
    abilities: [],
    classes: {},
  };
  const state = newState(zone, 1, inView);
  const slots: number[] = [];
  for (let one = 0; one < inView; one++) {
    const at = { x: x[one]! * METRES_PER_UNIT, y: y[one]! * METRES_PER_UNIT };
    const who = { sort: PLAYER, kind: 0, level: 1, name: `Walker ${one}`, yaw: 0, health: 100, maxHealth: 100 };
    slots.push(state.entities.add({ ...who, ...at }));
    state.grid.insert(slots[one]!, at.x, at.y, true);
  }
  const streams = new CellStreams(state);
  const frames = new TickFrames(streams, state.grid);
  const replica = new Replica();
  return {
    simulate: (tick) => {
      for (let one = 0; one < inView; one++) {
        const at = tick * inView + one;
        place(state, slots[one]!, x[at]! * METRES_PER_UNIT, y[at]! * METRES_PER_UNIT);
        state.entities.ack[slots[one]!] = ack[at]!;
      }
      state.tick = tick;
    },
    encode: (tick) => {
      streams.advance();
      frames.begin(tick, overloadLadder[0]!);
      const frame = tick === 0 ? frames.fresh(MIDDLE) : frames.following(MIDDLE);
      return frame.subarray(frame[1]! < 126 ? 2 : 4);
    },
    decode: (frame) => {
      const message = serverFrames.decode(frame);
      if (message.name === 'tick') replica.apply(message.fields);
    },
    shown: (one) => {
      const entity = replica.entities.get(slots[one]!)!;
      return [entity.x / METRES_PER_UNIT, entity.y / METRES_PER_UNIT, entity.ack];
    },
  };
}
