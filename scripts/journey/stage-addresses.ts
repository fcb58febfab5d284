import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { emulatedStage } from './emulated-stage.ts';
import { emulatorInbox, type Inbox, localInbox } from './inbox.ts';

/** Where a stage is to be reached, and how many play. */
export interface JourneyOptions {
  readonly players: number;
  readonly httpUrl: string;
  readonly adminUrl: string;
  readonly socketUrl: string;
  /** Where mail is caught: the journey cannot verify accounts without it. */
  readonly inbox: Inbox;
  /** Control endpoint of a local cloud; unset elsewhere: the end checks then use the API alone. */
  readonly controlUrl: string | undefined;
  /** Where the secret of the operator's second factor is kept from run to run; unset: it is told when it is new. */
  readonly operatorFile?: string | undefined;
  /** Leave out the steps in the zone, for stages without a fleet. */
  readonly zone: boolean;
  /** Open STOMP sockets; without them the steps of a push look for what it tells of over HTTP. */
  readonly push: boolean;
  /** Show the consumption of every function, not of the dearest alone. */
  readonly allFunctions?: boolean;
}

const usage = `npm run journey -- [--players N]
  --players N        players at once (default 20, at most 200)
  --url URL          HTTP API of another stage than the running local cloud; then also:
  --admin-url URL    administrators' HTTP API
  --socket-url URL   WebSocket API
  --inbox-url URL    where the stage's mail is caught
  --emulator [URL]   stage dev on a LocalStack-compatible endpoint, after npm run deploy:local
                     (http://127.0.0.1:4566 unless named; means --no-zone --no-push)
  --no-zone          leave out the zone (a stage without a fleet)
  --no-push          leave out the STOMP sockets (an emulator without them)
  --all-functions    show what every function consumed, not the dearest 20 alone (local cloud)`;

/** Names have letters for so many. */
const MAX_PLAYERS = 200;

/** Reads the command line; without `--url` the addresses are those of the running local cloud. */
export async function journeyOptions(args: readonly string[]): Promise<JourneyOptions> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      players: { type: 'string', default: '20' },
      url: { type: 'string' },
      'admin-url': { type: 'string' },
      'socket-url': { type: 'string' },
      'inbox-url': { type: 'string' },
      emulator: { type: 'boolean', default: false },
      'no-zone': { type: 'boolean', default: false },
      'no-push': { type: 'boolean', default: false },
      'all-functions': { type: 'boolean', default: false },
    },
  });
  const players = Number(values.players);
  if (!Number.isInteger(players) || players < 2 || players > MAX_PLAYERS) {
    throw new Error(`--players ${values.players} is not a number from 2 to ${MAX_PLAYERS}\n${usage}`);
  }
  if (positionals.length > (values.emulator ? 1 : 0)) throw new Error(`${positionals.join(' ')} is unknown\n${usage}`);
  const zone = !values['no-zone'] && !values.emulator;
  const push = !values['no-push'] && !values.emulator;
  const play = { players, zone, push, allFunctions: values['all-functions'] };
  if (values.emulator) {
    const endpoint = (positionals[0] ?? 'http://127.0.0.1:4566').replace(/\/$/, '');
    return {
      ...play,
      ...(await emulatedStage(endpoint)),
      inbox: emulatorInbox(endpoint),
      controlUrl: undefined,
      operatorFile: '.local/operator-of-emulator.json',
    };
  }
  if (values.url !== undefined) {
    const missing = (['admin-url', 'socket-url', 'inbox-url'] as const).filter((name) => !values[name]);
    if (missing.length > 0) throw new Error(`--url also needs --${missing.join(', --')}\n${usage}`);
    return {
      ...play,
      httpUrl: values.url,
      adminUrl: values['admin-url']!,
      socketUrl: values['socket-url']!,
      inbox: localInbox(values['inbox-url']!),
      controlUrl: undefined,
    };
  }
  const running = await readFile('.local/running.json', 'utf8').catch(() => {
    throw new Error(`no local cloud is running: \`npm start\` in another terminal, or name a stage\n${usage}`);
  });
  const { httpUrl, adminUrl, socketUrl, controlUrl, others } = JSON.parse(running) as {
    httpUrl: string;
    adminUrl: string;
    socketUrl: string;
    controlUrl: string;
    others: readonly { label: string; url: string }[];
  };
  const inbox = others.find(({ label }) => /inbox|mail/i.test(label));
  if (!inbox) throw new Error('the local cloud has no inbox');
  return {
    ...play,
    httpUrl,
    adminUrl,
    socketUrl,
    inbox: localInbox(new URL(inbox.url).origin),
    controlUrl,
    operatorFile: '.local/operator.json',
  };
}
