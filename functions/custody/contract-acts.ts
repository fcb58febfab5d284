import * as z from 'zod';
import { Reason } from '#functions/account/shapes.ts';
import '#functions/inventory/errors.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { CustodyActId } from '#shared/kernel/ids.ts';
import '#shared/ledger/errors.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import '#shared/settlement/errors.ts';
import './errors.ts';
import { actLimits } from './rules.ts';
import { OwnerId } from './shapes.ts';
import { ActView, ClawBackBody, GrantBody } from './shapes-acts.ts';

const staff = { auth: 'account', roles: ['gm', 'admin'], success: 200 } as const;

const shared = {
  ...staff,
  method: 'POST',
  stepUp: true,
  response: ActView,
  idempotency: 'key',
  rate: 'write',
  needs: { table: 'write', ledger: true },
} as const;

const settling = {
  ...shared,
  settles: true,
  budget: { readUnits: 60, writeUnits: 330 },
} as const;

/** What moving things and money may be refused with. */
const refusals = [
  'custody.not_found',
  'custody.own_character',
  'custody.nothing_asked',
  'custody.item_elsewhere',
  'custody.too_much',
  'inventory.item_not_found',
  'inventory.item_changed',
  'inventory.not_enough',
  'inventory.item_expired',
  'inventory.full',
  'ledger.unknown_currency',
  'ledger.wrong_scope',
  'ledger.insufficient_funds',
  'ledger.balance_limit',
  'settlement.aborted',
] as const;

/** What taking alone may be refused with. */
const clawBackRefusals = [
  'custody.not_enough',
  'custody.worn_with_money',
  'custody.in_settlement',
  'custody.money_held',
  'custody.no_money_in_mail',
  'custody.whole_stack',
  'custody.apart_from_money',
] as const;

const fourEyes =
  `Above ${actLimits.aloneInADay} a day, by what vendors pay and what qualities and currencies are worth, somebody else of the staff ` +
  'has to agree: it is then answered as `PROPOSED`. Nobody acts on characters of their own.';

export const clawBack = defineEndpoint({
  ...settling,
  id: 'custody.claw-back',
  path: '/api/v1/admin/custody/clawbacks',
  summary: 'Take items or money from a character',
  description: `All of it or nothing. ${fourEyes} Worn things go by a request of their own, without money; so does what lies in its mails or can be bought back, as whole stacks. Out of a mail all of its money goes. What is in a settlement’s hands, or money that is set aside, is refused with the time after which to ask again.`,
  body: ClawBackBody,
  errors: [...refusals, ...clawBackRefusals],
  impact: 'Staff cannot take back what was duplicated or stolen.',
});

export const grant = defineEndpoint({
  ...settling,
  id: 'custody.grant',
  path: '/api/v1/admin/custody/grants',
  summary: 'Give a character items or money, or give them back',
  description: `All of it or nothing; what finds no room in the bag follows by mail. At most ${actLimits.items} stacks. ${fourEyes}`,
  body: GrantBody,
  errors: [...refusals, 'custody.unknown_item'],
  impact: 'Staff cannot give players back what they have lost.',
});

export const listProposals = defineEndpoint({
  ...staff,
  id: 'custody.list-proposals',
  method: 'GET',
  path: '/api/v1/admin/custody/proposals',
  summary: 'List what waits for a second pair of eyes, oldest first',
  description: `At most ${actLimits.openProposals}; up to a second old.`,
  response: z.strictObject({ proposals: z.array(ActView).max(actLimits.openProposals) }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Staff do not see what they are asked to agree to.',
  budget: { readUnits: 60, writeUnits: 0 },
});

export const listActs = defineEndpoint({
  ...staff,
  id: 'custody.list-acts',
  method: 'GET',
  path: '/api/v1/admin/custody/accounts/{owner}/acts',
  summary: 'List what staff took from a character or gave it, newest first',
  description: 'Proposals among them; up to a second old.',
  params: z.strictObject({ owner: OwnerId }),
  query: pageQuery,
  response: z.strictObject({ acts: z.array(ActView).max(100), nextCursor }),
  errors: ['custody.not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Nobody can check what staff did to a character.',
  budget: { readUnits: 60, writeUnits: 0 },
});

const params = z.strictObject({ actId: CustodyActId });

export const approveProposal = defineEndpoint({
  ...settling,
  id: 'custody.approve-proposal',
  path: '/api/v1/admin/custody/proposals/{actId}/approve',
  summary: 'Agree to what somebody else of the staff has proposed',
  description: 'It is done at once, from how things are now. Nobody agrees to their own.',
  params,
  errors: [...refusals, ...clawBackRefusals, 'custody.unknown_item', 'custody.own_proposal', 'custody.not_open'],
  impact: 'Nothing of worth can be given or taken back.',
});

export const rejectProposal = defineEndpoint({
  ...shared,
  id: 'custody.reject-proposal',
  path: '/api/v1/admin/custody/proposals/{actId}/reject',
  summary: 'Reject what was proposed, or take back what you have proposed',
  params,
  body: z.strictObject({ reason: Reason }),
  errors: ['custody.not_found', 'custody.not_open'],
  needs: { table: 'write' },
  impact: 'What was proposed by mistake waits until it expires.',
  budget: { readUnits: 6, writeUnits: 40 },
});

export const actEndpoints = [clawBack, grant, listProposals, listActs, approveProposal, rejectProposal] as const;
