/** A kind of content at runtime: all of it, and by id. */
export interface Lookup<Row extends { readonly id: string }> {
  readonly all: readonly Row[];
  /** Undefined when there is no such id. For ids that come from outside. */
  find(id: string): Row | undefined;
  /** For ids that content or stored state vouches for. @throws Error when there is none: that is a defect. */
  get(id: string): Row;
}

/** Indexes one kind of content by id. Rows are trusted: the build has validated them. */
export function lookup<Row extends { readonly id: string }>(kind: string, all: readonly Row[]): Lookup<Row> {
  const byId = new Map(all.map((row) => [row.id, row]));
  return {
    all,
    find: (id) => byId.get(id),
    get: (id) => {
      const row = byId.get(id);
      if (!row) throw new Error(`content has no ${kind} "${id}"`);
      return row;
    },
  };
}
