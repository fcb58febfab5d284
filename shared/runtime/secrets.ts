import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretName } from '#shared/contract/needs.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
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

/** Stores a secret's next text; false when somebody else has replaced the one that it follows. */
type Sink = (name: SecretName, next: { readonly text: string; readonly versionId: string }) => Promise<boolean>;

const toSecretsManager: Sink = async (name, { text, versionId }) => {
  client ??= new SecretsManagerClient({ maxAttempts: 3 });
  const command = new PutSecretValueCommand({
    SecretId: `${config('SECRETS_PREFIX')}/${name}`,
    SecretString: text,
    ClientRequestToken: versionId,
  });
  try {
    await step(`secrets.put.${name}`, () => client!.send(command));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceExistsException') return false;
    throw error;
  }
};

let source: Source = secretsManager;
let sink: Sink = toSecretsManager;

/** The text of a secret that the function's contract names in `needs.secrets`. */
export async function secret(name: SecretName): Promise<string> {
  const known = cache.get(name);
  if (known && known.untilMs > clock.nowMs()) return known.value;
  const value = await source(name);
  cache.set(name, { value, untilMs: clock.nowMs() + CACHE_MS });
  return value;
}

/** The secret's text as it is now, past the cache: for whoever is about to replace it. */
export function currentSecret(name: SecretName): Promise<string> {
  return source(name);
}

/**
 * Replaces a secret's text, which the function's contract names in `needs.replacesSecrets`. Of several who replace the
 * same text at once one succeeds.
 * @returns whether it was this one.
 */
export function replaceSecret(
  name: SecretName,
  { before, after }: { before: string; after: string },
): Promise<boolean> {
  return sink(name, { text: after, versionId: sha256(`${name}|${before}`) });
}

/** Takes secrets from elsewhere (tests), and puts them there, and returns the undo. */
export function useSecrets(next: Source, nextSink: Sink = noSink): () => void {
  const before = { source, sink };
  source = next;
  sink = nextSink;
  cache.clear();
  return () => {
    ({ source, sink } = before);
    cache.clear();
  };
}

const noSink: Sink = (name) => Promise.reject(new Error(`nobody may replace the secret ${name} here`));
