import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretName } from '#shared/contract/needs.ts';
import { clock, MINUTE_MS } from '#shared/kernel/clock.ts';
import { config } from '#shared/kernel/config.ts';
import { step } from '#shared/kernel/step.ts';

/** A rotated secret is noticed within this time, without a deployment. */
const CACHE_MS = 5 * MINUTE_MS;

type Source = (name: SecretName) => Promise<string>;

let client: SecretsManagerClient | undefined;
const cache = new Map<SecretName, { value: string; untilMs: number }>();

const secretsManager: Source = async (name) => {
  client ??= new SecretsManagerClient({ maxAttempts: 3 });
  const command = new GetSecretValueCommand({ SecretId: `${config('SECRETS_PREFIX')}/${name}` });
  const { SecretString } = await step(`secrets.${name}`, () => client!.send(command));
  if (!SecretString) throw new Error(`secret ${name} is empty`);
  return SecretString;
};

let source: Source = secretsManager;

/** The text of a secret that the function's contract names in `needs.secrets`. */
export async function secret(name: SecretName): Promise<string> {
  const known = cache.get(name);
  if (known && known.untilMs > clock.nowMs()) return known.value;
  const value = await source(name);
  cache.set(name, { value, untilMs: clock.nowMs() + CACHE_MS });
  return value;
}

/** Takes secrets from elsewhere (tests) and returns the undo. */
export function useSecrets(next: Source): () => void {
  const before = source;
  source = next;
  cache.clear();
  return () => {
    source = before;
    cache.clear();
  };
}
