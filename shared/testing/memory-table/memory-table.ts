import { canonicalJson } from '#shared/kernel/canonical-json.ts';
import { clock, MINUTE_MS } from '#shared/kernel/clock.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { applyUpdate } from './apply-update.ts';
import { capacity, readUnits, writeUnits } from './capacity-units.ts';
import {
  type CancellationCode,
  conditionFailed,
  IdempotentParameterMismatchError,
  transactionCancelled,
  ValidationError,
} from './errors.ts';
import { holds, project } from './evaluate.ts';
import {
  Bindings,
  type Condition,
  parseCondition,
  parseProjection,
  parseUpdate,
  type Update,
} from './expression-parser.ts';
import { type QueryInput, type QueryOutput, runQuery, type ScanInput } from './query.ts';
import { type Position, SortedRows } from './sorted-rows.ts';
import { copyOfRow, equal, itemSize, type Row } from './values.ts';

const { partitionKey, sortKey, indexes } = tableDefinition;
const indexKeys = Object.entries(indexes).map(([name, keys]) => ({ name, ...keys }));

const MAX_ITEM_BYTES = 400 * 1_024;
const MAX_TRANSACTION_ACTIONS = 100;
const MAX_BATCH_WRITES = 25;
const MAX_BATCH_GETS = 100;
const TOKEN_LIFE_MS = 10 * MINUTE_MS;

interface Expressions {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}
export interface PutInput extends Expressions {
  readonly Item: Row;
  readonly ReturnValues?: string;
}
export interface UpdateInput extends Expressions {
  readonly Key: Row;
  readonly UpdateExpression?: string;
  readonly ReturnValues?: string;
}
export interface DeleteInput extends Expressions {
  readonly Key: Row;
  readonly ReturnValues?: string;
}
export interface ReadInput {
  readonly Key: Row;
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}
export interface TransactItem {
  readonly Put?: PutInput;
  readonly Update?: UpdateInput;
  readonly Delete?: DeleteInput;
  readonly ConditionCheck?: DeleteInput;
}

/** A change of one item, as the table's stream would tell it. */
export interface StreamRecord {
  readonly key: string;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** What one action does, decided before anything is changed. */
interface Outcome {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  /** Attributes that an update has set, added to, or taken from. */
  readonly updated?: readonly string[] | undefined;
}

/**
 * The project's one table in memory: DynamoDB's semantics as far as the project uses them, held against DynamoDB Local
 * by `differential.int.test.ts`. Every operation is atomic and immediate; indexes are never behind.
 */
export class MemoryTable {
  private readonly rows = new SortedRows();
  private readonly indexed = new Map(indexKeys.map(({ name }) => [name, new SortedRows()]));
  private readonly tokens = new Map<string, { readonly request: string; readonly untilMs: number }>();
  /** Told of every change; unset: nobody listens. */
  onChange: ((change: StreamRecord) => void) | undefined;

  get({ Key, ConsistentRead, ProjectionExpression, ExpressionAttributeNames }: ReadInput) {
    assertKey(Key);
    const row = this.read(Key);
    const bindings = new Bindings(ExpressionAttributeNames);
    const paths = ProjectionExpression ? parseProjection(ProjectionExpression, bindings) : undefined;
    bindings.assertAllUsed();
    return {
      ...(row ? { Item: paths ? project(row, paths) : copyOfRow(row) } : {}),
      ConsumedCapacity: capacity(readUnits(row ? itemSize(row) : 0, ConsistentRead ?? false)),
    };
  }

  put(input: PutInput) {
    const outcome = this.decidePut(input);
    return { ...returned(input.ReturnValues, outcome), ...this.apply(outcome) };
  }

  update(input: UpdateInput) {
    const outcome = this.decideUpdate(input);
    return { ...returned(input.ReturnValues, outcome), ...this.apply(outcome) };
  }

  delete(input: DeleteInput) {
    const outcome = this.decideDelete(input);
    return { ...returned(input.ReturnValues, outcome), ...this.apply(outcome) };
  }

  query(input: QueryInput): QueryOutput {
    const index = input.IndexName;
    const keys = index === undefined ? { partitionKey, sortKey } : indexKeys.find(({ name }) => name === index);
    const rows = index === undefined ? this.rows : this.indexed.get(index);
    if (!keys || !rows) throw new ValidationError(`The table does not have the specified index: ${index}`);
    if (index !== undefined && input.ConsistentRead) {
      throw new ValidationError('Consistent reads are not supported on global secondary indexes');
    }
    return runQuery(rows, keys, input);
  }

  /** Everything, at once: the table of a test is small. */
  scan({ ExclusiveStartKey }: ScanInput) {
    const Items = ExclusiveStartKey ? [] : this.all();
    return { Items, Count: Items.length, ScannedCount: Items.length, ConsumedCapacity: capacity(1) };
  }

  batchGet(requests: { readonly Keys: readonly Row[]; readonly ConsistentRead?: boolean }): {
    Items: Row[];
    units: number;
  } {
    if (requests.Keys.length > MAX_BATCH_GETS) throw new ValidationError('Too many items requested for the BatchGet');
    assertDistinct(requests.Keys);
    let units = 0;
    const Items = requests.Keys.flatMap((Key) => {
      assertKey(Key);
      const row = this.read(Key);
      if (row) units += readUnits(itemSize(row), requests.ConsistentRead ?? false);
      return row ? [copyOfRow(row)] : [];
    });
    return { Items, units };
  }

  batchWrite(requests: readonly { PutRequest?: { Item: Row }; DeleteRequest?: { Key: Row } }[]): number {
    if (requests.length > MAX_BATCH_WRITES) throw new ValidationError('Too many items in the BatchWriteItem');
    assertDistinct(requests.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest!.Key));
    return requests.reduce((units, { PutRequest, DeleteRequest }) => {
      const outcome = PutRequest ? this.decidePut({ Item: PutRequest.Item }) : this.decideDelete(DeleteRequest!);
      return units + this.apply(outcome).ConsumedCapacity.CapacityUnits;
    }, 0);
  }

  /** All or nothing. */
  transactWrite(actions: readonly TransactItem[], token: string | undefined) {
    if (actions.length === 0 || actions.length > MAX_TRANSACTION_ACTIONS) {
      throw new ValidationError(`Member must have length between 1 and ${MAX_TRANSACTION_ACTIONS}`);
    }
    const keys = actions.map(({ Put, Update, Delete, ConditionCheck }) => {
      const key = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key;
      if (!key) throw new ValidationError('A transaction item has exactly one action');
      return key;
    });
    assertDistinct(keys);
    const request = token === undefined ? '' : canonicalJson(actions.map(plain));
    if (token !== undefined) {
      const known = this.tokens.get(token);
      if (known && known.untilMs > clock.nowMs()) {
        if (known.request !== request) throw new IdempotentParameterMismatchError();
        return { ConsumedCapacity: [capacity(0)] };
      }
    }
    const codes: CancellationCode[] = [];
    const outcomes = actions.map((action) => {
      try {
        const outcome = this.decide(action);
        codes.push('None');
        return outcome;
      } catch (error) {
        codes.push(cancellationOf(error));
        return undefined;
      }
    });
    if (codes.some((code) => code !== 'None')) throw transactionCancelled(codes);
    let units = 0;
    for (const outcome of outcomes) units += 2 * this.apply(outcome!).ConsumedCapacity.CapacityUnits;
    if (token !== undefined) this.tokens.set(token, { request, untilMs: clock.nowMs() + TOKEN_LIFE_MS });
    return { ConsumedCapacity: [capacity(units)] };
  }

  transactGet(reads: readonly { readonly Get: ReadInput }[]) {
    assertDistinct(reads.map(({ Get }) => Get.Key));
    return {
      Responses: reads.map(({ Get }) => {
        const { Item } = this.get(Get);
        return Item ? { Item } : {};
      }),
    };
  }

  /** A copy of every item. */
  all(): Row[] {
    return [...this.rows.all()].map(copyOfRow);
  }

  private read(key: Row): Row | undefined {
    return this.rows.get(String(key[partitionKey]), String(key[sortKey]));
  }

  private decide({ Put, Update, Delete, ConditionCheck }: TransactItem): Outcome {
    if (Put) return this.decidePut(Put);
    if (Update) return this.decideUpdate(Update);
    if (Delete) return this.decideDelete(Delete);
    const before = this.check(ConditionCheck!, ConditionCheck!.Key);
    return { before, after: before };
  }

  private decidePut(input: PutInput): Outcome {
    const after = copyOfRow(input.Item);
    assertItem(after);
    return { before: this.check(input, after), after };
  }

  private decideUpdate(input: UpdateInput): Outcome {
    assertKey(input.Key);
    const bindings = bindingsOf(input);
    const condition = conditionOf(input, bindings);
    const update = input.UpdateExpression ? parseUpdate(input.UpdateExpression, bindings) : undefined;
    bindings.assertAllUsed();
    const before = this.read(input.Key);
    if (condition && !holds(before ?? {}, condition)) throw conditionFailed();
    if (update && changesKey(update)) throw new ValidationError('Cannot update an attribute that is part of the key');
    const base = before ?? { [partitionKey]: input.Key[partitionKey], [sortKey]: input.Key[sortKey] };
    const after = update ? applyUpdate(base, update) : copyOfRow(base);
    assertItem(after);
    return { before, after, updated: update && updatedNames(update) };
  }

  private decideDelete(input: DeleteInput): Outcome {
    return { before: this.check(input, input.Key), after: undefined };
  }

  /** The item before, when the condition holds of it. */
  private check(input: Expressions, key: Row): Row | undefined {
    assertKey(key);
    const bindings = bindingsOf(input);
    const condition = conditionOf(input, bindings);
    bindings.assertAllUsed();
    const before = this.read(key);
    if (condition && !holds(before ?? {}, condition)) throw conditionFailed();
    return before;
  }

  private apply({ before, after }: Outcome) {
    const key = (after ?? before) as Row | undefined;
    let units = writeUnits(before, after);
    if (key && before !== after) {
      const [pk, sk] = [String(key[partitionKey]), String(key[sortKey])];
      if (after) this.rows.put(pk, { sortKey: sk, tieBreak: '' }, after);
      else this.rows.delete(pk, { sortKey: sk, tieBreak: '' });
      for (const keys of indexKeys) units += this.reindex(keys, before, after);
      this.onChange?.({ key: `${pk}|${sk}`, before, after });
    }
    return { ConsumedCapacity: capacity(units) };
  }

  private reindex(
    { name, ...keys }: { name: string; partitionKey: string; sortKey: string },
    before: Row | undefined,
    after: Row | undefined,
  ): number {
    const rows = this.indexed.get(name)!;
    const was = before && entryOf(before, keys);
    const is = after && entryOf(after, keys);
    if (was) rows.delete(was.partition, was.position);
    if (is) rows.put(is.partition, is.position, after);
    if (!was && !is) return 0;
    const moved = was && is && !equal(was, is);
    if (was && is && !moved) return equal(before, after) ? 0 : writeUnits(before, after);
    return (was ? writeUnits(before, undefined) : 0) + (is ? writeUnits(undefined, after) : 0);
  }
}

function entryOf(row: Row, keys: { partitionKey: string; sortKey: string }) {
  const [partition, sort] = [row[keys.partitionKey], row[keys.sortKey]];
  if (typeof partition !== 'string' || typeof sort !== 'string') return undefined;
  const position: Position = { sortKey: sort, tieBreak: `${row[partitionKey]}|${row[sortKey]}` };
  return { partition, position };
}

const bindingsOf = (input: Expressions): Bindings =>
  new Bindings(input.ExpressionAttributeNames, input.ExpressionAttributeValues);

function conditionOf(input: Expressions, bindings: Bindings): Condition | undefined {
  return input.ConditionExpression === undefined ? undefined : parseCondition(input.ConditionExpression, bindings);
}

function cancellationOf(error: unknown): CancellationCode {
  if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return 'ConditionalCheckFailed';
  if (error instanceof ValidationError && !/defined|syntax|key schema/i.test(error.message)) return 'ValidationError';
  throw error;
}

function changesKey({ set, remove, add, delete: deleted }: Update): boolean {
  const paths = [...set, ...add, ...deleted].map(({ path }) => path).concat(remove);
  return paths.some(([name]) => name === partitionKey || name === sortKey);
}

function returned(wanted: string | undefined, { before, after, updated = [] }: Outcome): { Attributes?: Row } {
  switch (wanted) {
    case 'ALL_OLD':
      return before ? { Attributes: copyOfRow(before) } : {};
    case 'ALL_NEW':
      return after ? { Attributes: copyOfRow(after) } : {};
    case 'UPDATED_NEW': {
      const there = updated.filter((name) => after?.[name] !== undefined);
      return there.length > 0
        ? { Attributes: copyOfRow(Object.fromEntries(there.map((name) => [name, after![name]]))) }
        : {};
    }
    case undefined:
    case 'NONE':
      return {};
    default:
      throw new ValidationError(`the memory table does not return ${wanted}`);
  }
}

function updatedNames({ set, add, delete: deleted }: Update): readonly string[] {
  return [...set, ...add, ...deleted].map(({ path }) => String(path[0]));
}

function assertKey(key: Row): void {
  for (const name of [partitionKey, sortKey]) {
    const value = key[name];
    if (typeof value !== 'string') throw new ValidationError('The provided key element does not match the key schema');
    if (value === '') throw new ValidationError(`One or more parameter values are not valid: empty key ${name}`);
  }
}

function assertItem(row: Row): void {
  assertKey(row);
  for (const { name, ...keys } of indexKeys) {
    for (const attribute of [keys.partitionKey, keys.sortKey]) {
      const value = row[attribute];
      if (value !== undefined && (typeof value !== 'string' || value === '')) {
        throw new ValidationError(`Type mismatch or empty value for index key ${attribute} of ${name}`);
      }
    }
  }
  assertNoEmptySet(row);
  if (itemSize(row) > MAX_ITEM_BYTES) throw new ValidationError('Item size has exceeded the maximum allowed size');
}

function assertNoEmptySet(value: unknown): void {
  if (value instanceof Set) {
    if (value.size === 0) throw new ValidationError('An empty set is not allowed');
  } else if (Array.isArray(value)) {
    value.forEach(assertNoEmptySet);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    for (const one of Object.values(value)) assertNoEmptySet(one);
  }
}

function assertDistinct(keys: readonly Row[]): void {
  const distinct = new Set(keys.map((key) => `${key[partitionKey]}|${key[sortKey]}`));
  if (distinct.size < keys.length) {
    throw new ValidationError('Transaction request cannot include multiple operations on one item');
  }
}

/** A form of a request that can be compared: sets as lists. */
function plain(value: unknown): unknown {
  if (value instanceof Set) return [...value].map(plain).sort();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, plain(one)]])),
  );
}
