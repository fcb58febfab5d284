import type { ConsumedCapacity } from '#shared/telemetry/capacity-meter.ts';
import { type FaultKind, faultKinds } from './faults.ts';
import type { Outcome } from './simulation.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Adds up what simulations came to, and prints it. */
export class Tally {
  private readonly what: string;
  private readonly startedAtMs = Date.now();
  private readonly startedCpu = process.cpuUsage();
  private readonly injected = new Map<FaultKind, number>();
  private runs = 0;
  private steps = 0;
  private effects = 0;
  private commits = 0;
  private simulatedMs = 0;
  private violations = 0;

  /** @param what the runs are called. */
  constructor(what: string) {
    this.what = what;
  }

  add(outcome: Outcome): void {
    this.runs += 1;
    this.steps += outcome.steps;
    this.effects += outcome.effects;
    this.commits += outcome.commits;
    this.simulatedMs += outcome.simulatedMs;
    if (outcome.complaints.length > 0) this.violations += 1;
    for (const kind of faultKinds) this.injected.set(kind, (this.injected.get(kind) ?? 0) + outcome.injected[kind]);
  }

  print({ readUnits, writeUnitsByRule }: ConsumedCapacity): void {
    const tookMs = Date.now() - this.startedAtMs;
    const { user, system } = process.cpuUsage(this.startedCpu);
    const cpuMs = (user + system) / 1_000;
    const number = (value: number) => Math.round(value).toLocaleString('en');
    const faults = faultKinds.map((kind) => `${kind} ${number(this.injected.get(kind) ?? 0)}`).join(' · ');
    console.log(
      `${number(this.runs)} ${this.what} in ${(tookMs / 1_000).toFixed(1)} s: ${number((this.runs * MINUTE_MS) / tookMs)} a minute, ${number((this.runs * MINUTE_MS) / cpuMs)} a minute of processor time`,
    );
    console.log(
      `simulated    ${number(this.simulatedMs / HOUR_MS)} h, ${number(this.steps)} steps, ${number(this.commits)} commits, ${number(this.effects)} calls that took effect`,
    );
    console.log(`faults       ${faults}`);
    console.log(`consumed     ${number(readUnits)} read units, ${number(writeUnitsByRule)} write units`);
    console.log(`violations   ${this.violations}`);
  }
}
