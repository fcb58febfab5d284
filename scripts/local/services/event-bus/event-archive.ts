import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileEventPattern, type EventMatcher } from '../event-pattern/event-pattern.ts';
import type { BusEvent } from './event-entry.ts';

/** How many events an archive remembers; the oldest go first. */
const MOST_EVENTS = 10_000;

interface ArchivedEvent {
  readonly atMs: number;
  readonly event: BusEvent;
}

export interface EventArchiveOptions {
  readonly name: string;
  readonly busName: string;
  readonly pattern?: unknown;
  /** Keeps `<name>.jsonl` there over restarts; undefined: memory only. */
  readonly folder?: string | undefined;
}

/** The latest events of one bus, for replays. */
export class EventArchive {
  readonly name: string;
  readonly busName: string;
  readonly #matches: EventMatcher | undefined;
  readonly #file: number | undefined;
  readonly #path: string | undefined;
  #events: ArchivedEvent[] = [];

  constructor(options: EventArchiveOptions) {
    this.name = options.name;
    this.busName = options.busName;
    this.#matches = options.pattern === undefined ? undefined : compileEventPattern(options.pattern);
    if (options.folder === undefined) return;
    mkdirSync(options.folder, { recursive: true });
    this.#path = join(options.folder, `${options.name}.jsonl`);
    if (existsSync(this.#path)) {
      this.#events = readFileSync(this.#path, 'utf8').split('\n').flatMap(parseLine).slice(-MOST_EVENTS);
      writeFileSync(this.#path, this.#events.map(lineOf).join(''));
    }
    this.#file = openSync(this.#path, 'a');
  }

  /** Keeps the event when it is on this archive's bus and matches its pattern. */
  offer(busName: string, event: BusEvent, atMs: number): void {
    if (busName !== this.busName || (this.#matches && !this.#matches(event))) return;
    const archived = { atMs, event };
    this.#events.push(archived);
    if (this.#events.length > 2 * MOST_EVENTS) this.#events = this.#events.slice(-MOST_EVENTS);
    if (this.#file !== undefined) appendFileSync(this.#file, lineOf(archived));
  }

  /** Events that came in this span, both ends included, oldest first. */
  between(fromMs: number, toMs: number): BusEvent[] {
    return this.#events.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).map(({ event }) => event);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

function lineOf(archived: ArchivedEvent): string {
  return `${JSON.stringify(archived)}\n`;
}

/** A line that a crash cut short is left out. */
function parseLine(line: string): ArchivedEvent[] {
  try {
    return [JSON.parse(line) as ArchivedEvent];
  } catch {
    return [];
  }
}
