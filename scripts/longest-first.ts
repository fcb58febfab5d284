import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than half a minute each, longest first. Begun last, one of them would run alone at the end. */
const LONGEST = [
  'scripts/e2e/hostile.e2e.test.ts',
  'scripts/e2e/dupes.e2e.test.ts',
  'scripts/journey/journey.e2e.test.ts',
  'scripts/journey/journey-twice.e2e.test.ts',
  'scripts/chaos/chaos.e2e.test.ts',
  'scripts/chaos/fleet/zone.e2e.test.ts',
  'scripts/sim/exhaustive.test.ts',
  'scripts/sim/planted/planted-bugs.test.ts',
  'shared/testing/memory-table/fidelity/differential.int.test.ts',
  'functions/negative-cases.int.test.ts',
  'scripts/sim/swarm.test.ts',
  'scripts/fuzz/stomp.test.ts',
];

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
  return place < 0 ? LONGEST.length : place;
}

/** Begins with the files that take longest, wherever nothing is known of earlier runs. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
