import { createHash } from 'node:crypto';

/**
 * The value of an AWS::SecretsManager::Secret in the local cloud: `SecretString` as it stands, or the string that
 * `GenerateSecretString` asks for. Generated parts are derived from the secret's ARN, so that a database kept on disk
 * still accepts them at the next start. They protect nothing: the local cloud listens on loopback only.
 */
export function localSecretString(arn: string, properties: Readonly<Record<string, unknown>>): string {
  if (typeof properties.SecretString === 'string') return properties.SecretString;
  const generate = properties.GenerateSecretString as
    | { SecretStringTemplate?: string; GenerateStringKey?: string; PasswordLength?: number }
    | undefined;
  const length = generate?.PasswordLength ?? 32;
  const generated = createHash('sha512').update(`local secret of ${arn}`).digest('hex').repeat(4).slice(0, length);
  if (!generate?.GenerateStringKey) return generated;
  const fields = JSON.parse(generate.SecretStringTemplate ?? '{}') as Record<string, unknown>;
  return JSON.stringify({ ...fields, [generate.GenerateStringKey]: generated });
}

const SECRET_REFERENCE =
  /\{\{resolve:secretsmanager:((?:arn:[^:]+:secretsmanager:[^:]+:[^:]+:secret:)?[^:}]+)(?::SecretString(?::([^:}]*))?[^}]*)?\}\}/g;

/**
 * Replaces `{{resolve:secretsmanager:…}}` in a text. `secretString` gives the whole secret by ARN or name. Throws for
 * other dynamic references, and for a key that the secret does not have.
 */
export function resolveDynamicReferences(text: string, where: string, secretString: (id: string) => string): string {
  if (!text.includes('{{resolve:')) return text;
  const resolved = text.replace(SECRET_REFERENCE, (_whole, id: string, key: string | undefined) => {
    const secret = secretString(id);
    if (!key) return secret;
    const value = (JSON.parse(secret) as Record<string, unknown>)[key];
    if (value === undefined) throw new Error(`${where}: the secret ${id} has no key "${key}"`);
    return String(value);
  });
  if (resolved.includes('{{resolve:')) {
    throw new Error(`${where}: the dynamic reference in "${text}" is not supported locally`);
  }
  return resolved;
}
