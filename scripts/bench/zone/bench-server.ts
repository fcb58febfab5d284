import type { Scenario } from './scenario.ts';

/** What a server tells of a measurement beside what every process can be asked. */
export interface ServerExtras {
  /** Milliseconds of each phase of a tick, on average. */
  readonly phasesMs: Readonly<Record<string, number>>;
  /** Of each tick, where its work is spread over turns of the event loop. */
  readonly workMs: readonly number[];
  /** Of each tick, everything but the writing. */
  readonly simulationAndEncodingMs: readonly number[];
  readonly corrections: number;
  readonly closes: number;
  readonly overloadLevel: number;
  readonly gateway?: GatewayExtras;
}

/** Of a server whose sockets are in threads of their own. */
export interface GatewayExtras {
  /** Processor time of each worker. */
  readonly workerCpuMs: readonly number[];
  /** Clients of each worker. */
  readonly clients: readonly number[];
  /** From the beginning of a tick to the last write of it, of each tick. */
  readonly lastWriteMs: readonly number[];
  /** Writes that found a worker's ring full; who missed one was closed. */
  readonly lostWrites: number;
  /** Messages of clients that found the ring to the tick thread full. */
  readonly lostMessages: number;
}

/** A server under measurement: moved by the same loop as all others. */
export interface BenchServer {
  /** Binds a free port; answers it, and the path that each client upgrades. */
  listen(): Promise<{ readonly port: number; readonly paths: readonly string[] }>;
  tick(): void;
  /** Connections now. */
  connections(): number;
  beginMeasuring?(): void | Promise<void>;
  measured?(): ServerExtras | Promise<ServerExtras>;
  /** What each player's view should show now, by the number of its entity. */
  truth?(): Readonly<Record<number, readonly string[]>>;
}

export type StartServer = (scenario: Scenario) => Promise<BenchServer>;

/** Path of every client of a server that does not tell them apart by it. */
export const samePaths = (scenario: Scenario, path: string): string[] => Array(scenario.players).fill(path);
