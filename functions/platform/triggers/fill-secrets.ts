import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { newSigningKeys } from '#functions/auth/public.ts';
import { config } from '#shared/kernel/config.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { fillSecrets } from '../contract.ts';

/** Two deployments that fill the same secret at once: the second one's value is refused, the first one's stays. */
const FIRST_VERSION = 'necpgame-first-signing-keys-v1-00';

/** Gives a new stage its first signing keys. A secret that has a value is never touched. */
export const handler = triggerHandler(fillSecrets, async () => {
  const client = new SecretsManagerClient({ maxAttempts: 3 });
  const SecretId = `${config('SECRETS_PREFIX')}/token-signing-keys`;
  const isEmpty = await client.send(new GetSecretValueCommand({ SecretId })).then(
    ({ SecretString }) => !SecretString,
    (error: unknown) => {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return true;
      throw error;
    },
  );
  if (!isEmpty) return { filled: [] };
  try {
    await client.send(
      new PutSecretValueCommand({ SecretId, SecretString: newSigningKeys(), ClientRequestToken: FIRST_VERSION }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceExistsException') throw error;
  }
  return { filled: ['token-signing-keys'] };
});
