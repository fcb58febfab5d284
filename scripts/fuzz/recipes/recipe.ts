import { createOperation } from '#shared/events/operation.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import type { Player, Stage } from '../stage.ts';

export type KnownValues = Readonly<Record<string, readonly unknown[]>>;

/** What a recipe has made ready for its endpoints. */
export interface Precondition {
  /** Name of the player who calls; unset: Ana, or the administrator where a role is needed. */
  readonly caller?: string;
  /** Who the caller is for these endpoints, when not as cast. */
  readonly actor?: Actor;
  /** Values that only this preparation knows, by the name of the field that takes them; a function when they age. */
  readonly values?: KnownValues | (() => KnownValues);
}

/**
 * A state of the world that valid requests alone do not reach. It is made once, before the baseline: every case of the
 * endpoints meets it fresh.
 */
export interface Recipe {
  readonly name: string;
  /** Endpoints that take its values; unset: the state is for everybody. */
  readonly endpoints?: readonly string[];
  /** It stands beside the one before it: cases of its endpoints take them in turn. */
  readonly isAlternative?: true;
  prepare(stage: Stage): Promise<Precondition | undefined>;
}

/** The same player in a session of its own, in which they have not proven themselves again. */
export function unproven({ world }: Stage, { actor }: Player): Promise<Actor> {
  return world.openSession({ ...actor, sessionId: createId('ses') });
}

/** Commits what a domain's public functions have prepared. */
export async function commit(changes: Parameters<ReturnType<typeof createOperation>['commit']>[0]): Promise<void> {
  await createOperation({ actor: { origin: 'test' }, correlationId: 'fuzz', causationId: 'fuzz' }).commit(changes);
}
