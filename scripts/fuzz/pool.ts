import { type JsonSchema, violations } from './json-schema.ts';
import { resolve } from './operations.ts';
import type { Dice } from './random.ts';

const ID = /^([a-z]{3})_[0-9A-HJKMNP-TV-Z]{26}$/;
const ID_PATTERN = /^\^([a-z]{3})_\[0-9A-HJKMNP-TV-Z\]\{26\}\$$/;
const MOST_VALUES = 40;

/** Names under which a request asks for what replies give under another. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  cursor: ['nextCursor'],
  upTo: ['position'],
  characterName: ['name'],
};

/** The kind of id that a schema asks for. */
export function idKindOf(schema: JsonSchema): string | undefined {
  return schema.pattern === undefined ? undefined : ID_PATTERN.exec(schema.pattern)?.[1];
}

/** Values that replies have given: ids by their kind, everything by the name of its field. */
export class Pool {
  readonly #byName = new Map<string, unknown[]>();
  readonly #byKind = new Map<string, string[]>();
  /** Answers given before, until a value is added: most pools are asked the same again and again. */
  #answers = new WeakMap<JsonSchema, Map<string, unknown[]>>();

  /** A pool that begins with the same values and goes its own way. */
  clone(): Pool {
    const copy = new Pool();
    for (const [name, values] of this.#byName) copy.#byName.set(name, [...values]);
    for (const [kind, ids] of this.#byKind) copy.#byKind.set(kind, [...ids]);
    return copy;
  }

  add(name: string, value: unknown): void {
    this.#answers = new WeakMap();
    remember(this.#byName, name, value);
    const kind = typeof value === 'string' ? ID.exec(value)?.[1] : undefined;
    if (kind) remember(this.#byKind, kind, value as string);
  }

  /** Takes in every field of a reply, however deep. */
  harvest(value: unknown, name = ''): void {
    if (Array.isArray(value)) for (const entry of value) this.harvest(entry, name);
    else if (typeof value === 'object' && value !== null) {
      for (const [field, inner] of Object.entries(value)) this.harvest(inner, field);
    } else if (value !== null && value !== undefined && name !== '') this.add(name, value);
  }

  /** One of the values that this field accepts, if any has been seen. */
  pick(name: string, schema: JsonSchema, dice: Dice): unknown {
    const candidates = this.candidates(name, schema);
    return candidates.length === 0 ? undefined : dice.pick(candidates);
  }

  /** Every value seen that a field of this name and schema accepts. */
  candidates(name: string, schema: JsonSchema): unknown[] {
    const ofSchema = this.#answers.get(schema) ?? new Map<string, unknown[]>();
    const answer = ofSchema.get(name) ?? this.#search(name, schema);
    this.#answers.set(schema, ofSchema.set(name, answer));
    return answer;
  }

  #search(name: string, schema: JsonSchema): unknown[] {
    const kind = idKindOf(schema);
    const all = [
      ...(this.#byName.get(name) ?? []),
      ...(ALIASES[name] ?? []).flatMap((alias) => this.#byName.get(alias) ?? []),
      ...(kind ? (this.#byKind.get(kind) ?? []) : []),
    ];
    return [...new Set(all)].filter((value) => violations(schema, value, resolve).length === 0);
  }

  idsOf(kind: string): readonly string[] {
    return this.#byKind.get(kind) ?? [];
  }
}

function remember<T>(into: Map<string, T[]>, key: string, value: T): void {
  const known = into.get(key) ?? [];
  if (known.includes(value)) return;
  known.push(value);
  if (known.length > MOST_VALUES) known.shift();
  into.set(key, known);
}
