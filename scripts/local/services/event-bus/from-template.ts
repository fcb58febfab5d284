import { z } from 'zod';
import type { LocalContext, ResolvedResource } from '../../service.ts';
import type { SqsService } from '../queue/sqs-service.ts';
import type { Schedule } from '../scheduler/scheduler-service.ts';
import { EventBusService } from './event-bus-service.ts';
import { type DeliveryOptions, lambdaTarget, queueTarget, type Target } from './rule-target.ts';

const Arn = z.object({ Arn: z.string() });

/** A target with its known parameters only: one that transforms the event, for example, is an error at start. */
const RuleTarget = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  RoleArn: z.string().optional(),
  Input: z.string().optional(),
  InputPath: z
    .string()
    .regex(/^\$(\.[\w-]+)*$/)
    .optional(),
  DeadLetterConfig: Arn.optional(),
  RetryPolicy: z.object({ MaximumRetryAttempts: z.number().optional() }).optional(),
});

const Rule = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).default('ENABLED'),
  Targets: z.array(RuleTarget).default([]),
});

const Archive = z.object({
  SourceArn: z.string(),
  ArchiveName: z.string().optional(),
  EventPattern: z.unknown().optional(),
});

/** The buses, rules and archives of the templates. */
export function eventBusFromTemplate(
  context: LocalContext,
  sqs: SqsService,
  archiveFolder: string | undefined,
): EventBusService {
  const { registry, region, accountId, clock, ports } = context;
  const rules = registry
    .ofType('AWS::Events::Rule')
    .map((resource) => ({ resource, properties: Rule.parse(resource.properties) }));
  return new EventBusService({
    port: ports.of('events'),
    buses: registry.ofType('AWS::Events::EventBus').map(({ ref }) => ref),
    rules: rules
      .filter(({ properties }) => properties.EventPattern !== undefined)
      .map(({ resource, properties }) => ({
        name: resource.ref,
        busName: busName(properties.EventBusName),
        pattern: properties.EventPattern,
        enabled: properties.State !== 'DISABLED',
        targets: properties.Targets.map((target) => ruleTarget(context, sqs, resource, target)),
      })),
    archives: registry.ofType('AWS::Events::Archive').map((resource) => {
      const { SourceArn, ArchiveName, EventPattern } = Archive.parse(resource.properties);
      return {
        name: ArchiveName ?? resource.id,
        busName: busName(SourceArn),
        ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
      };
    }),
    ...(archiveFolder === undefined ? {} : { archiveFolder }),
    region,
    accountId,
    nowMs: clock.nowMs,
  });
}

/** Rules with a schedule in place of a pattern: one schedule per target. */
export function scheduledRules(context: LocalContext, sqs: SqsService): Schedule[] {
  return context.registry.ofType('AWS::Events::Rule').flatMap((resource) => {
    const { ScheduleExpression, State, Targets } = Rule.parse(resource.properties);
    if (ScheduleExpression === undefined) return [];
    return Targets.map((target) => ({
      name: resource.ref,
      arn: resource.attributes.Arn!,
      expression: ScheduleExpression,
      enabled: State !== 'DISABLED',
      source: 'aws.events' as const,
      ...ruleTarget(context, sqs, resource, target),
    }));
  });
}

function ruleTarget(
  context: LocalContext,
  sqs: SqsService,
  rule: ResolvedResource,
  target: z.output<typeof RuleTarget>,
): DeliveryOptions & { readonly target: Target } {
  const deadLetterArn = target.DeadLetterConfig?.Arn;
  return {
    target: targetByArn(context, sqs, target.Arn, rule.id),
    input: target.Input,
    inputPath: target.InputPath,
    maxRetries: target.RetryPolicy?.MaximumRetryAttempts,
    deadLetters: deadLetterArn === undefined ? undefined : sqs.byArn(deadLetterArn),
    onFailure: (message) => context.log('events', `${rule.id}: ${message}`),
  };
}

/** The queue or function behind an ARN; other kinds of targets are an error at start. */
export function targetByArn(context: LocalContext, sqs: SqsService, arn: string, wantedBy: string): Target {
  const queue = sqs.byArn(arn);
  if (queue) return queueTarget(queue);
  const resource = context.registry.get(arn, wantedBy);
  if (resource.type === 'AWS::Lambda::Function') return lambdaTarget(resource.ref, context.invokeLambda);
  throw new Error(`${wantedBy}: a target of type ${resource.type} is not known locally`);
}

function busName(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:.*:event-bus\//, '');
}
