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
    longestSilenceTicks: seconds(3),
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
    /** Refused moves, less one per this many ticks, at which the player is reported. */
    reportAt: 10,
    decayTicks: seconds(5),
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
