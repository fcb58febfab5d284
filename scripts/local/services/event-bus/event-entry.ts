import { randomUUID } from 'node:crypto';

/** One entry of PutEvents, as the JSON protocol carries it; `Time` in seconds. */
export interface EventEntry {
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  readonly Detail?: string | undefined;
  readonly Time?: number | undefined;
  readonly Resources?: readonly string[] | undefined;
  readonly EventBusName?: string | undefined;
}

export interface EntryError {
  readonly code: string;
  readonly message: string;
}

/** What rules match on and targets receive. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

const TIME_BYTES = 14;

/** Size of an entry as EventBridge counts it against the request's limit. */
export function entryBytes(entry: EventEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), entry.Time === undefined ? 0 : TIME_BYTES);
}

/** Why EventBridge would refuse this entry by itself; undefined when it takes it. */
export function refuseEntry(entry: EventEntry): EntryError | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name])
      return {
        code: 'InvalidArgument',
        message: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
  }
  if (entry.Source!.startsWith('aws.'))
    return { code: 'NotAuthorizedForSourceException', message: 'Not authorized for the source.' };
  if (entry.DetailType!.length > 128)
    return {
      code: 'InvalidArgument',
      message: 'Parameter DetailType is not valid. Reason: longer than 128 characters.',
    };
  const detail = parseObject(entry.Detail!);
  return detail === undefined ? { code: 'MalformedDetail', message: 'Detail is malformed.' } : undefined;
}

/** The event that EventBridge makes of an accepted entry; `time` has whole seconds, as there. */
export function envelopeOf(
  entry: EventEntry,
  at: { readonly region: string; readonly accountId: string; readonly nowMs: () => number },
): BusEvent {
  const timeMs = entry.Time === undefined ? at.nowMs() : entry.Time * 1_000;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.DetailType!,
    source: entry.Source!,
    account: at.accountId,
    time: new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: at.region,
    resources: entry.Resources ?? [],
    detail: parseObject(entry.Detail!),
  };
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
