import { getAccount, requireUsable } from '#functions/account/public.ts';
import { countLogin, getCredential, recordAttempt, signIn, truncatedNetworkOf } from '#functions/auth/public.ts';
import { deviceLabel } from '#functions/session/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { actionOf, guarded, type Write } from '#shared/table/write.ts';
import { verify } from '../contract.ts';
import { prove, reserveFor, sealingKeys } from '../prove.ts';
import { challengeLimits } from '../rules.ts';
import type { FactorProof } from '../shapes.ts';
import { getFactor, putFactor } from '../store.ts';
import { type Challenge, deleteChallenge, getChallenge, takeAttempt } from '../store-attempts.ts';

export const handler = endpointHandler(verify, async ({ input, request, nowMs, commit, fail }) => {
  const { challenge: presented, deviceToken, ...sent } = input.body;
  const proof: FactorProof = sent;
  const challengeHash = sha256(presented);
  const challenge = await getChallenge(challengeHash);
  if (!challenge || !isLive(challenge, nowMs)) throw fail('mfa.challenge_invalid');
  const { accountId, deviceName } = challenge;
  if (!(await stillStands(challenge))) throw fail('mfa.challenge_invalid');

  await reserveFor(proof, accountId, nowMs);
  const attemptsLeft = await takeAttempt(challengeHash, nowMs);
  if (attemptsLeft === undefined) throw fail('mfa.challenge_invalid');

  const attempt = {
    method: proof.code === undefined ? 'recovery-code' : 'totp',
    device: deviceLabel(deviceName, request.userAgent),
    network: truncatedNetworkOf(request.ip),
    atMs: nowMs,
  } as const;
  return withConflictRetry(async () => {
    const factor = await getFactor(accountId);
    if (!factor.active) throw fail('mfa.challenge_invalid');
    const proven = prove(factor, proof, await sealingKeys(), nowMs);
    if (!proven) {
      await recordAttempt(accountId, { ...attempt, outcome: 'wrong_code' });
      throw fail('mfa.code_invalid', { attemptsLeft });
    }
    const account = requireUsable(await getAccount(accountId), nowMs, 'mfa.challenge_invalid');
    const { method } = attempt;
    const { ip, userAgent } = request;
    const signedIn = await signIn({ account, isFirst: false, deviceName, deviceToken, userAgent, ip, method, nowMs });
    const used = { writes: [deleteChallenge(challengeHash), putFactor(proven.factor, factor), ...counted(challenge)] };
    return commit(mergeChanges(used, proven.changes, signedIn.changes), signedIn.reply);
  });
});

function isLive({ attempts, expiresAtMs }: Challenge, nowMs: number): boolean {
  return attempts < challengeLimits.attempts && expiresAtMs > nowMs;
}

/** Whether the password that was right is still the account's. The commit asks again. */
async function stillStands({ accountId, credentialVersion }: Challenge): Promise<boolean> {
  if (credentialVersion === undefined) return true;
  return (await getCredential(accountId))?.version === credentialVersion;
}

function counted({ accountId, credentialVersion: version }: Challenge): Write[] {
  if (version === undefined) return [];
  const login = actionOf(countLogin({ accountId, version }));
  return [guarded(login, new GameError('mfa.challenge_invalid'))];
}
