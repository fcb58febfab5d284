import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ResourceNotFoundException,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from './attribute-values.ts';

const REFUSED = { httpStatusCode: 400, requestId: 'MEMORY', attempts: 1, totalRetryDelay: 0 } as const;

/** What the service answers a request that makes no sense to it. The SDK has no class of its own for this one. */
export function validationError(message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({ name: 'ValidationException', message, $fault: 'client', $metadata: REFUSED });
}

export function isValidationError(error: unknown): error is DynamoDBServiceException {
  return error instanceof DynamoDBServiceException && error.name === 'ValidationException';
}

/** A reason of a cancelled transaction; the item is told where the action asked for it. The SDK leaves it marshalled. */
export function reasonOf(code: string, message: string | undefined, item?: Item): CancellationReason {
  return {
    ...(item ? { Item: marshall(item) } : {}),
    Code: code,
    ...(message === undefined ? {} : { Message: message }),
  };
}

export const CONDITION_FAILED = 'The conditional request failed';

export function conditionFailed(item: Item | undefined): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({
    message: CONDITION_FAILED,
    $metadata: REFUSED,
    ...(item ? { Item: marshall(item) } : {}),
  });
}

export function transactionCanceled(reasons: CancellationReason[]): TransactionCanceledException {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
    $metadata: REFUSED,
  });
}

/** Errors that a caller may inject, by the name under which the SDK throws them. */
const injectable = {
  IdempotentParameterMismatchException,
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ResourceNotFoundException,
  ThrottlingException,
  TransactionConflictException,
  TransactionInProgressException,
} as const;

export type ServiceErrorName = keyof typeof injectable;

export function serviceError(name: ServiceErrorName, message: string): DynamoDBServiceException {
  return new injectable[name]({ message, $metadata: REFUSED });
}
