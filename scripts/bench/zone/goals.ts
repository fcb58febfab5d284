import { compareViews } from './decoding.ts';
import { disturbedOf, type Figure, middle, needRows } from './figure.ts';
import { gatewayWorkers } from './gateway-goal.ts';
import { type Row, shortRound, wholeRound } from './round.ts';
import { type Scenario, type ServerName, scenario } from './scenario.ts';
import { interleaved, mostPlayers, type Tell } from './search.ts';

const VIEW: ServerName = 'colyseus view';
const ROUNDS = 3;
const SEARCH_BUDGET_MS = 270_000;

async function mostAgainstPeer(
  goal: string,
  what: Partial<Scenario>,
  hints: readonly [ours: number, peer: number],
  levels: readonly [must: number, aim: number, beyond: number],
  tell: Tell,
): Promise<Figure[]> {
  const contenders = [
    { scenario: scenario({ server: 'zone', players: 0, ...what }), hint: hints[0] },
    { scenario: scenario({ server: VIEW, players: 0, ...what }), hint: hints[1] },
  ];
  const [ours, peer] = await mostPlayers(contenders, SEARCH_BUDGET_MS, tell);
  const shown = (most: number | undefined) => (most === undefined ? 'not settled' : `${most}`);
  const ratio = (ours!.most ?? Number.NaN) / (peer!.most ?? Number.NaN);
  const { inView, inputsPerSecond } = contenders[0]!.scenario;
  const inputs = inputsPerSecond > 0 ? `, ${inputsPerSecond} inputs/s each` : '';
  return [
    {
      goal,
      measure: `players on one core, ${inView} in view${inputs}, against Colyseus with a StateView each`,
      ours: shown(ours!.most),
      peer: shown(peer!.most),
      value: ratio,
      shown: `${ratio.toFixed(2)}×`,
      must: levels[0],
      aim: levels[1],
      beyond: levels[2],
      isCeiling: false,
      disturbed: disturbedOf([...ours!.rows, ...peer!.rows]),
    },
  ];
}

const SHORT_PLAYERS = 1_250;

/** CPU, bytes and the share that is writing: one short interleaved run answers three goals. */
async function costs(tell: Tell): Promise<Figure[]> {
  const names = ['zone', VIEW, 'colyseus whole', 'raw writes', 'handle writes'] as const;
  const scenarios = names.map((server) => scenario({ server, players: SHORT_PLAYERS }));
  const rows = await interleaved(scenarios, ROUNDS, shortRound, tell);
  needRows(rows, scenarios);
  const [ours, view, whole, raw, handle] = rows.map((some) => ({
    us: middle(some, (row) => row.usPerClientTick),
    bytes: middle(some, (row) => row.clients.bytesPerSecond),
  }));
  const disturbed = disturbedOf(rows.flat());
  const us = (value: number) => `${value.toFixed(1)} µs`;
  const bytes = (value: number) => `${value.toFixed(0)} B/s`;
  const common = { disturbed, isCeiling: false };
  return [
    {
      ...common,
      goal: 'G4',
      measure: `CPU per client-tick, ${SHORT_PLAYERS} players, StateView / ours (whole state: ${us(whole!.us)}, ${bytes(whole!.bytes)})`,
      ours: us(ours!.us),
      peer: us(view!.us),
      value: view!.us / ours!.us,
      shown: (view!.us / ours!.us).toFixed(2),
      must: 2.7,
      aim: 3,
      beyond: 3.5,
    },
    {
      ...common,
      goal: 'G5',
      measure: 'bytes per client, same view, ours / StateView',
      ours: bytes(ours!.bytes),
      peer: bytes(view!.bytes),
      value: ours!.bytes / view!.bytes,
      shown: (ours!.bytes / view!.bytes).toFixed(2),
      must: 0.8,
      aim: 0.45,
      beyond: 0.3,
      isCeiling: true,
    },
    {
      ...common,
      goal: 'G6',
      measure: `a bare write / ours, CPU per client-tick, same number of players (a bare write beneath the streams: ${us(handle!.us)})`,
      ours: us(ours!.us),
      peer: us(raw!.us),
      value: raw!.us / ours!.us,
      shown: `${((raw!.us / ours!.us) * 100).toFixed(0)} %`,
      must: 0.8,
      aim: 0.88,
      beyond: 0.92,
    },
  ];
}

/** The most players of ours alone: the peers cannot do the like. */
async function mostOfOurs(
  goal: string,
  measure: (rows: readonly Row[]) => string,
  { what, hint }: { readonly what: Partial<Scenario>; readonly hint: number },
  [must, aim, beyond]: readonly [must: number, aim: number, beyond: number],
  tell: Tell,
): Promise<Figure[]> {
  const contender = { scenario: scenario({ server: 'zone', players: 0, ...what }), hint };
  const [ours] = await mostPlayers([contender], SEARCH_BUDGET_MS, tell);
  const value = ours!.most ?? Number.NaN;
  const { rows } = ours!;
  return [
    {
      ...{ goal, measure: measure(rows), ours: `${value}`, peer: '–', value, shown: `${value}` },
      ...{ must, aim, beyond, isCeiling: false, disturbed: disturbedOf(rows) },
    },
  ];
}

/** With clients written to in turns: every tick still arrives, half of them one tick later. */
const byTheLadder = (tell: Tell): Promise<Figure[]> =>
  mostOfOurs(
    'G1',
    (rows) => {
      const frames = rows.length > 0 ? middle(rows, (row) => row.clients.framesP1) : Number.NaN;
      return `players on one core when clients are written to in turns, every tick told at most 50 ms late (${frames.toFixed(1)} ticks a second told to the slowest)`;
    },
    { what: { overloadLevel: 2 }, hint: 7_000 },
    [4_000, 6_000, 8_000],
    tell,
  );

const wholeZone = (tell: Tell): Promise<Figure[]> =>
  mostOfOurs(
    'G7',
    () => 'players of a whole zone on one core: 10 inputs/s each, 500 NPCs, a fifth of all fighting, chat',
    { what: { inputsPerSecond: 10, npcs: 500, fighting: 0.2, chatPerSecond: 2 }, hint: 2_200 },
    [2_000, 2_500, 3_000],
    tell,
  );

async function oneCrowd(tell: Tell): Promise<Figure[]> {
  const crowd = (players: number) => scenario({ server: 'zone', players, inView: players });
  const scenarios = [crowd(1_200), crowd(2_200)];
  const rows = await interleaved(scenarios, ROUNDS, wholeRound, tell);
  needRows(rows, scenarios);
  const p99 = (some: readonly Row[]) => middle(some, (row) => row.server.workP99Ms);
  const [few, many] = [p99(rows[0]!), p99(rows[1]!)];
  const line = (players: number, ms: number, must: number, aim: number, some: readonly Row[]): Figure => ({
    goal: 'G8',
    measure: `everyone in one place, ${players} players: p99 of a tick (${middle(some, (row) => row.clients.bytesPerSecond / 1_024).toFixed(1)} KB/s per client)`,
    ours: `${ms.toFixed(1)} ms`,
    peer: '–',
    value: ms,
    shown: `${ms.toFixed(1)} ms`,
    must,
    aim,
    isCeiling: true,
    disturbed: disturbedOf(some),
  });
  return [line(1_200, few, 40, 25, rows[0]!), line(2_200, many, 50, 35, rows[1]!)];
}

async function stalledClients(tell: Tell): Promise<Figure[]> {
  const players = 1_000;
  const scenarios = [scenario({ server: 'zone', players }), scenario({ server: 'zone', players, stalled: 0.1 })];
  const rows = await interleaved(scenarios, ROUNDS, wholeRound, tell);
  needRows(rows, scenarios);
  const rate = middle(rows[1]!, (row) => row.clients.framesP1);
  const rss = (some: readonly Row[]) => middle(some, (row) => row.server.rssMb);
  const growth = rss(rows[1]!) - rss(rows[0]!);
  const common = { goal: 'G9', peer: '–', disturbed: disturbedOf(rows.flat()) };
  return [
    {
      ...common,
      measure: 'a tenth of 1,000 clients stalled: frames a second of the slowest of the others',
      ours: rate.toFixed(2),
      value: rate,
      shown: `${rate.toFixed(2)} Hz`,
      must: 19.5,
      aim: 19.8,
      isCeiling: false,
    },
    {
      ...common,
      measure: 'and memory above that without them',
      ours: `${growth.toFixed(0)} MB`,
      value: growth,
      shown: `${growth.toFixed(0)} MB`,
      must: 50,
      aim: 20,
      isCeiling: true,
    },
  ];
}

async function tickAndPauses(tell: Tell): Promise<Figure[]> {
  const scenarios = [scenario({ server: 'zone', players: 4_000 })];
  const rows = await interleaved(scenarios, ROUNDS, wholeRound, tell);
  needRows(rows, scenarios);
  const own = middle(rows[0]!, (row) => row.server.simulationAndEncodingP99Ms ?? Number.NaN);
  const pause = middle(rows[0]!, (row) => row.server.gcLongestMs);
  const line = (measure: string, ms: number, must: number, aim: number, beyond: number): Figure => ({
    goal: 'G10',
    measure,
    ours: `${ms.toFixed(1)} ms`,
    peer: '–',
    value: ms,
    shown: `${ms.toFixed(1)} ms`,
    must,
    aim,
    beyond,
    isCeiling: true,
    disturbed: disturbedOf(rows[0]!),
  });
  return [
    line('simulation and encoding with 4,000 players, p99', own, 8, 4, 2),
    line('longest pause of the garbage collector', pause, 8, 5, 3),
  ];
}

async function decoded(tell: Tell): Promise<Figure[]> {
  const { views, differing } = await compareViews(
    scenario({ server: 'zone', players: 300, npcs: 60, fighting: 0.2, inputsPerSecond: 10, decoding: true }),
    tell,
  );
  return [
    {
      goal: 'decode',
      measure: `views of ${views} clients that decode everything, held against the server's truth after 10 s`,
      ours: `${differing} differ`,
      peer: '–',
      value: differing,
      shown: `${views - differing} equal`,
      must: 0,
      aim: 0,
      isCeiling: true,
      disturbed: '–',
    },
  ];
}

/** What can be asked for by name; `quick` answers G4 to G6. */
export const goals: Readonly<Record<string, (tell: Tell) => Promise<Figure[]>>> = {
  quick: costs,
  decode: decoded,
  G1: (tell) => mostAgainstPeer('G1', {}, [4_400, 900], [4, 4.5, 5.5], tell),
  G2: (tell) => mostAgainstPeer('G2', { inView: 300 }, [4_000, 480], [6, 7.5, 10], tell),
  G3: (tell) => mostAgainstPeer('G3', { inputsPerSecond: 10 }, [3_600, 950], [3, 3.3, 4], tell),
  ladder: byTheLadder,
  G7: wholeZone,
  G8: oneCrowd,
  G9: stalledClients,
  G10: tickAndPauses,
  gateway: (tell) => gatewayWorkers('gateway', {}, tell),
  'gateway-inputs': (tell) => gatewayWorkers('gateway-inputs', { inputsPerSecond: 10 }, tell),
};
