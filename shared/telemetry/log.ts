import { Logger } from '@aws-lambda-powertools/logger';

let logger: Logger | undefined;

/** Structured JSON log of this process; level by LOG_LEVEL. Never pass secrets, tokens or e-mail addresses. */
export function log(): Logger {
  logger ??= new Logger({ serviceName: process.env.POWERTOOLS_SERVICE_NAME ?? 'necpgame' });
  return logger;
}
