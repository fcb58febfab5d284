/** Collects what a check finds, each line under the row that it is about. */
export class Report {
  readonly lines: string[] = [];

  /** Notes the problem unless the condition holds. */
  expect(condition: boolean, where: string, problem: string): void {
    if (!condition) this.lines.push(`${where}: ${problem}`);
  }

  /** Notes every value that comes up more than once. */
  expectUnique(values: readonly string[], where: string, what: string): void {
    const seen = new Set<string>();
    for (const value of values) {
      this.expect(!seen.has(value), where, `${what} "${value}" comes up more than once`);
      seen.add(value);
    }
  }
}
