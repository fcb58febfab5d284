/** A list that did not fit, and how much of it was kept. */
export interface Cut {
  /** Where it stands in the document: `notification.stored`. */
  readonly path: string;
  readonly total: number;
  readonly kept: number;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

interface Cutting {
  readonly longest: number;
  readonly cuts: Cut[];
}

function cutLists(value: Json, path: string, cutting: Cutting): Json {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const kept = list.slice(0, cutting.longest);
    if (kept.length < list.length) cutting.cuts.push({ path, total: list.length, kept: kept.length });
    return kept.map((entry, index) => cutLists(entry, `${path}.${index}`, cutting));
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, entry]) => [key, cutLists(entry, path === '' ? key : `${path}.${key}`, cutting)]),
  );
}

/** Lists longer than this are cut even where there is room. */
const LONGEST_LIST = 10_000;

/**
 * The document with its lists cut, from their ends and by halves, until it takes at most so many bytes as JSON; and
 * which lists lost what. What is no list is never cut: a document of one huge text stays as it is.
 */
export function boundedDocument(
  document: object,
  maxBytes: number,
): { readonly document: Record<string, unknown>; readonly cuts: readonly Cut[] } {
  const plain = JSON.parse(JSON.stringify(document)) as Json;
  for (let longest = LONGEST_LIST; ; longest = Math.floor(longest / 2)) {
    const cutting: Cutting = { longest, cuts: [] };
    const cut = cutLists(plain, '', cutting) as Record<string, unknown>;
    if (longest === 0 || Buffer.byteLength(JSON.stringify(cut)) <= maxBytes)
      return { document: cut, cuts: cutting.cuts };
  }
}
