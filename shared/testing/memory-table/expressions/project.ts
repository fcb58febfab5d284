import { giveOut, type Item, type Value } from '../attribute-values.ts';
import { type Bindings, childOf, refuseOverlap, resolved } from './bindings.ts';
import type { Parsed, Path } from './syntax.ts';

/** Gives the asked parts of an item, as a copy. */
export type Project = (item: Item) => Record<string, Value>;

/** Parts of a container that a projection asks for: a part is asked for whole, or for parts of its own. */
type Wanted = Map<string | number, Wanted | 'whole'>;

/** @throws ValidationException when two paths hold each other. */
export function bindProjection(parsed: Parsed<readonly Path[]> | undefined, bindings: Bindings): Project {
  if (!parsed) return (item) => giveOut(item) as Record<string, Value>;
  const paths = parsed.tree.map((path) => resolved(path, bindings));
  refuseOverlap(parsed.field, paths);
  const wanted: Wanted = new Map();
  for (const path of paths) want(wanted, path);
  return (item) => (partOf(item, wanted) ?? {}) as Record<string, Value>;
}

function want(wanted: Wanted, [step, ...rest]: Path): void {
  if (rest.length === 0) {
    wanted.set(step!, 'whole');
    return;
  }
  const inner = (wanted.get(step!) as Wanted | undefined) ?? new Map();
  wanted.set(step!, inner);
  want(inner, rest);
}

/** What there is of the wanted parts; undefined: nothing. Entries of a list move together, in their order. */
function partOf(value: Value, wanted: Wanted): Value | undefined {
  const found: [string | number, Value][] = [];
  for (const [step, inner] of wanted) {
    const child = childOf(value, step);
    const part = child === undefined || inner === 'whole' ? child : partOf(child, inner);
    if (part !== undefined) found.push([step, inner === 'whole' ? giveOut(part) : part]);
  }
  if (found.length === 0) return undefined;
  if (typeof found[0]![0] === 'string') return Object.fromEntries(found);
  return found.sort(([one], [other]) => Number(one) - Number(other)).map(([, part]) => part);
}
