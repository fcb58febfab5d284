import type * as z from 'zod';
import { type Endpoint, isStaff } from '#shared/contract/endpoint.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import type { StepUpProof } from '#shared/runtime/step-up-guard.ts';
import type { CallOptions } from './invocations.ts';
import { sampleFromSchema } from './sample-from-schema.ts';

/** A hostile or careless request, and the only answers that are right for it. */
export interface NegativeCase {
  readonly name: string;
  readonly request: CallOptions;
  /** Any of these codes. */
  readonly codes: readonly string[];
  /** With what the caller has stepped up, where the endpoint asks for that; unset: as it should be. */
  readonly stepUp?: StepUpProof;
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A request that an endpoint accepts as far as its declaration tells: its ids are well-formed and name nothing. */
export function wellFormed(endpoint: Endpoint, actor: Actor): CallOptions {
  const params =
    endpoint.params && (sampleFromSchema(endpoint.params, `${endpoint.id} params`) as Record<string, string>);
  const body = endpoint.body && sampleFromSchema(endpoint.body, `${endpoint.id} body`);
  return {
    ...(params ? { params } : {}),
    ...(body === undefined ? {} : { body }),
    ...(endpoint.auth === 'public' ? {} : { actor }),
    ...(endpoint.idempotency === 'key' ? { idempotencyKey: createId('opr') } : {}),
  };
}

/** Requests derived from a declaration that its endpoint must refuse without any change of state. */
export function negativeCases(endpoint: Endpoint, actor: Actor): NegativeCase[] {
  const valid = wellFormed(endpoint, actor);
  const { params, body } = valid;
  const cases: NegativeCase[] = [];
  const refuse = (name: string, change: Partial<CallOptions>, ...codes: string[]) =>
    cases.push({ name, request: { ...valid, ...change }, codes });

  if (endpoint.auth !== 'public') {
    const { actor: _nobody, ...anonymous } = valid;
    cases.push({ name: 'no authenticated caller', request: anonymous, codes: ['auth.unauthenticated'] });
  }
  if (endpoint.stepUp) {
    refuse('no step-up', { actor: { ...actor, sessionId: createId('ses') } }, 'auth.step_up_required');
    if (endpoint.stepUp === true && isStaff(actor.roles)) {
      const codes = ['auth.second_factor_required'];
      cases.push({ name: 'a step-up of staff by password alone', request: valid, codes, stepUp: 'password' });
    }
  }
  if (endpoint.roles) refuse('a role too low', { actor: { ...actor, roles: ['player'] } }, 'auth.forbidden');
  if (endpoint.auth === 'character') {
    refuse('no character selected', { actor: { ...actor, characterId: undefined } }, 'auth.no_character');
  }
  refuse('an unknown query parameter', { query: { surprise: '1' } }, 'request.invalid');
  if (endpoint.body) {
    const invalid = (name: string, value: unknown) => refuse(name, { body: value }, 'request.invalid');
    refuse('no body', { body: '' }, 'request.invalid');
    invalid('a body that is not JSON', '{"open');
    invalid('a body of another type', 'null');
    refuse(
      'an oversized body',
      { body: JSON.stringify({ filler: 'x'.repeat(endpoint.bodyLimitBytes ?? 16_384) }) },
      'request.body_too_large',
    );
    refuse(
      'a body of another media type',
      { headers: { 'content-type': 'text/plain' } },
      'request.unsupported_media_type',
    );
    if (isFields(body)) {
      invalid('an unknown field', { ...body, surprise: true });
      for (const field of Object.keys(body)) {
        invalid(`${field} of a wrong type`, { ...body, [field]: { wrong: [true] } });
        const emptied = { ...body, [field]: null };
        if (!isOptional(endpoint.body, emptied)) invalid(`${field} null`, emptied);
        const { [field]: _left, ...rest } = body;
        if (!isOptional(endpoint.body, rest)) invalid(`${field} missing`, rest);
      }
    }
  } else {
    refuse('a body where none belongs', { body: { surprise: true } }, 'request.invalid');
  }
  for (const name of Object.keys(params ?? {})) {
    const shape = (endpoint.params as z.ZodObject).shape[name] as z.ZodType;
    for (const bad of ['x'.repeat(300), '../../etc/passwd', "1' OR '1'='1", 'ACC#1']) {
      if (!shape.safeParse(bad).success) {
        refuse(`${name} = ${bad.slice(0, 20)}`, { params: { ...params, [name]: bad } }, 'request.invalid');
      }
    }
  }
  if (endpoint.idempotency === 'key') {
    const { idempotencyKey: _none, ...keyless } = valid;
    cases.push({ name: 'no idempotency key', request: keyless, codes: ['request.idempotency_key_missing'] });
    refuse('a malformed idempotency key', { idempotencyKey: 'a#b' }, 'request.invalid');
  }
  // Well-formed ids of things that do not exist, or are not the caller's: whatever the endpoint declares, but a refusal.
  // What staff name by a word of the content, such as a realm, is everybody's.
  const namesContent = endpoint.roles && !Object.values(params ?? {}).some((value) => /^[a-z]{3}_/.test(String(value)));
  if (params && !namesContent && endpoint.errors.length > 0) {
    refuse('things that are not the caller’s', {}, ...endpoint.errors, 'request.not_found', 'auth.session_ended');
  }
  return cases;
}

function isOptional(schema: z.ZodType, value: unknown): boolean {
  return schema.safeParse(value).success;
}
