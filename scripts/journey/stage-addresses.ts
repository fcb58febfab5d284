import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

/** Where a stage is to be reached, and how many play. */
export interface JourneyOptions {
  readonly players: number;
  readonly httpUrl: string;
  readonly adminUrl: string;
  readonly socketUrl: string;
  /** Inbox of caught mail: `GET <inboxUrl>/inbox.json`. The journey cannot verify accounts without one. */
  readonly inboxUrl: string;
  /** Control endpoint of a local cloud; unset elsewhere: the end checks then use the API alone. */
  readonly controlUrl: string | undefined;
  /** Leave out the steps in the zone, for stages without a fleet. */
  readonly zone: boolean;
  /** Show the consumption of every function, not of the dearest alone. */
  readonly allFunctions?: boolean;
}

const usage = `npm run journey -- [--players N]
  --players N        players at once (default 20, at most 200)
  --url URL          HTTP API of another stage than the running local cloud; then also:
  --admin-url URL    administrators' HTTP API
  --socket-url URL   WebSocket API
  --inbox-url URL    where the stage's mail is caught
  --no-zone          leave out the zone (a stage without a fleet)
  --all-functions    show what every function consumed, not the dearest 20 alone (local cloud)`;

/** Names have letters for so many. */
const MAX_PLAYERS = 200;

/** Reads the command line; without `--url` the addresses are those of the running local cloud. */
export async function journeyOptions(args: readonly string[]): Promise<JourneyOptions> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      players: { type: 'string', default: '20' },
      url: { type: 'string' },
      'admin-url': { type: 'string' },
      'socket-url': { type: 'string' },
      'inbox-url': { type: 'string' },
      'no-zone': { type: 'boolean', default: false },
      'all-functions': { type: 'boolean', default: false },
    },
  });
  const players = Number(values.players);
  if (!Number.isInteger(players) || players < 2 || players > MAX_PLAYERS) {
    throw new Error(`--players ${values.players} is not a number from 2 to ${MAX_PLAYERS}\n${usage}`);
  }
  const zone = !values['no-zone'];
  const allFunctions = values['all-functions'];
  if (values.url !== undefined) {
    const missing = (['admin-url', 'socket-url', 'inbox-url'] as const).filter((name) => !values[name]);
    if (missing.length > 0) throw new Error(`--url also needs --${missing.join(', --')}\n${usage}`);
    return {
      players,
      httpUrl: values.url,
      adminUrl: values['admin-url']!,
      socketUrl: values['socket-url']!,
      inboxUrl: values['inbox-url']!,
      controlUrl: undefined,
      zone,
      allFunctions,
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
  return { players, httpUrl, adminUrl, socketUrl, inboxUrl: new URL(inbox.url).origin, controlUrl, zone, allFunctions };
}
