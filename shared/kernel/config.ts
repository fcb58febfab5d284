/** Environment variables that infrastructure gives to functions, by what they need. */
export type ConfigName =
  | 'STAGE'
  | 'TABLE_NAME'
  | 'BUS_NAME'
  | 'PUSH_QUEUE_URL'
  | 'SETTLEMENT_QUEUE_URL'
  | 'SOCKET_ENDPOINT'
  | 'SECRETS_PREFIX'
  | 'MAIL_FROM'
  | 'PUBLIC_HTTP_URL'
  | 'PUBLIC_SOCKET_URL'
  | 'LEDGER_HOST'
  | 'LEDGER_PORT'
  | 'LEDGER_DATABASE'
  | 'LEDGER_USER'
  | 'BOOTSTRAP_ADMIN_EMAIL'
  | 'OIDC_PROVIDERS'
  | 'ALLOWED_ORIGINS'
  | 'REALM_CAP';

/**
 * A variable of this function's environment, read when it is needed so that imports never depend on it.
 * @throws Error when infrastructure did not set it: the contract's `needs` lacks something.
 */
export function config(name: ConfigName): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
}

/** A variable that a stage may leave out. */
export function optionalConfig(name: ConfigName): string | undefined {
  return process.env[name] || undefined;
}
