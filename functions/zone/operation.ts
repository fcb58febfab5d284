import { createOperation, type Operation } from '#shared/events/operation.ts';

/** Starts an operation of the fleet; `cause` is the id of what happened in the zone: a kill, a fight, a character. */
export function zoneOperation(cause: string): Operation {
  return createOperation({ actor: { origin: 'fleet' }, correlationId: cause, causationId: cause });
}
