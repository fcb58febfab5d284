import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { Reason } from '#functions/account/shapes.ts';
import { cheatChecks } from '#shared/contract/cheat-checks.ts';
import { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { caseStates, verdicts } from './case.ts';
import { caseLimits } from './rules.ts';
import { logActions } from './store-log.ts';

/** What the contracts of this domain take and answer. */

export const CaseStateName = z.enum(caseStates).meta({
  description:
    '`open`: nobody has decided yet; `watching`: looked at, and to be looked at again; `dismissed`: nothing in it; ' +
    '`confirmed`: it was cheating. The last two open again when enough is new',
});

const Check = z.enum(cheatChecks);
const Score = z
  .number()
  .min(0)
  .meta({
    description: `What is held against them now; half of it is forgiven every ${caseLimits.halfLifeMs / 86_400_000} days`,
  });
const Count = z.int().min(0);

/** A decision of staff. */
const ReviewView = z.strictObject({
  verdict: z.enum(verdicts),
  reason: z.string(),
  by: AccountId,
  at: Instant,
  until: Instant.optional().meta({ description: 'Of a suspension: its end' }),
});

/** A case as the queue shows it. */
export const CaseSummary = z.strictObject({
  accountId: AccountId,
  characterId: CharacterId.meta({ description: 'Whom the last report was about' }),
  state: CaseStateName,
  score: Score,
  level: Count.meta({ description: `One for every ${caseLimits.scorePerLevel} of the score when it last rose` }),
  isUrgent: z.boolean().meta({ description: `It has reached level ${caseLimits.urgentFromLevel}` }),
  checks: z.array(Check).max(cheatChecks.length).meta({ description: 'What counts, the weightiest first' }),
  openedAt: Instant,
  lastReportAt: Instant,
  kickAt: Instant.optional().meta({ description: 'When it is put out of its zone, or was last' }),
  review: ReviewView.optional().meta({ description: 'The last decision' }),
  revision: z.int().min(1).meta({ description: 'Send it back with a decision' }),
});

const SampleView = z.strictObject({
  at: Instant,
  characterId: CharacterId,
  unitId: Slug.meta({ description: 'Zone, layer or instance' }),
  measured: z.string().max(400).meta({ description: 'What the server has measured, in words' }),
});

const FindingView = z.strictObject({
  check: Check,
  about: z.string().meta({ description: 'What the check looks for' }),
  score: Score,
  count: Count.meta({ description: 'How often it noticed something since the last decision' }),
  firstAt: Instant.optional(),
  lastAt: Instant.optional(),
  samples: z
    .array(SampleView)
    .max(caseLimits.keptSamples)
    .meta({ description: 'The newest, oldest first; decisions leave them as they are' }),
});

export const CaseView = CaseSummary.extend({
  findings: z.array(FindingView).max(cheatChecks.length).meta({ description: 'The weightiest first' }),
});

const decision = {
  revision: z.int().min(1).max(1_000_000_000).meta({ description: 'Of the case that you have looked at' }),
  reason: Reason,
};

export const ReviewBody = z
  .discriminatedUnion('verdict', [
    z.strictObject({
      ...decision,
      verdict: z.enum(['watch', 'dismiss', 'kick']).meta({
        description:
          '`watch`: keep an eye on it; `dismiss`: there is nothing in it; `kick`: it was cheating, end its sessions',
      }),
    }),
    z.strictObject({
      ...decision,
      verdict: z.literal('suspend').meta({ description: 'It was cheating: end its sessions, and ban it for a time' }),
      suspendDays: z.int().min(1).max(caseLimits.longestSuspensionDays),
    }),
  ])
  .meta({ examples: [{ revision: 1, verdict: 'watch', reason: 'Could be a bad line' }] });

export const ReportView = z.strictObject({
  reportId: z.string().max(96).meta({ description: 'Unit, its epoch, and a number' }),
  at: Instant,
  unitId: Slug,
  noticed: z
    .array(
      z.strictObject({
        check: Check,
        count: z.int().min(1),
        weight: z.number().min(0),
        measured: z.array(z.string().max(400)).max(8).meta({ description: 'The newest of it, in words' }),
      }),
    )
    .max(cheatChecks.length),
});

export const LogEntryView = z.strictObject({
  operationId: z.string().meta({ description: 'The act: its events name it as their cause' }),
  at: Instant,
  staffId: AccountId.meta({ description: 'Who it was' }),
  action: z.enum(logActions),
  reason: z.string().optional(),
  before: CaseStateName.optional(),
  after: CaseStateName.optional(),
  score: z.number().min(0).optional().meta({ description: 'What was held against them when it was decided' }),
  until: Instant.optional(),
});
