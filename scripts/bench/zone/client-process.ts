import { percentile } from '../report.ts';
import { BenchClient } from './bench-client.ts';
import { npcStruckBy, startOf } from './bench-zone.ts';
import { type Claim, dialects, say, strike } from './client-messages.ts';
import { DecodingClient } from './decoding-client.ts';
import { type Scenario, SEED, sideMetres } from './scenario.ts';
import { Walkers } from './walkers.ts';

/** What a client process answers to `end`: rates of those who read on. */
export interface ClientMeasurement {
  readonly seconds: number;
  readonly cpuMs: number;
  /** Frames a second of the slowest of a hundred clients, and of the median one. */
  readonly framesP1: number;
  readonly framesP50: number;
  readonly bytesPerSecond: number;
  readonly dropped: number;
  readonly cameAgain: number;
  readonly failures: number;
}

export type ToClients =
  | { readonly kind: 'connect'; readonly port: number; readonly paths: readonly string[] }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  | { readonly kind: 'views' };
export type FromClients =
  | { readonly kind: 'connected' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'begun' }
  | ({ readonly kind: 'measured' } & ClientMeasurement)
  | { readonly kind: 'views'; readonly views: Readonly<Record<number, readonly string[]>> };

const CONNECTING_AT_ONCE = 64;
const TURN_MS = 10;
const TICKS_PER_SECOND = 20;
/** Radius in which a fighter steps around. */
const FIGHTER_METRES = 1;

const scenario = JSON.parse(process.argv[2]!) as Scenario;
const { players, inputsPerSecond } = scenario;
const fighters = Math.floor(players * scenario.fighting);
const walkers = new Walkers(players, sideMetres(scenario), SEED);
const dialect = dialects[scenario.server];
const tell = (message: FromClients) => process.send!(message);

let clients: (BenchClient | DecodingClient)[] = [];
let isMeasuring = false;
let cameAgain = 0;
let failures = 0;
const seqs = new Uint32Array(players);

async function connectAll(port: number, paths: readonly string[]): Promise<void> {
  clients = paths.map((path, player) =>
    scenario.decoding ? new DecodingClient(player, port, path) : new BenchClient(scenario, player, port, path),
  );
  // From the start: who is silent for too long while others still connect would be put out.
  talk();
  let next = 0;
  const connectSome = async () => {
    while (next < clients.length) await clients[next++]!.connect();
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectSome));
}

/** What a player says now; the way since its last input is walked at once. */
function nextClaim(player: number): Claim {
  seqs[player]! += 1;
  const seq = seqs[player]!;
  const { seenTick } = clients[player]!;
  if (player < fighters) {
    const home = startOf(scenario, walkers, player);
    const angle = seq / 10;
    return {
      seq,
      seenTick,
      x: home.x + Math.cos(angle) * FIGHTER_METRES,
      y: home.y + Math.sin(angle) * FIGHTER_METRES,
    };
  }
  if (inputsPerSecond > 0) walkers.walk(player, TICKS_PER_SECOND / inputsPerSecond);
  return { seq, seenTick, x: walkers.x[player]!, y: walkers.y[player]! };
}

/** Each client's messages, spread evenly over the time; without inputs each says once a second what it has seen. */
function talk(): void {
  const rate = inputsPerSecond || 1;
  const beganMs = performance.now();
  let [said, struck, chatted, left] = [0, 0, 0, 0];
  const due = (perSecond: number) => Math.floor(((performance.now() - beganMs) / 1_000) * perSecond);
  setInterval(() => {
    for (const until = due(players * rate); said < until; said++) {
      const player = said % players;
      const client = clients[player]!;
      if (client.isStalled || client.wasDropped || !client.isIn) continue;
      const claim = nextClaim(player);
      client.send(inputsPerSecond > 0 ? dialect.move(claim) : dialect.seen(claim));
    }
    for (const until = due(fighters); struck < until; struck++) {
      const player = struck % fighters;
      const client = clients[player]!;
      if (!client.isIn) continue;
      const places = Math.ceil(scenario.npcs / 5);
      client.send(strike(struck, npcStruckBy(player % places, Math.floor(struck / fighters)), client.seenTick));
    }
    for (const until = due(scenario.chatPerSecond); chatted < until; chatted++) {
      const client = clients[(chatted * 7) % players]!;
      if (client.isIn) client.send(say(`Line ${chatted} of somebody who walks here`));
    }
    for (const until = due(scenario.churnPerSecond); left < until; left++)
      if (isMeasuring) void churn((left * 13) % players);
  }, TURN_MS);
}

const away = new Set<number>();

async function churn(player: number): Promise<void> {
  const client = clients[player]!;
  if (away.has(player) || !(client instanceof BenchClient)) return;
  away.add(player);
  try {
    await client.comeAgain();
    seqs[player] = 0;
    cameAgain += 1;
  } catch (cause) {
    failures += 1;
    if (failures === 1) console.error(cause);
  }
  away.delete(player);
}

let began = { cpu: process.cpuUsage(), ms: performance.now(), frames: [0], bytes: [0] };

function begin(): void {
  isMeasuring = true;
  for (const client of clients.slice(0, Math.floor(players * scenario.stalled))) client.stall();
  began = {
    cpu: process.cpuUsage(),
    ms: performance.now(),
    frames: clients.map(({ tickFrames }) => tickFrames),
    bytes: clients.map(({ bytes }) => bytes),
  };
  tell({ kind: 'begun' });
}

function end(): void {
  if (!isMeasuring) return;
  const cpu = process.cpuUsage(began.cpu);
  const seconds = (performance.now() - began.ms) / 1_000;
  const reading = clients.flatMap(({ isStalled, player }) => (isStalled || away.has(player) ? [] : [player]));
  const rates = reading.map((player) => (clients[player]!.tickFrames - began.frames[player]!) / seconds);
  const bytes = reading.map((player) => (clients[player]!.bytes - began.bytes[player]!) / seconds);
  tell({
    kind: 'measured',
    seconds,
    cpuMs: (cpu.user + cpu.system) / 1_000,
    framesP1: percentile(rates, 1),
    framesP50: percentile(rates, 50),
    bytesPerSecond: bytes.reduce((sum, one) => sum + one, 0) / bytes.length,
    dropped: clients.filter(({ wasDropped, isStalled }) => wasDropped && !isStalled).length,
    cameAgain,
    failures,
  });
}

process.on('message', (message: ToClients) => {
  if (message.kind === 'connect')
    connectAll(message.port, message.paths).then(
      () => tell({ kind: 'connected' }),
      (cause: unknown) => tell({ kind: 'failed', why: String(cause) }),
    );
  else if (message.kind === 'begin') begin();
  else if (message.kind === 'end') end();
  else
    tell({
      kind: 'views',
      views: Object.fromEntries(clients.flatMap((one) => (one instanceof DecodingClient ? [one.view()] : []))),
    });
});
process.once('disconnect', () => process.exit(0));
