import type { CheatCheck } from '#shared/contract/cheat-checks.ts';
import { MAX_AURAS, MAX_REWIND_TICKS, TICK_HZ } from '#shared/contract/zone-protocol.ts';

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
      /** Acts on a view far older than what it has seen. */
      stale_view: 2,
      /** Far more acts at those behind cover than a player tries. */
      line_of_sight: 2,
    } satisfies Readonly<Record<CheatCheck, number>>,
    /** Of each check, between two reports: the newest. */
    keptSamples: 3,
    teleportMetres: 30,
    /** An honest view never goes back; what stands on the wire is rounded and has bounds. */
    viewBackTicks: 2,
    /** Inputs: one a tick and a twentieth, and as many as can have been held up before a connection is given up. */
    clock: { perTick: 1.05, capacity: seconds(10.5), step: 20 },
    /** Refused acts: ten a second, and a handful of a held-up key. */
    refusals: { perTick: 0.5, capacity: 60, step: 20 },
    /** Others at cover: three in two seconds, and thirty; one and the same at most so often. */
    cover: { perTick: 0.075, capacity: 30, step: 10, sameTargetTicks: seconds(1) },
    /** No client draws so far behind the newest frame (the reference client: 5 ticks). One such act in 5 s is nothing. */
    drawnBehindTicks: 8,
    staleViews: { perTick: 0.01, capacity: 10, step: 5 },
  },
  combat: {
    /** Chances in thousandths, of which a roll of 1 to 1,000 takes one. */
    critPermille: 50,
    critPermillePerReflex: 1,
    maxCritPermille: 600,
    critFactor: 1.5,
    dodgePermille: 30,
    dodgePermillePerReflex: 1,
    maxDodgePermille: 250,
    /** Blows at an NPC this many levels above glance off, the more the higher it is, and do a part of their damage. */
    glancingFromLevels: 3,
    glancingPermillePerLevel: 100,
    glancingFactor: 0.7,
    /** Armour or resistance `a` against an attacker of level `l` takes a / (a + base + perLevel × l) of a blow. */
    mitigationBase: 50,
    mitigationPerLevel: 25,
    maxMitigation: 0.75,
    /** Bounds of what stats add or take, in thousandths. */
    minPowerPermille: -900,
    minHastePermille: -500,
    maxHastePermille: 1_000,
    minPacePermille: 200,
    maxPacePermille: 2_000,
    /** An ability is accepted this much before it is ready: messages arrive early as well as late. It gains no time by it. */
    earlyTicks: 2,
    /** Share of full energy that comes back each second, fighting or not. */
    energyPermillePerSecond: 30,
    energyPermillePerIntellect: 0.5,
    /** Metres beyond an ability's range that are forgiven for the way of the message. */
    rangeToleranceMetres: 1,
    /** After the last hostile act one counts as fighting for this long. */
    calmAfterTicks: seconds(5),
    /** Share of full health that comes back each second out of combat. */
    regenPerSecond: 0.03,
    /** Farther than this from a dying NPC (74 yards) one has no claim. */
    claimMetres: 67.7,
    maxFightMembers: 40,
    /** A fight's log: how fine in time it begins, and the most rows that it has. */
    log: { bucketTicks: seconds(1), maxRows: 1_000 },
    /** Most effects that last on one body; a newer one takes the place of the one that would end first. */
    maxAuras: MAX_AURAS,
    /** Most whom one area meets: the nearest. */
    maxAreaTargets: 20,
    /** A body is slowed by the server this long after its player was told. */
    paceGraceTicks: seconds(0.5),
    threatPerDamage: 1,
    threatPerHealing: 0.5,
  },
  control: {
    /** Share of its time that each further control of a kind lasts, in thousandths; beyond the last one is immune. */
    diminishedPermille: [1_000, 500, 250],
    /** After this long without one of a kind, the next lasts its full time again. */
    resetTicks: seconds(18),
    /** What a slow leaves of the speed, in thousandths. */
    slowPermille: 500,
    /** Ranks that no control has a hold on. */
    immuneRanks: ['boss'] as readonly string[],
  },
  death: {
    /** An offer to stand up lasts this long. */
    offerTicks: seconds(60),
    /** Who comes back at the graveyard is weak for a while: how long from which level on, and what it takes. */
    sickness: [
      { fromLevel: 20, ticks: seconds(600) },
      { fromLevel: 11, ticks: seconds(60) },
    ],
    sicknessStats: { powerPermille: -750 } as Readonly<Record<string, number>>,
  },
  pvp: {
    /** The flag stays this long after it was given up and after the last hostile act against a player. */
    calmTicks: seconds(300),
  },
  duel: {
    offerTicks: seconds(30),
    countdownTicks: seconds(3),
    /** From where it began (60 yards), and how long one may be beyond. */
    leashMetres: 54.9,
    awayTicks: seconds(10),
    /** Nobody wins a duel that lasts longer. */
    maxTicks: seconds(600),
    /** Both stand this close to each other when one challenges. */
    rangeMetres: 15,
  },
  interaction: {
    rangeMetres: 5,
    /** Who walks into a door that has closed so lately is stopped without blame. */
    doorGraceTicks: 20,
  },
  events: {
    /** Who is farther from the escort of an event is not with it. */
    nearMetres: 30,
    /** So often it is looked who is near. */
    lookEveryTicks: 10,
    /** Share of its kind's speed that an escort walks at. */
    escortSpeedFactor: 0.8,
    /** How long an escort lies there that has fallen. */
    fallenTicks: 200,
  },
  npc: {
    /** Metres of aggro radius per level that the NPC is above the player. */
    aggroPerLevel: 1,
    aggroMin: 3,
    /** What the 3×3 cells around an NPC surely cover. */
    aggroMax: 18,
    scanEveryTicks: 5,
    /** An NPC that fights looks at its rules and at whom it hates most this often; it moves and strikes on every tick. */
    decideEveryTicks: 4,
    /** How much more than its target an NPC must hate somebody to turn to them: near at hand, and from afar. */
    meleeSwitch: 1.1,
    rangedSwitch: 1.3,
    meleeRange: 5,
    /** It goes home when it has found no way to whom it fights for so long. */
    unreachableTicks: seconds(5),
    /** On its way home it waits so long for a way, then it is there. */
    homelessTicks: seconds(1),
    /** A pack helps from this far away. */
    packRadius: 30,
    /** An NPC that runs or steps back stays within this share of its leash. */
    leashShare: 0.9,
    fleeSpeedFactor: 1.1,
    backSpeedFactor: 0.5,
    patrolSpeedFactor: 0.5,
    /** Who has rested for longer is put where it would be by now when players come. */
    catchUpAfterTicks: seconds(10),
    /** But not so close to one of them. */
    unseenMetres: 15,
    wanderSpeedFactor: 0.4,
    wanderPauseMinTicks: seconds(3),
    wanderPauseMaxTicks: seconds(9),
    evadeSpeedFactor: 1.5,
  },
  paths: {
    /** One that walks looks this often whether it can go straight, and whether its path still leads where it wants. */
    lookEveryTicks: 4,
    /** A path to a point this far away from where it leads is no path to it. */
    replanMetres: 2,
    /** Where no way was found, it is asked again for another point after this long, and at once when a door has changed. */
    askAgainTicks: seconds(1),
    /** Corners that the searches of a tick look at together; a search that needs more goes on in the next. */
    workPerTick: 300,
  },
  respawn: {
    /** Players around a spawn up to whom the respawn time is the content's; beyond, it shortens in proportion. */
    fullTimeUpToPlayers: 10,
    areaMarginMetres: 30,
    minTicks: seconds(10),
    /** Share of the time by which those of one spawn are spread. */
    spread: 0.2,
    /** Nobody appears so close to a player if it can be helped: so many places are tried, so often, at such distances. */
    unseenMetres: 12,
    tries: 6,
    waitTicks: seconds(2),
    maxWaits: 5,
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
