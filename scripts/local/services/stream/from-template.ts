import { z } from 'zod';
import type { LocalContext, ResolvedResource } from '../../service.ts';
import { FilterCriteria } from '../filter-criteria.ts';
import type { SqsService } from '../queue/sqs-service.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import { StreamEventSource } from './stream-event-source.ts';

/** Known properties only: a tumbling window, for example, would be an error at start. */
const Mapping = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  BatchSize: z.number().optional(),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  ParallelizationFactor: z.number().int().min(1).max(10).default(1),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.number().optional(),
  MaximumRecordAgeInSeconds: z.number().optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: FilterCriteria.optional(),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
  Tags: z.unknown().optional(),
});

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));

/** The functions' pollers on the tables' streams. */
export function streamSourcesFromTemplate(
  context: LocalContext,
  sqs: SqsService,
  checkpoints: CheckpointFile | undefined,
): StreamEventSource[] {
  const mappings = context.registry.ofType('AWS::Lambda::EventSourceMapping');
  return mappings.flatMap((mapping) => {
    const [, tableArn] =
      /^(arn:[^:]+:dynamodb:.+:table\/[^/]+)\/stream\//.exec(String(mapping.properties.EventSourceArn)) ?? [];
    return tableArn === undefined
      ? []
      : [streamSource(context, sqs, checkpoints, mapping, context.registry.get(tableArn, mapping.id))];
  });
}

function streamSource(
  context: LocalContext,
  sqs: SqsService,
  checkpoints: CheckpointFile | undefined,
  mapping: ResolvedResource,
  table: ResolvedResource,
): StreamEventSource {
  const { registry, region, clock, invokeLambda, ports, options } = context;
  const properties = Mapping.parse(mapping.properties);
  const destination = properties.DestinationConfig?.OnFailure?.Destination;
  const deadLetters = destination === undefined ? undefined : sqs.byArn(destination);
  if (destination !== undefined && !deadLetters)
    throw new Error(`${mapping.id}: a failure destination other than SQS is not known locally`);
  return new StreamEventSource({
    id: `${mapping.stack}.${mapping.id}`,
    endpoint: `http://127.0.0.1:${ports.of('dynamodb')}`,
    eventSourceArn: properties.EventSourceArn,
    tableName: table.ref,
    partitionKey: KeySchema.parse(table.properties.KeySchema).find(({ KeyType }) => KeyType === 'HASH')!.AttributeName,
    functionName: registry.get(properties.FunctionName, mapping.id).ref,
    region,
    invoke: invokeLambda,
    // DynamoDB Local stamps records with the machine's time: a moved clock must not make them old.
    nowMs: () => clock.nowMs() - clock.offsetMs(),
    startingPosition: properties.StartingPosition,
    batchingWindowMs: properties.MaximumBatchingWindowInSeconds * 1_000,
    parallelization: properties.ParallelizationFactor,
    bisectOnError: properties.BisectBatchOnFunctionError,
    reportBatchItemFailures: properties.FunctionResponseTypes.length > 0,
    maxRetries: properties.MaximumRetryAttempts,
    maxRecordAgeSeconds: properties.MaximumRecordAgeInSeconds,
    deliverTwice: options.deliverTwice,
    filters: properties.FilterCriteria,
    onFailureDestination: deadLetters && ((note) => void deadLetters.send({ body: note })),
    onFailure: (message) => context.log('streams', message),
    checkpoints,
    ...(properties.BatchSize === undefined ? {} : { batchSize: properties.BatchSize }),
  });
}
