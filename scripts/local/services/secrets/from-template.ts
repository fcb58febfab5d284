import type { LocalContext } from '../../service.ts';
import { localSecretString } from '../../template/local-secret.ts';
import { SecretStore } from './secret-store.ts';
import { SecretsService } from './secrets-service.ts';

/** The secrets of the templates; in memory without a path. */
export function secretsFromTemplate(context: LocalContext, path: string | undefined): SecretsService {
  const secrets = context.registry.ofType('AWS::SecretsManager::Secret').map(({ properties, ref, id }) => {
    const declared = properties.SecretString !== undefined || properties.GenerateSecretString !== undefined;
    return {
      arn: ref,
      name: String(properties.Name ?? id),
      initial: declared ? localSecretString(ref, properties) : undefined,
    };
  });
  return new SecretsService({
    port: context.ports.of('secretsmanager'),
    secrets,
    store: new SecretStore(path),
    nowMs: context.clock.nowMs,
  });
}
