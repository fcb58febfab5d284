import type * as z from 'zod';
import { createId } from '#shared/kernel/ids.ts';
import { sampleFromSchema } from '#shared/testing/sample-from-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import type { DocumentedOperation } from './operations.ts';
import type { Dice } from './random.ts';
import { generate, type Supply } from './values.ts';

/** A request as `TestWorld.call` takes it, apart from who sends it. */
export interface FuzzRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
}

const TRIES = 20;

/** Values that the document allows and the contract refuses, by endpoint: what the document fails to say. */
export const underSpecified = new Map<string, { tried: number; refused: number }>();

function countTry(id: string, accepted: boolean): void {
  const count = underSpecified.get(id) ?? { tried: 0, refused: 0 };
  underSpecified.set(id, { tried: count.tried + 1, refused: count.refused + (accepted ? 0 : 1) });
}

/** Paths and queries are text, and no client can write half a surrogate pair into one. */
function asText(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([name, field]) => [name, String(field).toWellFormed()]),
  );
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function part<T>(
  id: string,
  schema: JsonSchema,
  contract: z.ZodType,
  spell: (value: unknown) => T,
  dice: Dice,
  supply: Supply,
): T {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const value = spell(generate(schema, dice, supply));
    const accepted = contract.safeParse(value).success;
    countTry(id, accepted);
    if (accepted) return value;
  }
  return spell(sampleFromSchema(contract, id));
}

/** A request that both the API reference and the contract find flawless. */
export function validRequest(operation: DocumentedOperation, dice: Dice, supply: Supply): FuzzRequest {
  const { endpoint, params, query, body } = operation;
  return {
    ...(params && endpoint.params ? { params: part(endpoint.id, params, endpoint.params, asText, dice, supply) } : {}),
    ...(query && endpoint.query ? { query: part(endpoint.id, query, endpoint.query, asText, dice, supply) } : {}),
    ...(body && endpoint.body ? { body: part(endpoint.id, body, endpoint.body, throughJson, dice, supply) } : {}),
    ...(endpoint.idempotency === 'key' ? { idempotencyKey: createId('opr') } : {}),
  };
}
