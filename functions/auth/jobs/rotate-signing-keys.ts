import { jobHandler } from '#shared/runtime/job-handler.ts';
import { currentSecret, replaceSecret } from '#shared/runtime/secrets.ts';
import { rotateSigningKeys as job } from '../keys-contract.ts';
import { rotateSigningKeys } from '../signing-keys.ts';

export const handler = jobHandler(job, async ({ nowMs }) => {
  const before = await currentSecret('token-signing-keys');
  const after = rotateSigningKeys(before, nowMs);
  if (after === undefined) return { processed: 0 };
  return { processed: (await replaceSecret('token-signing-keys', { before, after })) ? 1 : 0 };
});
