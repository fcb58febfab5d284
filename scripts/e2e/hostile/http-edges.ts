import { describe, expect, it } from 'vitest';
import { createCharacter } from '#functions/character/contract.ts';
import { createId } from '#shared/kernel/ids.ts';
import { type RawAnswer, rawHttp } from './raw-http.ts';
import { codeOf, endpoints, sendValid } from './valid-request.ts';
import type { World } from './world.ts';

type Headers = Readonly<Record<string, string>>;

interface Edge {
  readonly what: string;
  /** Status, and the problem's code when the answer is ours and not the gateway's. */
  readonly answer: string;
  readonly target: string;
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string | Buffer;
}

const JSON_TYPE: Headers = { 'content-type': 'application/json' };
const READ = '/api/v1/notifications/read';
const ACCOUNT = '/api/v1/account';
const post = (what: string, answer: string, body: string | Buffer, headers: Headers = JSON_TYPE): Edge => ({
  what,
  answer,
  target: READ,
  method: 'POST',
  headers,
  body,
});
const get = (what: string, answer: string, target: string, headers: Headers = {}): Edge => ({
  what,
  answer,
  target,
  headers,
});

const invalid = '400 request.invalid';
const filler = (bytes: number): string => JSON.stringify({ upTo: 0, filler: 'x'.repeat(bytes) });

const edges: readonly Edge[] = [
  post('a body of 20 KB', '413 request.body_too_large', filler(20_000)),
  post('a body of 11 MB', '413', Buffer.alloc(11 * 1024 * 1024, ' ')),
  post('another media type', '415 request.unsupported_media_type', '{"upTo":0}', { 'content-type': 'text/plain' }),
  post('a form', '415 request.unsupported_media_type', 'upTo=0', {
    'content-type': 'application/x-www-form-urlencoded',
  }),
  post('no media type', '415 request.unsupported_media_type', '{"upTo":0}', {}),
  post('broken JSON', invalid, '{"upTo":0'),
  post('JSON of 8,000 brackets', invalid, '['.repeat(8_000)),
  post('octets that are no UTF-8', invalid, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
  post('a number beyond all bounds', invalid, '{"upTo":1e400}'),
  post('a fraction', invalid, '{"upTo":0.5}'),
  post('a field that is none', invalid, '{"upTo":0,"constructor":{}}'),
  post('a prototype', invalid, '{"upTo":0,"__proto__":{"upTo":1}}'),
  post('no body', invalid, ''),
  {
    what: 'a body where none belongs',
    answer: invalid,
    target: '/api/v1/auth/tickets',
    method: 'POST',
    headers: JSON_TYPE,
    body: '{"a":1}',
  },
  get('10,300 bytes of headers', '431', '/api/v1/account', { 'x-filler': 'x'.repeat(10_300) }),
  get('an unknown route', '404', '/api/v1/nothing'),
  get('an administrators’ route on the players’ API', '404', '/api/v1/admin/analytics/events?day=2026-11-22'),
  ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .filter((method) => !endpoints.some((one) => one.path === ACCOUNT && one.method === method))
    .map((method) => ({ what: `${method}, which the route has not`, answer: '404', target: ACCOUNT, method })),
  get('a doubled slash', '404', '//api/v1/account'),
  get('a dot segment', '404', '/api/v1/characters/../account'),
  get('a percent sign alone', '400', '/api/v1/characters/%'),
  get('percent-encoding that is none', '400', '/api/v1/characters/%zz'),
  get('percent-encoding that is no UTF-8', '400', '/api/v1/characters/%ff'),
  get('%00', invalid, '/api/v1/characters/%00'),
  get('%00 behind an id', invalid, '/api/v1/characters/chr_01JD8Z3V6Q4M5N7P9R2S4T6V8X%00'),
  get('an encoded way up', invalid, '/api/v1/characters/%2e%2e%2faccount'),
  get('a key of the table for an id', invalid, '/api/v1/characters/CHR%23x'),
  get('a query parameter twice', invalid, '/api/v1/inventory?limit=5&limit=6'),
  get('an unknown query parameter', invalid, '/api/v1/inventory?limit=5&surprise=1'),
  get('a query where none belongs', invalid, '/api/v1/account?surprise=1'),
  get('a page of minus one', invalid, '/api/v1/inventory?limit=-1'),
  get('a page of 101', invalid, '/api/v1/inventory?limit=101'),
  get('a page of no number', invalid, '/api/v1/inventory?limit=NaN'),
  get('a made-up cursor', invalid, '/api/v1/inventory?cursor=AAAA'),
  get(
    'a cursor that names a foreign key',
    invalid,
    `/api/v1/inventory?cursor=${cursorOf({ pk: 'ACC#x', sk: 'ACCOUNT' })}`,
  ),
  get('a cursor of another list', invalid, `/api/v1/friends?cursor=${cursorOf({ pk: 'CHR#x', sk: 'STATE' })}`),
];

function cursorOf(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** What careless and hostile clients send through the gateway. */
export function describeHttpEdges(world: () => World): void {
  const send = ({ target, method, headers, body }: Edge): Promise<RawAnswer> =>
    rawHttp(world().addresses.httpUrl, target, {
      headers: { authorization: `Bearer ${world().ana.accessToken}`, ...headers },
      ...(method ? { method } : {}),
      ...(body === undefined ? {} : { body }),
    });

  describe('requests', () => {
    it('that are malformed are refused as declared and change nothing', async () => {
      const wrong: string[] = [];
      const changed = await world().table.changedBy(async () => {
        for (const edge of edges) {
          const answer = await send(edge).catch((error: unknown) => ({ status: 0, text: String(error) }));
          const told = `${answer.status} ${codeOf(answer)}`.trim();
          if (told !== edge.answer)
            wrong.push(`${edge.what}: ${told}, not ${edge.answer}: ${answer.text.slice(0, 300)}`);
        }
      });
      expect(wrong).toEqual([]);
      expect(changed).toEqual([]);
    });

    it('that are strange and harmless are served', async () => {
      const wellFormed = get('a trace that is none', '200', '/api/v1/account', { traceparent: '00-zz', cookie: '=;=' });
      expect((await send(wellFormed)).status).toBe(200);
      const same = post('a media type with a parameter', '200', '{"upTo":0}', {
        'content-type': 'application/json; charset=utf-8',
      });
      expect((await send(same)).status).toBe(200);
    });
  });

  describe('a repeated Idempotency-Key', () => {
    const looks = { classId: 'gunhand', originId: 'gutter-born', appearance: {} };
    const create = (player: 'bob' | 'ana', name: string, idempotencyKey: string) =>
      sendValid(world().addresses, createCharacter, {
        authorization: `Bearer ${world()[player].accessToken}`,
        body: { ...looks, name },
        idempotencyKey,
      });

    it('answers the first call’s bytes, also to calls of the same moment, and has one effect', async () => {
      const key = createId('opr');
      const answers = await Promise.all(Array.from({ length: 5 }, () => create('bob', 'Vexna', key)));
      const replayed: Awaited<ReturnType<typeof create>>[] = [];
      const changed = await world().table.changedBy(async () => {
        replayed.push(await create('bob', 'Vexna', key));
      });
      const texts = [...answers, ...replayed].map(({ status, text }) => `${status} ${text}`);
      expect(new Set(texts).size, texts.join('\n')).toBe(1);
      expect(texts[0]).toMatch(/^201 /);
      expect(changed).toEqual([]);
    });

    it('with another body is refused, and changes nothing', async () => {
      const key = createId('opr');
      expect((await create('bob', 'Korvin', key)).status).toBe(201);
      const changed = await world().table.changedBy(async () => {
        const answer = await create('bob', 'Korvina', key);
        expect(`${answer.status} ${codeOf(answer)}`).toBe('409 request.idempotency_mismatch');
      });
      expect(changed).toEqual([]);
    });

    it('of another player is no key of mine', async () => {
      const key = createId('opr');
      const [theirs, mine] = [await create('bob', 'Taldris', key), await create('ana', 'Mirelka', key)];
      expect([theirs.status, mine.status]).toEqual([201, 201]);
      expect(mine.text).toContain('Mirelka');
    });
  });
}
