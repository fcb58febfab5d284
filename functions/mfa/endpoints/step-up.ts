import { attemptByOwner, getCredential } from '#functions/auth/public.ts';
import { getActiveSession, requireActiveSession } from '#functions/session/public.ts';
import { isStaff } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId, SessionId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import type { RequestFacts } from '#shared/runtime/invocation.ts';
import type { StepUpProof } from '#shared/runtime/step-up-guard.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { stepUp } from '../contract.ts';
import { prove, reserveFor, sealingKeys } from '../prove.ts';
import { type SecondFactor, stepUpLimits } from '../rules.ts';
import type { FactorProof } from '../shapes.ts';
import { getFactor, putFactor } from '../store.ts';
import { putStepUp } from '../store-attempts.ts';

export const handler = endpointHandler(stepUp, async ({ input, actor, request, nowMs, commit }) => {
  const { accountId, sessionId } = actor;
  const proof = input.body;
  const untilMs = nowMs + stepUpLimits.lifeMs;
  const finish = (by: StepUpProof, proven: Changes) => {
    const stepUp = putStepUp({ sessionId, accountId, proof: by, untilMs });
    const opens = by === 'factor' || !isStaff(actor.roles) ? 'everything' : 'enrolment';
    const reply = { until: toIso(untilMs), opens } as const;
    return commit(mergeChanges(proven, { writes: [stepUp, requireActiveSession(sessionId)] }), reply);
  };

  const { active } = await getFactor(accountId);
  if ('code' in proof || 'recoveryCode' in proof) {
    if (!active) throw new GameError('mfa.password_needed');
    await reserveFor(proof, accountId, nowMs);
    return withConflictRetry(async () => finish('factor', await byFactor(await getFactor(accountId), proof, nowMs)));
  }
  if (active) throw new GameError('mfa.code_needed');
  if ('password' in proof) return finish('password', await byPassword(accountId, proof.password, request, nowMs));
  return finish('recent-sign-in', await byRecentSignIn(accountId, sessionId, nowMs));
});

/** The changes that a right code brings about. */
async function byFactor(factor: SecondFactor, proof: FactorProof, nowMs: number): Promise<Changes> {
  const proven = prove(factor, proof, await sealingKeys(), nowMs);
  if (!proven) throw new GameError('mfa.code_invalid');
  return mergeChanges(proven.changes, { writes: [putFactor(proven.factor, factor)] });
}

async function byPassword(
  accountId: AccountId,
  password: string,
  caller: RequestFacts,
  nowMs: number,
): Promise<Changes> {
  const credential = await getCredential(accountId);
  if (!credential) throw new GameError('mfa.no_proof_possible');
  const proven = await attemptByOwner(credential, { password, caller, nowMs });
  if (!proven) throw new GameError('mfa.password_invalid');
  return { writes: proven.writes };
}

/** For those who have nothing to show but that they have just signed in. */
async function byRecentSignIn(accountId: AccountId, sessionId: SessionId, nowMs: number): Promise<Changes> {
  if (await getCredential(accountId)) throw new GameError('mfa.password_needed');
  const session = await getActiveSession(sessionId);
  if (!session || session.startedAtMs <= nowMs - stepUpLimits.recentSignInMs) {
    throw new GameError('mfa.no_proof_possible');
  }
  return {};
}
