import { createPrivateKey } from 'node:crypto';
import type * as z from 'zod';
import { forgeries, type StageKey } from '#scripts/e2e/hostile/forged-tokens.ts';
import { isStaff } from '#shared/contract/endpoint.ts';
import { createId, type IdPrefix, idKinds } from '#shared/kernel/ids.ts';
import { publicIds } from './exceptions.ts';
import type { Exemplar } from './exemplar.ts';
import { authorized, tokenOf } from './gateway.ts';
import type { DocumentedOperation } from './operations.ts';
import { codeOf, complaints, looks } from './oracle.ts';
import type { Outcome, Player, Stage } from './stage.ts';
import type { FuzzRequest } from './valid-request.ts';

const ID = /^([a-z]{3})_[0-9A-HJKMNP-TV-Z]{26}$/;

/** The key with which the world signs: what only a thief would have. */
export function signingKeyOf({ world }: Stage): StageKey {
  const { current, keys } = JSON.parse(world.secrets['token-signing-keys']) as {
    current: string;
    keys: { kid: string; x: string }[];
  };
  const jwk = keys.find(({ kid }) => kid === current)!;
  return { kid: jwk.kid, x: jwk.x, privateKey: createPrivateKey({ key: jwk as never, format: 'jwk' }) };
}

/** Authorization headers that must open nothing, by what they are. The last is of a session that the caller has ended. */
export async function worthlessHeaders(stage: Stage): Promise<ReadonlyMap<string, string | undefined>> {
  const ana = stage.player('ana');
  const genuine = await tokenOf(stage, ana);
  const ticket = await stage.must('auth.create-ticket', {}, ana.actor);
  const tokens = {
    ...(await forgeries(signingKeyOf(stage), genuine, stage.world.clock.nowMs())),
    'that is a refresh token': ana.refreshToken,
    'that is a socket ticket': (ticket.body as { ticket: string }).ticket,
    'of a session of somebody else': await tokenOf(stage, ana, { sessionId: stage.player('bob').actor.sessionId }),
    'of a session that never was': await tokenOf(stage, ana, { sessionId: createId('ses') }),
  };
  return new Map<string, string | undefined>([
    ['no header', undefined],
    ['an empty header', ''],
    ['garbage', 'garbage'],
    ['a scheme alone', 'Bearer'],
    ['a genuine token without scheme', genuine],
    ['a genuine token of another scheme', `Token ${genuine}`],
    ['a genuine token as Basic', `Basic ${Buffer.from(genuine).toString('base64')}`],
    ['two genuine tokens', `Bearer ${genuine}, Bearer ${genuine}`],
    ['a genuine token with a tail', `Bearer ${genuine}.x`],
    ...Object.entries(tokens).map(([what, token]) => [`a token ${what}`, `Bearer ${token}`] as const),
  ]);
}

/**
 * Where something is named in a request: the part, and the names and indexes that lead to it. Without a kind it is a part
 * of the path that is no prefixed id: a number of somebody's own list, a word of the content.
 */
interface NamedPlace {
  readonly path: readonly (string | number)[];
  readonly kind: IdPrefix | undefined;
  readonly value: string;
}

function namedIn(value: unknown, path: readonly (string | number)[] = []): NamedPlace[] {
  if (typeof value === 'string') {
    const prefix = ID.exec(value)?.[1];
    const kind = prefix && prefix in idKinds ? (prefix as IdPrefix) : undefined;
    return kind || path[0] === 'params' ? [{ path, kind, value }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => namedIn(inner, [...path, name]));
}

/** Everything that the caller of this request names: each id, and whatever else stands in the path. */
export function namedPlacesOf({ params, query, body }: FuzzRequest): NamedPlace[] {
  return namedIn({ params, query, body });
}

/** Something of the same kind that is not there. */
function absent({ endpoint }: DocumentedOperation, { kind, value, path }: NamedPlace): string {
  if (kind) return createId(kind);
  const accepts = endpoint.params!.shape[path.at(-1)!] as z.ZodType;
  const candidates = /^\d+$/.test(value) ? ['9999', '99', '15'] : ['no-such-thing'];
  const fitting = candidates.find((one) => one !== value && accepts.safeParse(one).success);
  if (fitting === undefined) throw new Error(`${endpoint.id} takes no ${path.at(-1)} that could be absent`);
  return fitting;
}

/** A kind of id that does not belong there: a place in the path may take ids of several. */
function kindRefused({ endpoint }: DocumentedOperation, { kind, path }: NamedPlace): IdPrefix {
  const accepts = path[0] === 'params' ? (endpoint.params!.shape[path.at(-1)!] as z.ZodType) : undefined;
  const fits = (prefix: IdPrefix) => prefix !== kind && !accepts?.safeParse(createId(prefix)).success;
  return (Object.keys(idKinds) as IdPrefix[]).find(fits)!;
}

function withValue(request: FuzzRequest, { path }: NamedPlace, value: string): FuzzRequest {
  const copy = structuredClone(request) as Record<string | number, never>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step]!;
  (at as Record<string | number, unknown>)[path.at(-1)!] = value;
  return copy as FuzzRequest;
}

export const freshKey = (request: FuzzRequest): FuzzRequest =>
  request.idempotencyKey === undefined ? request : { ...request, idempotencyKey: createId('opr') };

const isRefusal = ({ status }: Outcome): boolean => status >= 400 && status < 500;

function isPublic({ endpoint }: DocumentedOperation, { path }: NamedPlace): boolean {
  return publicIds.some((one) => (one.endpoint ?? endpoint.id) === endpoint.id && one.field === path.at(-1));
}

/** Who else might try: another player, and where staff call, other staff too. */
function strangersOf(stage: Stage, { endpoint }: DocumentedOperation, caller: Player): Player[] {
  const isCaller = (name: string) => stage.player(name).actor.accountId === caller.actor.accountId;
  const player = stage.player(isCaller('bob') ? 'cyd' : 'bob');
  return endpoint.roles ? [player, stage.player('vip')] : [player];
}

/** Sends it at the baseline, as whoever, and says what was wrong with the answer in any case. */
async function ask(
  stage: Stage,
  operation: DocumentedOperation,
  request: FuzzRequest,
  authorization: string,
): Promise<{ outcome: Outcome; wrong: string[] }> {
  const actor = await authorized(authorization);
  if (!actor) throw new Error('the authorizer knows a genuine token no more');
  const outcome = await stage.send(operation.endpoint, freshKey(request), actor);
  await stage.journal.rewind();
  return { outcome, wrong: complaints(operation, outcome) };
}

/** What a request names, each replaced by something of another kind, by something absent, and sent by somebody else. */
export async function idFaults(
  stage: Stage,
  operation: DocumentedOperation,
  { request, caller, succeeds }: Exemplar,
): Promise<{ cells: number; wrong: string[] }> {
  const wrong: string[] = [];
  let cells = 0;
  const note = (what: string, lines: readonly string[]) => wrong.push(...lines.map((line) => `${what}: ${line}`));
  const own = `Bearer ${await tokenOf(stage, caller, { sessionId: caller.actor.sessionId })}`;
  for (const place of namedPlacesOf(request)) {
    const where = place.path.join('.');
    if (place.kind) {
      const otherKind = kindRefused(operation, place);
      const ofOtherKind = await ask(stage, operation, withValue(request, place, createId(otherKind)), own);
      cells += 1;
      note(`${where} of another kind`, ofOtherKind.wrong);
      if (codeOf(ofOtherKind.outcome) !== 'request.invalid') note(where, [`takes an id of ${otherKind}`]);
    }
    const nothing = withValue(request, place, absent(operation, place));
    const missing = await ask(stage, operation, nothing, own);
    cells += 1;
    note(`${where} of nothing`, missing.wrong);
    // Where the caller succeeds with the right one, the wrong one must be what makes the difference.
    if (succeeds && !isRefusal(missing.outcome)) note(where, [`of nothing is answered ${looks(missing.outcome)}`]);
    for (const stranger of strangersOf(stage, operation, caller)) {
      const foreign = `Bearer ${await tokenOf(stage, stranger)}`;
      const theirs = await ask(stage, operation, request, foreign);
      const nobodys = await ask(stage, operation, nothing, foreign);
      cells += 2;
      note(`${where} of somebody else, for ${stranger.name}`, theirs.wrong);
      note(`${where} of nothing, for ${stranger.name}`, nobodys.wrong);
      // What is named within the caller's own things is another thing for everybody else.
      if (!place.kind && !operation.endpoint.roles) {
        const touched = rowsOf(caller, theirs.outcome.written);
        if (touched.length > 0) note(where, [`lets ${stranger.name} write ${touched.join(', ')}`]);
      }
      const mayCall = !operation.endpoint.roles || isStaff(stranger.actor.roles);
      if (mayCall && isPublic(operation, place)) continue;
      if (!isRefusal(theirs.outcome)) note(where, [`of somebody else is answered ${looks(theirs.outcome)}`]);
      if (looks(theirs.outcome) !== looks(nobodys.outcome)) {
        note(where, [`of somebody else looks like ${looks(theirs.outcome)}, of nothing ${looks(nobodys.outcome)}`]);
      }
    }
  }
  return { cells, wrong };
}

/** Rows of this player among those that a call of somebody else has written. */
function rowsOf({ actor: { accountId, sessionId, characterId } }: Player, keys: readonly string[]): readonly string[] {
  return keys.filter((key) => [accountId, sessionId, characterId].some((id) => key.includes(id)));
}
