import { step } from '#shared/kernel/step.ts';
import { packJson, unpackJson } from '#shared/table/packed-json.ts';
import type { Sabotage } from '../sabotage.ts';
import type { PlantedBug } from './planted-bug.ts';

type Fields = Record<string, unknown>;
/** One action of a transaction: what it does, and to which row. */
interface Action {
  readonly kind: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  readonly pk: string;
  readonly sk: string;
  readonly fields: Fields;
}

function actionOf(raw: Fields): Action {
  const [[kind, fields]] = Object.entries(raw) as [[Action['kind'], Fields]];
  const { pk, sk } = (fields.Item ?? fields.Key) as { pk: string; sk: string };
  return { kind, pk, sk, fields };
}

const rawOf = ({ kind, fields }: Action): Fields => ({ [kind]: fields });

/** Changes the actions of transactions; those for which it answers undefined stay as they are. */
function transactions(change: (actions: readonly Action[]) => readonly Action[] | undefined): Sabotage {
  return (operation, input, send) => {
    const changed = operation === 'TransactWriteItems' && change((input.TransactItems as Fields[]).map(actionOf));
    if (!changed) return send(input);
    return changed.length === 0 ? Promise.resolve({}) : send({ ...input, TransactItems: changed.map(rawOf) });
  };
}

type Chooses = (action: Action, all: readonly Action[]) => boolean;

function without(chooses: Chooses): Sabotage {
  return transactions((all) => all.filter((action) => !chooses(action, all)));
}

function unconditional(chooses: Chooses): Sabotage {
  return transactions((all) => {
    const changed = all.map((action) => (chooses(action, all) ? withoutCondition(action) : action));
    return changed.filter(({ kind, fields }) => kind !== 'ConditionCheck' || fields.ConditionExpression !== undefined);
  });
}

/** Names and values that only the condition has used may not stay. */
function withoutCondition({ fields, ...action }: Action): Action {
  const { ConditionExpression: _dropped, ...rest } = fields;
  const text = String(rest.UpdateExpression ?? '');
  const used = (of: unknown) =>
    Object.fromEntries(
      Object.entries((of ?? {}) as Fields).filter(([name]) => new RegExp(`${name.replace('#', '\\#')}\\b`).test(text)),
    );
  const [names, values] = [used(rest.ExpressionAttributeNames), used(rest.ExpressionAttributeValues)];
  const { ExpressionAttributeNames: _names, ExpressionAttributeValues: _values, ...kept } = rest;
  return {
    ...action,
    fields: {
      ...kept,
      ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
      ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
    },
  };
}

const on =
  (prefix: string, sk = ''): Chooses =>
  ({ pk, sk: sort }) =>
    pk.startsWith(prefix) && sort.startsWith(sk);
const ends = (all: readonly Action[]) => all.some(({ kind, pk }) => kind === 'Update' && pk.startsWith('TX#'));
const begins = (all: readonly Action[]) => all.some(({ kind, pk }) => kind === 'Put' && pk.startsWith('TX#'));

/** Does a transaction in two, one after the other, so that a fault may come in between. */
function inTwo(later: Chooses): Sabotage {
  return async (operation, input, send) => {
    if (operation !== 'TransactWriteItems') return send(input);
    const all = (input.TransactItems as Fields[]).map(actionOf);
    const [first, second] = [all.filter((one) => !later(one, all)), all.filter((one) => later(one, all))];
    if (first.length === 0 || second.length === 0) return send(input);
    const part = (actions: readonly Action[], name: string) =>
      send({
        ...input,
        TransactItems: actions.map(rawOf),
        ClientRequestToken: `${input.ClientRequestToken}`.slice(2) + name,
      });
    await part(first, '1');
    return step('table.TransactWriteItems', () => part(second, '2'));
  };
}

/** An outbox row that does not tell of something. */
function silent(eventName: RegExp): Sabotage {
  return transactions((all) =>
    all.map((action) => {
      const item = action.fields.Item as Fields | undefined;
      if (!action.pk.startsWith('OBX#') || !item) return action;
      const { events, ...rest } = unpackJson(item.content) as { events: { envelope: { name: string } }[] };
      const left = events.filter(({ envelope }) => !eventName.test(envelope.name));
      return {
        ...action,
        fields: { ...action.fields, Item: { ...item, content: packJson({ ...rest, events: left }) } },
      };
    }),
  );
}

/** Items that change without a link of their chain. */
const unposted = transactions((all) =>
  all.map((action) => {
    const { kind, fields } = action;
    if (kind !== 'Update' || !on('ITEM#', 'ITEM')(action, all)) return action;
    return {
      ...action,
      fields: {
        ...fields,
        ExpressionAttributeValues: { ...(fields.ExpressionAttributeValues as Fields), ':link': [] },
      },
    };
  }),
);

/** Dropped conditions, forgotten writes, and transactions that are none. */
export const tableBugs: readonly PlantedBug[] = [
  {
    name: 'the session’s condition is dropped',
    table: without((one) => one.kind === 'ConditionCheck' && on('SES#')(one, [])),
  },
  { name: 'receipts are not written', table: without(on('IDEM#')) },
  { name: 'receipts have no condition', table: unconditional(on('IDEM#')) },
  {
    name: 'items move as they were read',
    table: unconditional((one, all) => on('ITEM#')(one, all) || on('BAG#')(one, all)),
  },
  { name: 'containers are written without their version', table: unconditional(on('BAG#', 'CONTAINER#')) },
  { name: 'items move in a transaction of their own', table: inTwo(on('ITEM#')) },
  {
    name: 'the other side of a move is written later',
    table: inTwo((one, all) => one === all.findLast((last) => on('ITEM#', 'ITEM')(last, []))),
  },
  { name: 'the outbox is written after the commit', table: inTwo(on('OBX#')) },
  { name: 'postings are forgotten', table: unposted },
  { name: 'postings that leave the item’s row are forgotten', table: without(on('ITEM#', 'POST#')) },
  {
    name: 'a beginning settlement takes nothing into escrow',
    table: without((one, all) => begins(all) && on('ITEM#')(one, all)),
  },
  {
    name: 'a settlement may begin twice',
    operations: ['buy', 'sell', 'send'],
    table: unconditional((one, all) => begins(all) && (on('TX#')(one, all) || on('IDEM#')(one, all))),
  },
  { name: 'a settlement may end twice', table: unconditional((_one, all) => ends(all)) },
  { name: 'an ended settlement keeps its slots', table: without((one, all) => ends(all) && on('BAG#')(one, all)) },
  {
    name: 'the end of a settlement leaves its row',
    table: without(({ kind, pk }) => kind === 'Update' && pk.startsWith('TX#')),
  },
  { name: 'inbox marks are not written', operations: ['quest'], table: without(on('INBOX#')) },
  { name: 'a mail changes whatever its version is', table: unconditional(on('MAIL#')) },
  {
    name: 'money that staff took out of a mail is still in it',
    operations: ['claw-back-mailed-money'],
    table: without((one, all) => ends(all) && on('MAIL#')(one, all)),
  },
  {
    name: 'a mail is not kept for what staff take out of it',
    operations: ['claw-back-mailed-money', 'take-money'],
    table: without((one, all) => begins(all) && on('MAIL#')(one, all)),
  },
  {
    name: 'what finds no room in a bag is in no mail',
    operations: ['vote'],
    table: without(
      (one, all) => one.kind === 'Put' && on('MAIL#')(one, all) && all.some((other) => on('LOOTROLL#')(other, all)),
    ),
  },
  {
    name: 'a trade changes whatever its revision is',
    operations: ['trade-goods', 'trade-money'],
    table: unconditional(on('TRAD')),
  },
  { name: 'traders’ places are not freed', table: without((one) => one.kind === 'Delete' && on('TRADING#')(one, [])) },
  {
    name: 'a slot of a drop is awarded whatever its state is',
    table: unconditional((one) => on('DROP#')(one, []) || on('ITEM#')(one, [])),
  },
  {
    name: 'quests are rewarded without a look',
    operations: ['quest'],
    table: unconditional(
      (one, all) =>
        all.some((other) => on('CHR#', 'QUEST')(other, all)) && !on('SES#')(one, all) && !on('IDEM#')(one, all),
    ),
  },
  {
    name: 'a box counts mails that have left it',
    table: without((one) => one.kind === 'Update' && on('MAILBOX#', 'BOX')(one, [])),
  },
  { name: 'money that was spent is not told', table: silent(/^CURRENCY_SPENT$/) },
];
