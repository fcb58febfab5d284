import { parseCondition } from './parse-condition.ts';
import { parseUpdate } from './parse-update.ts';
import type { Condition, Parsed, Path, Update } from './syntax.ts';
import { TokenReader } from './token-reader.ts';

/** Expressions are text that handlers spell in few ways; a run that draws them at random must not fill the memory. */
const MOST_KEPT = 5_000;

function cached<Tree>(read: (reader: TokenReader) => Tree): (field: string, text: string) => Parsed<Tree> {
  const known = new Map<string, Parsed<Tree>>();
  return (field, text) => {
    const key = `${field} ${text}`;
    const before = known.get(key);
    if (before) return before;
    const reader = new TokenReader(field, text);
    const parsed = { field, tree: read(reader), names: reader.names, values: reader.values };
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, parsed);
    return parsed;
  };
}

function parseProjection(reader: TokenReader): readonly Path[] {
  const paths = [reader.path()];
  while (reader.takeIf(',')) paths.push(reader.path());
  reader.end();
  return paths;
}

/** @throws ValidationException for what is no such expression. */
export const conditionOf: (field: string, text: string) => Parsed<Condition> = cached(parseCondition);

/** @throws ValidationException for what is no such expression. */
export const updateOf: (field: string, text: string) => Parsed<Update> = cached(parseUpdate);

/** @throws ValidationException for what is no such expression. */
export const projectionOf: (field: string, text: string) => Parsed<readonly Path[]> = cached(parseProjection);
