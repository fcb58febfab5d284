import type { IndexName } from './definition.ts';

type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

interface IndexKeySpec {
  readonly pk: string;
  readonly sk: string;
}

/** How one entity is keyed, and why: the access patterns it serves. */
export interface KeySpec extends IndexKeySpec {
  /** `get by id`, `list by owner, newest first` …: every read that relies on this key. */
  readonly access: readonly string[];
  readonly gsi1?: IndexKeySpec;
  readonly gsi2?: IndexKeySpec;
  readonly gsi3?: IndexKeySpec;
}

type Values<Names extends string> = { readonly [N in Names]: string | number };
type PrimaryValues<S extends KeySpec> = Values<Placeholders<S['pk']> | Placeholders<S['sk']>>;
type IndexValues<S> = S extends IndexKeySpec ? Values<Placeholders<S['pk']> | Placeholders<S['sk']>> : never;

export interface EntityKeys<S extends KeySpec> {
  readonly spec: S;
  /** `{ pk, sk }` of the item: also a dynamodb-toolbox `computeKey`. */
  primary(values: PrimaryValues<S>): { pk: string; sk: string };
  /** The item's attributes in one of its indexes, to be stored with it. */
  index<I extends IndexName & keyof S>(index: I, values: IndexValues<S[I]>): Record<`${I}pk` | `${I}sk`, string>;
  /** The partition to query in an index. */
  indexPartition<I extends IndexName & keyof S>(
    index: I,
    values: Values<S[I] extends IndexKeySpec ? Placeholders<S[I]['pk']> : never>,
  ): string;
  /** The partition to query in the table itself. */
  partition(values: Values<Placeholders<S['pk']>>): string;
  /** The part of the sort key before its first placeholder: bounds a `beginsWith` query. */
  readonly sortPrefix: string;
}

/** A domain's keys, by entity. */
export interface DomainKeys {
  readonly domain: string;
  readonly entities: Readonly<Record<string, KeySpec>>;
}

function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined || value === '') throw new TypeError(`key template ${template} lacks a value for ${name}`);
    const text = String(value);
    if (text.includes('#')) throw new TypeError(`key value for ${name} in ${template} may not hold '#'`);
    return text;
  });
}

/**
 * Declares a domain's keys. Templates such as `ACC#{accountId}` are the only place where key text stands; values may
 * not hold `#`, so that no input reaches into another item's key.
 */
export function defineKeys<const D extends string, const E extends Readonly<Record<string, KeySpec>>>(
  domain: D,
  entities: E,
): { readonly [K in keyof E]: EntityKeys<E[K]> } & { readonly registry: DomainKeys } {
  const built = Object.fromEntries(
    Object.entries(entities).map(([name, spec]) => {
      const keys: EntityKeys<KeySpec> = {
        spec,
        primary: (values) => ({ pk: fill(spec.pk, values), sk: fill(spec.sk, values) }),
        index: (index, values) => {
          const template = spec[index]!;
          return { [`${index}pk`]: fill(template.pk, values), [`${index}sk`]: fill(template.sk, values) } as never;
        },
        indexPartition: (index, values) => fill(spec[index]!.pk, values),
        partition: (values) => fill(spec.pk, values),
        sortPrefix: spec.sk.split('{')[0]!,
      };
      return [name, keys];
    }),
  );
  return { ...built, registry: { domain, entities } } as never;
}
