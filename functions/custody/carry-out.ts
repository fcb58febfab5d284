import { VALUE_ACT_PROPOSED } from '#events/custody.ts';
import { getCharacter, requireReceiver } from '#functions/character/public.ts';
import { settle } from '#functions/settlement/public.ts';
import { presenceOf, refreshCharacter } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import type { Operation } from '#shared/events/operation.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { type AccountId, type CharacterId, deriveId } from '#shared/kernel/ids.ts';
import type { Act, ActContent } from './act.ts';
import { viewOf } from './act-view.ts';
import { keepMails } from './mailed-money.ts';
import { type PlannedAct, planAct } from './plan-act.ts';
import { actLimits } from './rules.ts';
import { notOpen, staffAct } from './settlement.ts';
import { allowanceSpent, beginWrite, decideWrite, spendAllowance } from './store-acts.ts';
import { type LogEntry, logWrite } from './store-log.ts';

type View = ReturnType<typeof viewOf>;

/** What a member of staff asks for. */
export interface ActRequest {
  readonly kind: Act['kind'];
  readonly characterId: CharacterId;
  readonly content: ActContent;
  readonly reason: string;
  readonly by: AccountId;
}

/**
 * Does what staff ask for, if they may alone; otherwise stores it for somebody else to agree to. The allowance of the day
 * is a condition of the commit: of many requests at once, those that fit are done.
 * @throws GameError as `planAct`, `custody.not_found`, `custody.own_character`, and of the settlement.
 */
export async function submit(operation: Operation, request: ActRequest): Promise<View> {
  const { nowMs: atMs } = operation;
  const accountId = await subjectOf(request.characterId, request.by);
  const actId = deriveId('cac', operation.transactionId);
  const wanted = { ...request, actId, accountId, atMs };
  const planned = await planAct(wanted, atMs);
  const act: Act = { ...wanted, state: 'UNDER_WAY', worth: planned.worth.toString() };
  if (planned.worth > actLimits.aloneInADay) return propose(operation, act);
  try {
    return await carryOut(operation, act, planned, {
      begin: beginWrite(act),
      others: [spendAllowance(request.by, planned.worth, atMs), noted(operation, act, act.kind)],
      wasProposed: false,
    });
  } catch (error) {
    if (!(error instanceof GameError && error.code === allowanceSpent)) throw error;
    return propose(operation, act);
  }
}

/**
 * Does what somebody else has proposed, from the state of this moment.
 * @throws GameError `custody.own_proposal`, `custody.not_open`, and as `submit`.
 */
export async function approve(operation: Operation, proposal: Act, by: AccountId): Promise<View> {
  const { nowMs } = operation;
  if (proposal.by === by) throw new GameError('custody.own_proposal');
  if (!isOpen(proposal, nowMs)) throw notOpen();
  await subjectOf(proposal.characterId, by);
  const act: Act = { ...proposal, state: 'UNDER_WAY', decidedBy: by, decidedAtMs: nowMs };
  return carryOut(operation, act, await planAct(act, nowMs), {
    begin: decideWrite(act, nowMs, notOpen()),
    others: [logged(operation, act, by, 'approve')],
    wasProposed: true,
  });
}

/** Whether it waits for somebody's decision. */
export function isOpen({ state, expiresAtMs }: Act, nowMs: number): boolean {
  return state === 'PROPOSED' && expiresAtMs! > nowMs;
}

/** An entry of the log of the character that an act is about. */
export function logged(operation: Operation, act: Act, staffId: AccountId, action: LogEntry['action']) {
  const { id: operationId, nowMs: atMs } = operation;
  return logWrite({ subject: act.characterId, operationId, atMs, staffId, action, reason: act.reason });
}

function noted(operation: Operation, act: Act, action: LogEntry['action']) {
  return logged(operation, act, act.by, action);
}

/** Whose character it is: nobody acts on their own, nor on one that is not there. */
async function subjectOf(characterId: CharacterId, staffId: AccountId): Promise<AccountId> {
  const character = await getCharacter(characterId);
  if (!character) throw new GameError('custody.not_found');
  if (character.accountId === staffId) throw new GameError('custody.own_character');
  return character.accountId;
}

async function propose(operation: Operation, wanted: Act): Promise<View> {
  const act: Act = { ...wanted, state: 'PROPOSED', expiresAtMs: wanted.atMs + actLimits.proposalLifeMs };
  const { actId, accountId, characterId, kind, worth, by } = act;
  const told = event(VALUE_ACT_PROPOSED, {
    aggregateId: actId,
    aggregateSeq: 1,
    data: { actId, accountId, characterId, kind, worth, by, expiresAt: toIso(act.expiresAtMs!) },
  });
  return operation.commit({ writes: [beginWrite(act), noted(operation, act, 'propose')], events: [told] }, viewOf(act));
}

async function carryOut(
  operation: Operation,
  act: Act,
  planned: PlannedAct,
  how: {
    /** What the act's row becomes, with its condition. */
    readonly begin: ReturnType<typeof beginWrite>;
    readonly others: readonly ReturnType<typeof beginWrite>[];
    readonly wasProposed: boolean;
  },
): Promise<View> {
  const { characterId, kind } = act;
  const isThere = kind === 'grant' ? [requireReceiver(characterId, new GameError('custody.not_found'))] : [];
  // Items alone are one transaction, in which the act's row is written once: as done.
  const begin = planned.money.length > 0 ? [how.begin] : [];
  const kept = keepMails(planned.mailed, operation.transactionId);
  const prepare: Changes = mergeChanges(
    { writes: [...begin, ...how.others, ...isThere] },
    planned.elsewhere,
    kept.changes,
    planned.takesWorn ? refreshCharacter(await presenceOf(characterId), operation.nowMs) : {},
  );
  return settle(operation, {
    settlement: staffAct,
    context: { act: JSON.stringify(act), wasProposed: how.wasProposed, mails: [...kept.rows] },
    reason: `staff.${kind}`,
    items: planned.items,
    money: planned.money,
    prepare,
  });
}
