type Row = Readonly<Record<string, unknown>>;

interface MailRow {
  readonly mailId: string;
  readonly status: string;
  readonly ownerId: string;
  /** JSON of tuples: item, template, quality, count, and when it was taken. */
  readonly attachments: string;
  readonly money?: string;
  readonly moneyTakenAtMs?: number;
  readonly cod?: string;
  readonly isCounted: boolean;
  readonly settlingId?: string;
}

/**
 * What is wrong with the mail of a table: attachments that are not held by their mail, or held by one that does not
 * know them; escrowed money that is not what the mails say; counters of boxes that are off. Empty: all is well. For a
 * moment when nothing is under way.
 * @param escrowed what the ledger has in `system.escrow.mail`.
 */
export function mailComplaints(rows: readonly Row[], escrowed: bigint): readonly string[] {
  const of = (entity: string) => rows.filter((row) => row._et === entity);
  const mails = of('Mail') as unknown as readonly MailRow[];
  const open = mails.filter(({ status }) => status === 'OPEN');
  const expected = new Map(
    open.flatMap(({ mailId, attachments }) =>
      (JSON.parse(attachments) as readonly unknown[][])
        .filter((tuple) => tuple[4] === undefined)
        .map(([itemId]) => [String(itemId), `mail.${mailId}`] as const),
    ),
  );
  const held = of('Item').filter(({ holder }) => String(holder).startsWith('mail.'));
  const owed = open
    .filter(({ moneyTakenAtMs }) => moneyTakenAtMs === undefined)
    .reduce((sum, { money }) => sum + BigInt(money ?? 0), 0n);
  return [
    ...held
      .filter(({ itemId, holder }) => expected.get(String(itemId)) !== holder)
      .map(({ itemId, holder }) => `${itemId} is held by ${holder}, which does not have it`),
    ...[...expected]
      .filter(([itemId, holder]) => !held.some((item) => item.itemId === itemId && item.holder === holder))
      .map(([itemId, holder]) => `${holder} says that it has ${itemId}`),
    ...(owed === escrowed ? [] : [`mails hold ${owed}, and ${escrowed} is in escrow`]),
    ...boxComplaints(open, of('MailBox')),
    ...mails.filter(({ settlingId }) => settlingId).map(({ mailId }) => `${mailId} is not let go`),
  ];
}

function boxComplaints(open: readonly MailRow[], boxes: readonly Row[]): string[] {
  const counted = Map.groupBy(
    open.filter(({ isCounted }) => isCounted),
    ({ ownerId }) => ownerId,
  );
  const rows = new Map(boxes.map(({ characterId, count }) => [String(characterId), Number(count)]));
  return [...new Set([...counted.keys(), ...rows.keys()])]
    .filter((characterId) => (counted.get(characterId)?.length ?? 0) !== (rows.get(characterId) ?? 0))
    .map((characterId) => `the box of ${characterId} counts ${rows.get(characterId)}`);
}
