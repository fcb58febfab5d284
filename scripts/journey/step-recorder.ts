import { percentile, table } from '../bench/report.ts';

interface StepFigures {
  readonly durationsMs: number[];
  readonly failures: string[];
}

/** Counts and times the steps of all players; the report lists them in the order of their first appearance. */
export class StepRecorder {
  private readonly steps = new Map<string, StepFigures>();

  private figures(name: string): StepFigures {
    const known = this.steps.get(name) ?? { durationsMs: [], failures: [] };
    this.steps.set(name, known);
    return known;
  }

  /** Runs one step of one player; a failure is noted and thrown on, so that this player's journey ends there. */
  async step<T>(name: string, who: string, run: () => Promise<T>): Promise<T> {
    const figures = this.figures(name);
    const startedMs = performance.now();
    try {
      const result = await run();
      figures.durationsMs.push(performance.now() - startedMs);
      return result;
    } catch (error) {
      figures.failures.push(`${who}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }

  /** A time that was measured elsewhere, such as how long a push took. */
  record(name: string, durationMs: number): void {
    this.figures(name).durationsMs.push(durationMs);
  }

  get failures(): readonly string[] {
    return [...this.steps].flatMap(([name, { failures }]) => failures.map((failure) => `${name}: ${failure}`));
  }

  report(): string {
    const rows = [...this.steps].map(([name, { durationsMs, failures }]) => [
      name,
      String(durationsMs.length),
      durationsMs.length > 0 ? percentile(durationsMs, 50).toFixed(0) : '–',
      durationsMs.length > 0 ? percentile(durationsMs, 99).toFixed(0) : '–',
      String(failures.length),
    ]);
    return table(['step', 'count', 'p50 ms', 'p99 ms', 'failed'], rows);
  }
}
