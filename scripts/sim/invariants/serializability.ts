import type { History } from '../history.ts';

/** What must come later than a transaction, and why. */
type Graph = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * V10: there is an order in which all transactions could have happened one after the other, each wholly, with the same
 * result, and none before one that had been answered when it was asked for. There is one if what must come after what
 * (by who wrote over whom, who read what whom wrote, and by time) is no circle.
 */
export function orderComplaints(history: History): readonly string[] {
  const circle = circleIn(graphOf(history));
  return circle.length === 0 ? [] : [`no order explains what happened: ${circle.join(', ')}`];
}

function graphOf({ transactions }: History): Graph {
  const graph = new Map<string, Map<string, string>>();
  const before = (first: string | undefined, second: string | undefined, why: string): void => {
    if (first === undefined || second === undefined || first === second) return;
    const after = graph.get(first) ?? new Map<string, string>();
    if (!after.has(second)) after.set(second, why);
    graph.set(first, after);
  };
  const writers = new Map<string, string>();
  for (const [name, { writes }] of transactions) {
    for (const { object, version } of writes) writers.set(`${object}@${version}`, name);
  }
  for (const [name, { reads, writes }] of transactions) {
    for (const { object, version } of writes) {
      before(writers.get(`${object}@${version - 1}`), name, `wrote ${object}@${version - 1} before`);
    }
    for (const { object, version } of reads) {
      before(writers.get(`${object}@${version}`), name, `wrote ${object}@${version}, which was read by`);
      before(name, writers.get(`${object}@${version + 1}`), `read ${object}@${version} before it was written over by`);
    }
  }
  const ended = [...transactions].filter(([, { endedAt }]) => endedAt !== undefined);
  for (const [name, { beganAt }] of transactions) {
    if (beganAt === undefined) continue;
    for (const [first, { endedAt }] of ended) if (endedAt! < beganAt) before(first, name, 'was answered before');
  }
  return graph;
}

/** A circle, as a text for each of its steps; empty when there is none. */
function circleIn(graph: Graph): readonly string[] {
  const isDone = new Set<string>();
  for (const start of graph.keys()) {
    const path: { readonly name: string; readonly ways: Iterator<string> }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string): void => {
      path.push({ name, ways: (graph.get(name) ?? new Map<string, string>()).keys() });
      onPath.add(name);
    };
    if (!isDone.has(start)) enter(start);
    while (path.length > 0) {
      const { name, ways } = path.at(-1)!;
      const { value: next, done } = ways.next();
      if (done) {
        path.pop();
        onPath.delete(name);
        isDone.add(name);
      } else if (onPath.has(next)) {
        const names = [...path.slice(path.findIndex((one) => one.name === next)).map((one) => one.name), next];
        return names
          .slice(1)
          .map((second, index) => `${names[index]} ${graph.get(names[index]!)!.get(second)} ${second}`);
      } else if (!isDone.has(next)) enter(next);
    }
  }
  return [];
}
