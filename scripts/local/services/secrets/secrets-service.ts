import { z } from 'zod';
import type { LocalService } from '../../service.ts';
import { AwsError } from '../aws-error.ts';
import { AwsJsonServer, action } from '../aws-json-server.ts';
import { CURRENT, type SecretStore, type SecretVersion } from './secret-store.ts';

const BODY_BYTES = 262_144;
const SECRET_BYTES = 65_536;
const SECOND_MS = 1_000;

export interface DeclaredSecret {
  readonly arn: string;
  readonly name: string;
  /** Made at the first start; undefined: empty until somebody puts a value. */
  readonly initial: string | undefined;
}

export interface SecretsServiceOptions {
  readonly port: number;
  readonly secrets: readonly DeclaredSecret[];
  readonly store: SecretStore;
  readonly nowMs: () => number;
}

const SecretId = z.object({ SecretId: z.string().min(1) });

/** Secrets Manager for the secrets that the templates declare. */
export class SecretsService implements LocalService {
  readonly name = 'Secrets Manager';
  readonly #options: SecretsServiceOptions;
  readonly #server: AwsJsonServer;

  constructor(options: SecretsServiceOptions) {
    this.#options = options;
    this.#server = new AwsJsonServer({
      port: options.port,
      target: 'secretsmanager',
      protocol: '1.1',
      bodyLimitBytes: BODY_BYTES,
      actions: {
        GetSecretValue: action(
          SecretId.extend({ VersionId: z.string().optional(), VersionStage: z.string().optional() }),
          (input) => this.#get(input.SecretId, input.VersionId, input.VersionStage ?? CURRENT),
        ),
        PutSecretValue: action(
          SecretId.extend({
            SecretString: z.string().max(SECRET_BYTES),
            ClientRequestToken: z.string().min(32).max(64).optional(),
            VersionStages: z.array(z.string()).min(1).max(20).optional(),
          }),
          (input) => this.#put(input),
        ),
        DescribeSecret: action(SecretId, (input) => {
          const secret = this.#secret(input.SecretId);
          const versions = options.store.versions(secret.name);
          const labelled = versions.filter(({ stages }) => stages.length > 0);
          return {
            ARN: secret.arn,
            Name: secret.name,
            ...(versions[0] ? { LastChangedDate: versions[0].createdAtMs / SECOND_MS } : {}),
            VersionIdsToStages: Object.fromEntries(labelled.map(({ id, stages }) => [id, stages])),
          };
        }),
        ListSecretVersionIds: action(SecretId.extend({ IncludeDeprecated: z.boolean().optional() }), (input) => {
          const secret = this.#secret(input.SecretId);
          const versions = options.store
            .versions(secret.name)
            .filter(({ stages }) => stages.length > 0 || input.IncludeDeprecated);
          const wire = versions.map(({ id, stages, createdAtMs }) => ({
            VersionId: id,
            VersionStages: stages,
            CreatedDate: createdAtMs / SECOND_MS,
          }));
          return { ARN: secret.arn, Name: secret.name, Versions: wire };
        }),
      },
    });
  }

  /** Makes the values that do not exist yet. */
  async start(): Promise<void> {
    const { secrets, store, nowMs } = this.#options;
    for (const { name, initial } of secrets) {
      if (initial !== undefined && store.versions(name).length === 0) store.put(name, initial, nowMs());
    }
    await this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** By ARN or name, as callers may. */
  #secret(id: string): DeclaredSecret {
    const found = this.#options.secrets.find(({ arn, name }) => arn === id || name === id);
    if (!found) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return found;
  }

  #get(id: string, versionId: string | undefined, stage: string) {
    const secret = this.#secret(id);
    const version = this.#options.store.find(secret.name, { id: versionId, stage });
    if (!version) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
      );
    }
    return {
      ...wireVersion(secret, version),
      SecretString: version.text,
      CreatedDate: version.createdAtMs / SECOND_MS,
    };
  }

  #put(input: {
    SecretId: string;
    SecretString: string;
    ClientRequestToken?: string | undefined;
    VersionStages?: string[] | undefined;
  }) {
    const secret = this.#secret(input.SecretId);
    const version = this.#options.store.put(secret.name, input.SecretString, this.#options.nowMs(), {
      id: input.ClientRequestToken,
      stages: input.VersionStages,
    });
    if (!version) {
      throw new AwsError('ResourceExistsException', 'The operation failed because the secret version already exists.');
    }
    return wireVersion(secret, version);
  }
}

function wireVersion(secret: DeclaredSecret, version: SecretVersion) {
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
}
