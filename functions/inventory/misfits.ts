/** What lies in a slot of a container, or will. */
export interface Occupant {
  readonly slot: number;
  /** Unset: what a settlement under way has put out of the slot, or will put into it. */
  readonly itemId?: string | undefined;
  /** The settlement that certainly keeps the slot; unset where it may be over by now. */
  readonly keptBy?: string | undefined;
}

/**
 * What is wrong with a container's slots (V1): each is taken by exactly one thing, or by nothing.
 * @param where names the container in complaints.
 */
export function misfits(where: string, taken: ReadonlySet<number>, inside: readonly Occupant[]): readonly string[] {
  const items = inside.filter(({ itemId }) => itemId !== undefined);
  const slots = new Set(inside.map(({ slot }) => slot));
  return [
    ...inside.flatMap(({ itemId, keptBy, slot }) => {
      const what = itemId ?? keptBy;
      return what === undefined || taken.has(slot) ? [] : [`${what} lies in ${where}/${slot}, which is not taken`];
    }),
    ...[...taken].filter((slot) => !slots.has(slot)).map((slot) => `${where}/${slot} is taken, and nothing lies in it`),
    ...[...Map.groupBy(items, ({ slot }) => slot)]
      .filter(([, all]) => all.length > 1)
      .map(([slot, all]) => {
        const names = all.map(({ itemId }) => itemId).sort();
        return `${where}/${slot} holds ${names.join(' and ')}`;
      }),
  ];
}
