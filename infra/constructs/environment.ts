import { ledgerUserOf } from '#infra/constructs/grants.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import type { DomainFunction } from '#shared/contract/domain.ts';
import type { ConfigName } from '#shared/kernel/config.ts';

type Variables = Partial<Record<ConfigName, string>>;

/** Name prefix of a stage's secrets: `necpgame/dev`. */
export function secretsPrefix(stage: string): string {
  return `necpgame/${stage}`;
}

/** The environment of a function: what every function gets, and what its needs call for. */
export function environmentOf(fn: DomainFunction, around: Surroundings): Record<string, string> {
  const { needs } = fn;
  const { config } = around;
  const domain = fn.id.slice(0, fn.id.indexOf('.'));
  const variables: Variables = {
    STAGE: config.stage,
    PUBLIC_HTTP_URL: around.publicHttpUrl,
    PUBLIC_SOCKET_URL: around.publicSocketUrl,
    ...(needs.table && { TABLE_NAME: around.table.tableName }),
    ...(needs.bus && { BUS_NAME: around.bus.eventBusName }),
    ...(needs.queues?.includes('push') && { PUSH_QUEUE_URL: around.queues.push.queueUrl }),
    ...(needs.queues?.includes('settlement-check') && {
      SETTLEMENT_QUEUE_URL: around.queues['settlement-check'].queueUrl,
    }),
    ...(needs.sockets && { SOCKET_ENDPOINT: around.socketEndpoint }),
    ...(needs.secrets && { SECRETS_PREFIX: secretsPrefix(config.stage) }),
    ...(needs.mail && { MAIL_FROM: config.mailFrom }),
    ...(needs.identityProviders && { OIDC_PROVIDERS: JSON.stringify(config.oidcProviders) }),
    ...(needs.origins && { ALLOWED_ORIGINS: config.allowedOrigins.join(',') }),
    ...(needs.realmCap && config.realmCap !== undefined && { REALM_CAP: String(config.realmCap) }),
    ...(needs.ledger && {
      LEDGER_HOST: around.ledger.host,
      LEDGER_PORT: String(around.ledger.port),
      LEDGER_DATABASE: around.ledger.database,
      LEDGER_USER: ledgerUserOf(fn),
    }),
    ...(domain === 'auth' && { BOOTSTRAP_ADMIN_EMAIL: config.bootstrapAdminEmail }),
  };
  return {
    ...variables,
    LOG_LEVEL: config.logLevel,
    SERVICE_NAME: domain,
  };
}
