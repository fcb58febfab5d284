import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { LocalService } from '../../service.ts';
import { AwsError } from '../aws-error.ts';
import { AwsJsonServer, action } from '../aws-json-server.ts';
import { compileEventPattern, type EventMatcher } from '../event-pattern/event-pattern.ts';
import { EventArchive } from './event-archive.ts';
import { type EntryError, type EventEntry, entryBytes, envelopeOf, refuseEntry } from './event-entry.ts';
import { type DeliveryOptions, deliver, type Target } from './rule-target.ts';

const REQUEST_BYTES = 1_048_576;
const MOST_ENTRIES = 10;
const PATTERN_CHARACTERS = 4_096;

export interface EventRule {
  readonly name: string;
  readonly busName: string;
  /** Pattern as the template holds it. */
  readonly pattern: unknown;
  readonly enabled: boolean;
  readonly targets: readonly (DeliveryOptions & { readonly target: Target })[];
}

export interface EventBusOptions {
  readonly port: number;
  /** Names; `default` always exists beside them. */
  readonly buses: readonly string[];
  readonly rules: readonly EventRule[];
  readonly archives?: readonly { readonly name: string; readonly busName: string; readonly pattern?: unknown }[];
  /** Where archives are kept; unset: in memory only. */
  readonly archiveFolder?: string;
  readonly region: string;
  readonly accountId: string;
  readonly nowMs: () => number;
  /** Fails single entries on purpose, as EventBridge may at any time. */
  readonly failEntry?: (entry: EventEntry) => EntryError | undefined;
}

interface CompiledRule extends EventRule {
  readonly matches: EventMatcher;
}

const Entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Time: z.number().optional(),
  Resources: z.array(z.string()).optional(),
  EventBusName: z.string().optional(),
  TraceHeader: z.string().optional(),
});
const PutEvents = z.object({ Entries: z.array(Entry) });
const StartReplay = z.object({
  ReplayName: z.string(),
  EventSourceArn: z.string(),
  EventStartTime: z.number(),
  EventEndTime: z.number(),
  Destination: z.object({ Arn: z.string() }),
});

/** EventBridge: buses, rules with patterns, targets, archives with replay. Delivery starts before PutEvents answers. */
export class EventBusService implements LocalService {
  readonly name = 'EventBridge';
  readonly #options: EventBusOptions;
  readonly #rulesOf = new Map<string, CompiledRule[]>();
  readonly #archives: readonly EventArchive[];
  readonly #server: AwsJsonServer;
  readonly #deliveries = new Set<Promise<void>>();

  /** Throws for a pattern with an unknown operator, and for a rule or archive on a bus that is not there. */
  constructor(options: EventBusOptions) {
    this.#options = options;
    for (const bus of ['default', ...options.buses]) this.#rulesOf.set(bus, []);
    for (const rule of options.rules) {
      const rules = this.#rulesOf.get(rule.busName);
      if (!rules) throw new Error(`Rule ${rule.name}: no event bus "${rule.busName}"`);
      rules.push({ ...rule, matches: compileRule(rule) });
    }
    this.#archives = (options.archives ?? []).map((archive) => {
      if (!this.#rulesOf.has(archive.busName))
        throw new Error(`Archive ${archive.name}: no event bus "${archive.busName}"`);
      return new EventArchive({ ...archive, folder: options.archiveFolder });
    });
    this.#server = new AwsJsonServer({
      port: options.port,
      target: 'AWSEvents',
      protocol: '1.1',
      bodyLimitBytes: 4 * REQUEST_BYTES,
      actions: {
        PutEvents: action(PutEvents, (input) => this.#putEvents(input.Entries)),
        StartReplay: action(StartReplay, (input) => this.#startReplay(input)),
      },
    });
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  /** Stops taking events and waits for what is being delivered. */
  async stop(): Promise<void> {
    await this.#server.stop();
    await Promise.all(this.#deliveries);
    for (const archive of this.#archives) archive.close();
  }

  /** True when every event has been handed to its targets. */
  get idle(): boolean {
    return this.#deliveries.size === 0;
  }

  /** Sends what an archive holds of this span through its bus's rules once more; returns how many. */
  replay(archiveName: string, fromMs: number, toMs: number, replayName: string = randomUUID()): number {
    const archive = this.#archives.find(({ name }) => name === archiveName);
    if (!archive) throw new AwsError('ResourceNotFoundException', `Archive ${archiveName} does not exist.`);
    const events = archive.between(fromMs, toMs);
    for (const event of events) this.#route(archive.busName, { ...event, 'replay-name': replayName });
    return events.length;
  }

  #startReplay(input: z.output<typeof StartReplay>) {
    const archiveName = input.EventSourceArn.slice(input.EventSourceArn.lastIndexOf('/') + 1);
    this.replay(archiveName, input.EventStartTime * 1_000, input.EventEndTime * 1_000, input.ReplayName);
    return {
      ReplayArn: `arn:aws:events:${this.#options.region}:${this.#options.accountId}:replay/${input.ReplayName}`,
      State: 'COMPLETED',
    };
  }

  #putEvents(entries: readonly EventEntry[]) {
    if (entries.length === 0 || entries.length > MOST_ENTRIES) {
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MOST_ENTRIES}`,
      );
    }
    if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) >= REQUEST_BYTES) {
      throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
    }
    const results = entries.map((entry) => this.#putEvent(entry));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  #putEvent(entry: EventEntry): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
    const busName = (entry.EventBusName ?? 'default').replace(/^arn:.*:event-bus\//, '');
    const refusal =
      this.#options.failEntry?.(entry) ??
      refuseEntry(entry) ??
      (this.#rulesOf.has(busName)
        ? undefined
        : { code: 'InvalidArgument', message: `Event bus ${busName} does not exist.` });
    if (refusal) return { ErrorCode: refusal.code, ErrorMessage: refusal.message };
    const event = envelopeOf(entry, this.#options);
    for (const archive of this.#archives) archive.offer(busName, event, this.#options.nowMs());
    this.#route(busName, event);
    return { EventId: event.id };
  }

  #route(busName: string, event: object): void {
    for (const rule of this.#rulesOf.get(busName) ?? []) {
      if (!rule.enabled || !rule.matches(event)) continue;
      for (const { target, ...options } of rule.targets) {
        const delivery = deliver(target, event, options).finally(() => this.#deliveries.delete(delivery));
        this.#deliveries.add(delivery);
      }
    }
  }
}

function compileRule(rule: EventRule): EventMatcher {
  if (JSON.stringify(rule.pattern).length > PATTERN_CHARACTERS)
    throw new Error(`Rule ${rule.name}: its pattern is longer than ${PATTERN_CHARACTERS} characters`);
  try {
    return compileEventPattern(rule.pattern);
  } catch (error) {
    throw new Error(`Rule ${rule.name}: ${(error as Error).message}`, { cause: error });
  }
}
