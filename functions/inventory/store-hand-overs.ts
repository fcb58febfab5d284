import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { packJson, unpackJson } from '#shared/table/packed-json.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { fromLink, type StoredLink, toLink } from './link.ts';
import type { Posting } from './plan.ts';

type Direction = 'gave' | 'got';
type StoredHandOver = readonly [itemId: ItemId, templateId: Slug, link: StoredLink];
type Content = Readonly<Record<Direction, readonly StoredHandOver[]>>;

/** What one transaction moved between characters and others: a row for each character that gave or got something. */
export function handOverWrites(postings: readonly Posting[]): readonly Write[] {
  const byCharacter = new Map<CharacterId, Record<Direction, Posting[]>>();
  const note = (characterId: CharacterId | undefined, direction: Direction, posting: Posting) => {
    if (!characterId) return;
    const known = byCharacter.get(characterId) ?? { gave: [], got: [] };
    known[direction].push(posting);
    byCharacter.set(characterId, known);
  };
  for (const posting of postings) {
    note(posting.giver, 'gave', posting);
    note(posting.receiver, 'got', posting);
  }
  return [...byCharacter].map(([characterId, moved]) => handOverWrite(characterId, moved));
}

function handOverWrite(characterId: CharacterId, { gave, got }: Record<Direction, readonly Posting[]>): Write {
  // A version of an item comes about once, and so does a row that is named by one.
  const { atMs, itemId, ver } = (gave[0] ?? got[0])!;
  const stored = (postings: readonly Posting[]): readonly StoredHandOver[] =>
    postings.map((posting) => [posting.itemId, posting.templateId, toLink(posting)]);
  const content: Content = { gave: stored(gave), got: stored(got) };
  return {
    params: () => ({
      Put: {
        TableName: tableName(),
        Item: {
          ...inventoryKeys.handOver.primary({ characterId, at: sortableNumber(atMs), itemId, ver }),
          [tableDefinition.entityAttribute]: 'HandOver',
          content: packJson(content),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }),
  };
}

/** Rows are read so many at once, so many times at most: all of them may be of the other direction. */
const ROWS_AT_ONCE = 200;
const MOST_READS = 3;

/**
 * What a character gave or got, newest first, up to a second old, and the key where the page ended; it may have less
 * than its limit. A transaction may move more than the page has room for: the key then says how much of it has been
 * told, after a `|`.
 */
export async function listHandOvers(
  characterId: CharacterId,
  direction: Direction,
  page: { readonly limit: number; readonly before?: string | undefined },
): Promise<{ readonly postings: readonly Posting[]; readonly lastSortKey: string | undefined }> {
  const { limit } = page;
  const [before, told] = page.before?.split('|') ?? [];
  const keys = inventoryKeys.handOver;
  const postings: Posting[] = [];
  let lastSortKey = before;
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    const { Items, LastEvaluatedKey } = await documentClient().send(
      new QueryCommand({
        TableName: tableName(),
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': keys.partition({ characterId }),
          ':first': keys.sortPrefix,
          ':last': lastSortKey ?? `${keys.sortPrefix}~`,
        },
        ScanIndexForward: false,
        Limit: Math.max(limit + 1, ROWS_AT_ONCE),
      }),
    );
    for (const { sk, content } of Items ?? []) {
      const all = (unpackJson(content) as Content)[direction];
      const from = sk !== lastSortKey ? 0 : sk === before && told !== undefined ? Number(told) : all.length;
      const taken = all.slice(from, from + limit - postings.length);
      postings.push(...taken.map(([itemId, templateId, link]) => fromLink({ itemId, templateId }, link)));
      lastSortKey = String(sk);
      if (from + taken.length < all.length) return { postings, lastSortKey: `${sk}|${from + taken.length}` };
    }
    if (!LastEvaluatedKey) return { postings, lastSortKey: undefined };
    if (postings.length === limit) break;
  }
  return { postings, lastSortKey };
}
