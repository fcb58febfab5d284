import { MAX_REWIND_TICKS, TICK_HZ } from '#shared/contract/zone-protocol.ts';

const seconds = (count: number): number => Math.round(count * TICK_HZ);

/** Numbers of the simulation that are no content: every one is a rule, none stands elsewhere. */
export const balance = {
  movement: {
    /** Tolerance on the speed, and metres of it that any window forgives (jitter, quantisation). */
    speedFactor: 1.1,
    slackMetres: 0.5,
    shortWindowTicks: seconds(1),
    longWindowTicks: seconds(10),
    /** Of what a client walked while its messages were held up, so much may come at once; more is taken back. */
    longestHoldUpTicks: seconds(3),
    /** No connection lives when it is farther behind: beyond, there is no such excuse. */
    longestExcuseTicks: seconds(10),
  },
  lag: {
    /** An act is judged by what its player saw, at most 250 ms before the newest tick that it can have seen. */
    maxRewindTicks: MAX_REWIND_TICKS,
    /** Of every body that can be shot at. */
    bodyRadiusMetres: 0.5,
    /** One who was in a place so long ago is in a cell this near now. */
    gridMarginMetres: 8,
  },
  suspicion: {
    /** What each check weighs. A score of `reportAt`, less one per so many ticks, is reported, and every further one. */
    reportAt: 10,
    decayTicks: seconds(5),
    weights: {
      /** Faster than the movement budget, however its messages were held up. */
      speed: 1,
      /** A single step farther than `teleportMetres`. */
      teleport: 4,
      wall: 2,
      out_of_bounds: 2,
      /** Far more acts before their time than a hand can make. */
      rapid_fire: 2,
      /** The same at targets out of range. */
      out_of_range: 2,
      /** Says that it has seen less than before. */
      clock_back: 2,
      /** Says that it has seen what has not happened. */
      clock_ahead: 4,
      /** More steps than time. */
      clock_fast: 4,
      /** Acts on an older view than before. */
      view_back: 2,
    },
    teleportMetres: 30,
    /** An honest view never goes back; what stands on the wire is rounded and has bounds. */
    viewBackTicks: 2,
    /** Inputs: one a tick and a twentieth, and as many as can have been held up before a connection is given up. */
    clock: { perTick: 1.05, capacity: seconds(10.5), step: 20 },
    /** Refused acts: ten a second, and a handful of a held-up key. */
    refusals: { perTick: 0.5, capacity: 60, step: 20 },
  },
  combat: {
    critPercent: 5,
    critFactor: 1.5,
    /** Metres beyond an ability's range that are forgiven for the way of the message. */
    rangeToleranceMetres: 1,
    /** After the last hostile act one counts as fighting for this long. */
    calmAfterTicks: seconds(5),
    /** Share of full health that comes back each second out of combat. */
    regenPerSecond: 0.03,
    /** Farther than this from a dying NPC (74 yards) one has no claim. */
    claimMetres: 67.7,
    maxFightMembers: 40,
  },
  interaction: { rangeMetres: 5 },
  npc: {
    /** Metres of aggro radius per level that the NPC is above the player. */
    aggroPerLevel: 1,
    aggroMin: 3,
    /** What the 3×3 cells around an NPC surely cover. */
    aggroMax: 18,
    scanEveryTicks: 5,
    wanderSpeedFactor: 0.4,
    wanderPauseMinTicks: seconds(3),
    wanderPauseMaxTicks: seconds(9),
    evadeSpeedFactor: 1.5,
  },
  respawn: {
    /** Players up to whom the respawn time is the content's; beyond, it shortens in proportion. */
    fullTimeUpToPlayers: 20,
    minTicks: seconds(10),
  },
  grid: { cellMetres: 20, hysteresisMetres: 2 },
  presence: {
    /** A body waits this long after its connection broke: the player comes back to it, and pulling the plug is no escape. */
    lingerTicks: seconds(300),
    /** A player who leaves outside a rest area, or in a fight, stays this long. */
    leaveTicks: seconds(20),
  },
  idleness: {
    /** Without an input for this long a player is shown as away. */
    afkTicks: seconds(300),
    /** And after this long it is put out of the world. */
    putOutTicks: seconds(1_200),
  },
} as const;
