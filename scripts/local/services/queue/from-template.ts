import { z } from 'zod';
import type { LocalContext } from '../../service.ts';
import { FilterCriteria } from '../filter-criteria.ts';
import { Queue } from './queue.ts';
import { QueueEventSource } from './queue-event-source.ts';
import { SqsService } from './sqs-service.ts';

/** A failed message comes again after this time where AWS would wait for the visibility timeout, often minutes. */
const RETRY_AFTER_MS = 1_000;

/** Known properties only; those that shape nothing on one machine are named last. */
const QueueProperties = z.strictObject({
  QueueName: z.string().optional(),
  FifoQueue: z.literal(false, { error: 'FIFO queues are not known locally' }).optional(),
  VisibilityTimeout: z.number().optional(),
  DelaySeconds: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  MaximumMessageSize: z.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  RedrivePolicy: z
    .object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int().positive() })
    .optional(),
  RedriveAllowPolicy: z.unknown().optional(),
  SqsManagedSseEnabled: z.unknown().optional(),
  KmsMasterKeyId: z.unknown().optional(),
  KmsDataKeyReusePeriodSeconds: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

const MappingProperties = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.number().optional(),
  MaximumBatchingWindowInSeconds: z.number().optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.number().optional() }).optional(),
  FilterCriteria: FilterCriteria.optional(),
  Tags: z.unknown().optional(),
});

/** Every queue of the templates behind one endpoint. Dead-letter queues are exempt from double delivery. */
export function sqsFromTemplate(context: LocalContext): SqsService {
  const resources = context.registry
    .ofType('AWS::SQS::Queue')
    .map((resource) => ({ resource, properties: QueueProperties.parse(resource.properties) }));
  const deadLetterArns = new Set(resources.map(({ properties }) => properties.RedrivePolicy?.deadLetterTargetArn));
  const queues = resources.map(({ resource, properties }) => {
    const { Arn: arn, QueueName: name } = resource.attributes;
    const { RedrivePolicy: redrive } = properties;
    return new Queue({
      name: name!,
      arn: arn!,
      url: resource.ref,
      nowMs: context.clock.nowMs,
      deliverTwice: context.options.deliverTwice && !deadLetterArns.has(arn),
      ...given('visibilityTimeoutSeconds', properties.VisibilityTimeout),
      ...given('delaySeconds', properties.DelaySeconds),
      ...given('retentionSeconds', properties.MessageRetentionPeriod),
      ...given('maxMessageBytes', properties.MaximumMessageSize),
      ...given('receiveWaitSeconds', properties.ReceiveMessageWaitTimeSeconds),
      ...(redrive
        ? { redrive: { deadLetterArn: redrive.deadLetterTargetArn, maxReceiveCount: redrive.maxReceiveCount } }
        : {}),
    });
  });
  return new SqsService({ port: context.ports.of('sqs'), queues });
}

/** The functions' pollers on those queues. */
export function queueSourcesFromTemplate(
  context: LocalContext,
  sqs: SqsService,
): { readonly queueArn: string; readonly source: QueueEventSource }[] {
  const mappings = context.registry
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => sqs.byArn(String(properties.EventSourceArn)));
  return mappings.map((mapping) => {
    const properties = MappingProperties.parse(mapping.properties);
    const queue = sqs.byArn(properties.EventSourceArn)!;
    const source = new QueueEventSource({
      queue,
      functionName: context.registry.get(properties.FunctionName, mapping.id).ref,
      region: context.region,
      invoke: context.invokeLambda,
      retryAfterMs: RETRY_AFTER_MS,
      reportBatchItemFailures: properties.FunctionResponseTypes.length > 0,
      onFailure: (message) => context.log('queues', message),
      ...given('batchSize', properties.BatchSize),
      ...given(
        'batchingWindowMs',
        properties.MaximumBatchingWindowInSeconds && properties.MaximumBatchingWindowInSeconds * 1_000,
      ),
      ...given('maxConcurrency', properties.Enabled ? properties.ScalingConfig?.MaximumConcurrency : 0),
      ...given('filters', properties.FilterCriteria),
    });
    return { queueArn: properties.EventSourceArn, source };
  });
}

function given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: V });
}
