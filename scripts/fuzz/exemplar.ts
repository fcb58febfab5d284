import type { DocumentedOperation } from './operations.ts';
import { diceOf } from './random.ts';
import { settings } from './settings.ts';
import type { Player, Stage } from './stage.ts';
import { type FuzzRequest, validRequest } from './valid-request.ts';

const TRIES = 200;

/** A request with which its rightful caller succeeds, as proof that whoever else is refused is refused for who they are. */
export interface Exemplar {
  readonly caller: Player;
  readonly request: FuzzRequest;
  readonly succeeds: boolean;
}

/** Looks for a request that is answered 2xx at the baseline; the last one tried when there is none. */
export async function exemplarOf(stage: Stage, operation: DocumentedOperation): Promise<Exemplar> {
  const { endpoint } = operation;
  const caller = stage.callerOf(operation);
  const actor = endpoint.auth === 'public' ? undefined : caller.actor;
  let request: FuzzRequest = {};
  for (let index = 0; index < TRIES; index += 1) {
    const dice = diceOf(settings.seed, endpoint.id, 'exemplar', index);
    request = validRequest(operation, dice, stage.supplyFor(operation, caller));
    const { status } = await stage.send(endpoint, request, actor);
    await stage.journal.rewind();
    if (status >= 200 && status < 300) return { caller, request, succeeds: true };
  }
  return { caller, request, succeeds: false };
}
