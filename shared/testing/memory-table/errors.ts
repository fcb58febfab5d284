import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';

const $metadata = { httpStatusCode: 400, attempts: 1 };

/** A request that DynamoDB refuses as malformed. */
export class ValidationError extends DynamoDBServiceException {
  constructor(message: string) {
    super({ name: 'ValidationException', $fault: 'client', message, $metadata });
  }
}

/** The same token was used for another transaction within its ten minutes. */
export class IdempotentParameterMismatchError extends DynamoDBServiceException {
  constructor() {
    super({
      name: 'IdempotentParameterMismatchException',
      $fault: 'client',
      message: 'the token was used with other parameters',
      $metadata,
    });
  }
}

export function conditionFailed(): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata });
}

export type CancellationCode = 'None' | 'ConditionalCheckFailed' | 'ValidationError' | 'TransactionConflict';

/** The codes stand in the order of the actions. */
export function transactionCancelled(codes: readonly CancellationCode[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code) => ({ Code })),
    $metadata,
  });
}
