import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { GameError } from '#shared/contract/errors.ts';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One action of a transaction: any dynamodb-toolbox transaction, or anything else with the item's parameters. */
export interface TransactAction {
  params(): TransactItem & { ToolboxItem?: unknown };
}

/** An action and the refusal that a failed condition of it means. */
export interface GuardedWrite {
  readonly action: TransactAction;
  readonly otherwise: GameError;
}

export type Write = TransactAction | GuardedWrite;

/** Says what it means to the caller when this action's condition does not hold. */
export function guarded(action: TransactAction, otherwise: GameError): GuardedWrite {
  return { action, otherwise };
}

export function actionOf(write: Write): TransactAction {
  return 'action' in write ? write.action : write;
}
