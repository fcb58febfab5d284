/** Fields of a log line. An `Error` is written with its name, message, stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Causes of causes that are written out; deeper ones are cut. */
const MAX_CAUSES = 3;

let logger: Logger | undefined;

/**
 * Structured JSON log of this process, one line an entry; least level by LOG_LEVEL. Never pass secrets, tokens or
 * e-mail addresses. Every bundle carries this, so it is small: Powertools' logger costs each 21 KB and 6 ms at start.
 */
export function log(): Logger {
  logger ??= createLogger(
    process.env.LOG_LEVEL ?? 'INFO',
    process.env.SERVICE_NAME ?? 'necpgame',
    (line) => process.stdout.write(`${line}\n`),
    () => new Date().toISOString(),
  );
  return logger;
}

/** A logger with its own output; an unknown level counts as INFO. */
export function createLogger(
  leastLevel: string,
  service: string,
  write: (line: string) => void,
  timestamp: () => string,
): Logger {
  const known = logLevels.indexOf(leastLevel as LogLevel);
  const least = known < 0 ? logLevels.indexOf('INFO') : known;
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(level) < least) return;
      write(JSON.stringify({ level, message, timestamp: timestamp(), service, ...fields }, plain));
    };
  return { debug: at('DEBUG'), info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? errorFields(value, MAX_CAUSES) : value;
}

function errorFields(error: Error, causes: number): LogFields {
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    stack,
    ...(cause !== undefined && causes > 0
      ? { cause: cause instanceof Error ? errorFields(cause, causes - 1) : String(cause) }
      : {}),
  };
}
