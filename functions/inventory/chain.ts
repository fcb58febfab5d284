interface ChainedItem {
  readonly itemId: string;
  readonly holder: string;
  readonly count: number;
  readonly ver: number;
}

interface ChainLink {
  readonly ver: number;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly change: number;
}

/**
 * What is wrong with an item by its chain (V1): links from 1 to its version without a gap, each taking it from whoever
 * the one before gave it to, the last telling where it is and how many there are, all of them together adding up to that.
 */
export function chainComplaints(item: ChainedItem, links: readonly ChainLink[]): readonly string[] {
  const { itemId, holder, count, ver } = item;
  const chain = links.toSorted((a, b) => a.ver - b.ver);
  const last = chain.at(-1);
  const isWhole = chain.length === ver && chain.every((link, index) => link.ver === index + 1);
  const isLinked = chain.every(({ from }, index) => index === 0 || chain[index - 1]!.to === from);
  const sum = chain.reduce((total, { change }) => total + change, 0);
  return [
    ...(isWhole
      ? []
      : [`${itemId} has version ${ver} and ${chain.length} postings, the last ${last?.ver ?? 'missing'}`]),
    ...(isLinked ? [] : [`${itemId} changed hands without a posting`]),
    ...(last?.to === holder && last.count === count ? [] : [`${itemId} is not where its last posting says`]),
    ...(sum === count ? [] : [`${itemId} counts ${count}, its postings ${sum}`]),
    ...(count > 0 || holder === 'sink.merged' ? [] : [`${itemId} counts ${count}`]),
  ];
}
