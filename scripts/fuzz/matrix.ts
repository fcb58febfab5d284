import { createPrivateKey } from 'node:crypto';
import { forgeries, type StageKey } from '#scripts/e2e/hostile/forged-tokens.ts';
import { createId, type IdPrefix, idKinds } from '#shared/kernel/ids.ts';
import { publicIds } from './exceptions.ts';
import type { Exemplar } from './exemplar.ts';
import { authorized, tokenOf } from './gateway.ts';
import type { DocumentedOperation } from './operations.ts';
import { codeOf, complaints, looks } from './oracle.ts';
import type { Outcome, Stage } from './stage.ts';
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

/** Where ids stand in a request: the part, and the names and indexes that lead to it. */
interface IdPlace {
  readonly path: readonly (string | number)[];
  readonly kind: IdPrefix;
  readonly value: string;
}

function idsIn(value: unknown, path: readonly (string | number)[] = []): IdPlace[] {
  if (typeof value === 'string') {
    const kind = ID.exec(value)?.[1];
    return kind && kind in idKinds ? [{ path, kind: kind as IdPrefix, value }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => idsIn(inner, [...path, name]));
}

/** Every id that the caller of this request names. */
export function idPlacesOf({ params, query, body }: FuzzRequest): IdPlace[] {
  return idsIn({ params, query, body });
}

function withId(request: FuzzRequest, { path }: IdPlace, id: string): FuzzRequest {
  const copy = structuredClone(request) as Record<string | number, never>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step]!;
  (at as Record<string | number, unknown>)[path.at(-1)!] = id;
  return copy as FuzzRequest;
}

export const freshKey = (request: FuzzRequest): FuzzRequest =>
  request.idempotencyKey === undefined ? request : { ...request, idempotencyKey: createId('opr') };

const isRefusal = ({ status }: Outcome): boolean => status >= 400 && status < 500;

function isPublic({ endpoint }: DocumentedOperation, { path }: IdPlace): boolean {
  return publicIds.some((one) => one.endpoint === endpoint.id && one.field === path.at(-1));
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

/** The ids of a request, each replaced by one of another kind, one of nobody and one of somebody else. */
export async function idFaults(
  stage: Stage,
  operation: DocumentedOperation,
  { request, caller, succeeds }: Exemplar,
): Promise<{ cells: number; wrong: string[] }> {
  const wrong: string[] = [];
  let cells = 0;
  const stranger = stage.player(caller.actor.accountId === stage.player('bob').actor.accountId ? 'cyd' : 'bob');
  const [own, foreign] = [
    `Bearer ${await tokenOf(stage, caller, { sessionId: caller.actor.sessionId })}`,
    `Bearer ${await tokenOf(stage, stranger)}`,
  ];
  const note = (what: string, lines: readonly string[]) => wrong.push(...lines.map((line) => `${what}: ${line}`));
  for (const place of idPlacesOf(request)) {
    const where = place.path.join('.');
    const otherKind = (Object.keys(idKinds) as IdPrefix[]).find((prefix) => prefix !== place.kind)!;
    const ofOtherKind = await ask(stage, operation, withId(request, place, createId(otherKind)), own);
    cells += 1;
    note(`${where} of another kind`, ofOtherKind.wrong);
    if (codeOf(ofOtherKind.outcome) !== 'request.invalid') note(where, [`takes an id of ${otherKind}`]);

    const missing = await ask(stage, operation, withId(request, place, createId(place.kind)), own);
    cells += 1;
    note(`${where} of nothing`, missing.wrong);
    // Where the caller succeeds with the right id, the wrong one must be what makes the difference.
    if (succeeds && !isRefusal(missing.outcome)) note(where, [`of nothing is answered ${looks(missing.outcome)}`]);

    if (operation.endpoint.roles) continue;
    const theirs = await ask(stage, operation, request, foreign);
    const nobodys = await ask(stage, operation, withId(request, place, createId(place.kind)), foreign);
    cells += 2;
    note(`${where} of somebody else`, theirs.wrong);
    note(`${where} of nothing, for a stranger`, nobodys.wrong);
    if (isPublic(operation, place)) continue;
    if (!isRefusal(theirs.outcome)) note(where, [`of somebody else is answered ${looks(theirs.outcome)}`]);
    if (looks(theirs.outcome) !== looks(nobodys.outcome)) {
      note(where, [`of somebody else looks like ${looks(theirs.outcome)}, of nothing like ${looks(nobodys.outcome)}`]);
    }
  }
  return { cells, wrong };
}

/** Rows of this player that a call of somebody else has written. */
export function rowsOf(
  { actor }: { actor: { accountId: string; characterId?: string; sessionId: string } },
  keys: readonly string[],
) {
  const ids = [actor.accountId, actor.sessionId, ...(actor.characterId ? [actor.characterId] : [])];
  return keys.filter((key) => ids.some((id) => key.includes(id)));
}
