import type { z } from 'zod';
import type { Door, SocketLike } from '#fleet/client/zone-link.ts';
import type { refresh } from '#functions/auth/contract.ts';
import type { createCharacter, listCharacters, selectCharacter } from '#functions/character/contract.ts';
import type { createGuest, guestLogin } from '#functions/identity/contract.ts';
import type { heartbeat } from '#functions/session/contract.ts';
import type { enterZone, listZones } from '#functions/zone/contract.ts';
import { CALL_BACKOFF, retryAfterMs, waitMs } from '#shared/client/backoff.ts';

/** What an endpoint answers, from its declaration. */
type Reply<E extends { readonly response: z.ZodType }> = z.output<E['response']>;
type Character = Reply<typeof listCharacters>['characters'][number];

const LOOKS = { classId: 'gunhand', originId: 'gutter-born', appearance: {} } as const;
const NAME_LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const MAX_TRIES = 8;
const FIRST_HEARTBEAT_MS = 20_000;

/** A refusal, in the words that the API has for players. */
class Refused extends Error {
  readonly status: number;
  readonly code: string;
  /** When another try may help, if the server has said; else 0. */
  readonly retryAfterMs: number;

  constructor(
    { status, headers }: Response,
    problem: { readonly title?: string; readonly message?: string; readonly code?: string },
  ) {
    super(problem.title ?? problem.message ?? `the server answered ${status}`);
    this.status = status;
    this.code = problem.code ?? '';
    this.retryAfterMs = retryAfterMs(headers.get('retry-after'));
  }
}

/** Tokens of a player. The refresh token works once. */
interface Keys {
  accessToken: string;
  refreshToken: string;
}

/** Where a guest's secret is kept, so that a reload comes back to the same character. */
export interface Keyring {
  get(): string | null;
  set(secret: string): void;
}

/** A player without an address, over the public API: signs up or in, has one character, and gets doors to zones. */
export class Guest {
  character: Character | undefined;
  private keys: Keys | undefined;

  /** Signs in with the kept secret, or opens a guest account, and plays its character. @throws Refused */
  async play(keyring: Keyring, namePrefix: string): Promise<Character> {
    this.keys = await signIn(keyring);
    const { characters } = await this.call<Reply<typeof listCharacters>>('GET', 'characters');
    const character =
      characters[0] ??
      (await this.call<Reply<typeof createCharacter>>('POST', 'characters', {
        ...LOOKS,
        name: randomName(namePrefix),
      }));
    const path = `characters/${character.characterId}/select`;
    this.keys.accessToken = (await this.call<Reply<typeof selectCharacter>>('POST', path)).accessToken;
    this.character = character;
    this.beatAfter(FIRST_HEARTBEAT_MS);
    return character;
  }

  async zones(): Promise<Reply<typeof listZones>['zones']> {
    return (await this.call<Reply<typeof listZones>>('GET', 'zones')).zones;
  }

  /** A connecting socket to the zone, with a ticket that admits the character once. */
  async door(zoneId: string, opened: (socket: WebSocket) => void = () => {}): Promise<Door> {
    const { url, ticket } = await this.call<Reply<typeof enterZone>>('POST', `zones/${zoneId}/enter`);
    const socket = new WebSocket(url);
    opened(socket);
    // The client sends from memory of its own, never from shared memory.
    return { socket: socket as unknown as SocketLike, ticket };
  }

  private beatAfter(ms: number): void {
    setTimeout(async () => {
      const beat = this.call<Reply<typeof heartbeat>>('POST', 'auth/session/heartbeat', { active: true });
      const nextInSeconds = await beat.then(
        (answer) => answer.nextInSeconds,
        () => FIRST_HEARTBEAT_MS / 1_000,
      );
      this.beatAfter(nextInSeconds * 1_000);
    }, ms);
  }

  /** One call; where the access token has died it is renewed once. */
  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    try {
      return await request<T>(method, path, body, this.keys?.accessToken);
    } catch (error) {
      if (!(error instanceof Refused && [401, 403].includes(error.status) && error.code === '' && this.keys))
        throw error;
      const { refreshToken } = this.keys;
      this.keys = await request<Reply<typeof refresh>>('POST', 'auth/refresh', { refreshToken });
      return request<T>(method, path, body, this.keys.accessToken);
    }
  }
}

async function signIn(keyring: Keyring): Promise<Keys> {
  const guestSecret = keyring.get();
  if (guestSecret !== null) {
    const known = await request<Reply<typeof guestLogin>>('POST', 'auth/guest/login', { guestSecret }).catch(
      (error) => {
        if (error instanceof Refused && error.code === 'identity.guest_unknown') return undefined;
        throw error;
      },
    );
    if (known?.status === 'SIGNED_IN') return known;
  }
  const guest = await request<Reply<typeof createGuest>>('POST', 'auth/guest', { deviceName: 'Zone page' });
  keyring.set(guest.guestSecret);
  return guest;
}

/** One request; where the server is too busy for it, the same again when it says, or a little later. */
async function request<T>(method: string, path: string, body?: object, token?: string): Promise<T> {
  const init = {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(path === 'characters' && method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  };
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(`/api/v1/${path}`, init);
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return answer as T;
    const refused = new Refused(response, answer as object);
    const isPassing = [429, 503].includes(response.status) && refused.code !== 'identity.guest_limit';
    if (!isPassing || tries === MAX_TRIES) throw refused;
    const wait = waitMs(CALL_BACKOFF, tries - 1, refused.retryAfterMs);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** One more socket to where this one leads. */
export function sideLine({ url }: SocketLike, opened: (socket: WebSocket) => void = () => {}): SocketLike {
  const socket = new WebSocket(url!);
  opened(socket);
  return socket as unknown as SocketLike;
}

/** A name that nobody has yet, as good as surely. */
function randomName(prefix: string): string {
  const numbers = crypto.getRandomValues(new Uint8Array(6));
  return prefix + Array.from(numbers, (number) => NAME_LETTERS[number % NAME_LETTERS.length]).join('');
}
