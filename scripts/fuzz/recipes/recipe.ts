import { createOperation } from '#shared/events/operation.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import type { Stage } from '../stage.ts';

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
  prepare(stage: Stage): Promise<Precondition | undefined>;
}

/** Commits what a domain's public functions have prepared. */
export async function commit(changes: Parameters<ReturnType<typeof createOperation>['commit']>[0]): Promise<void> {
  await createOperation({ actor: { origin: 'test' }, correlationId: 'fuzz', causationId: 'fuzz' }).commit(changes);
}
