import { z } from 'zod';
import type { LocalContext } from '../../service.ts';
import { targetByArn } from '../event-bus/from-template.ts';
import type { SqsService } from '../queue/sqs-service.ts';
import type { Schedule } from './scheduler-service.ts';

/** Known properties only: an end date, for example, would be an error at start. */
const ScheduleProperties = z.strictObject({
  Name: z.string().optional(),
  GroupName: z.string().optional(),
  Description: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  FlexibleTimeWindow: z.unknown(),
  KmsKeyArn: z.string().optional(),
  Target: z.strictObject({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().optional(),
    DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
    RetryPolicy: z.object({ MaximumRetryAttempts: z.number().optional() }).optional(),
  }),
});

/** The schedules of EventBridge Scheduler that the templates declare. */
export function schedulesFromTemplate(context: LocalContext, sqs: SqsService): Schedule[] {
  return context.registry.ofType('AWS::Scheduler::Schedule').map((resource) => {
    const { ScheduleExpression, ScheduleExpressionTimezone, State, Target } = ScheduleProperties.parse(
      resource.properties,
    );
    const deadLetterArn = Target.DeadLetterConfig?.Arn;
    return {
      name: resource.ref,
      arn: resource.attributes.Arn!,
      expression: ScheduleExpression,
      timeZone: ScheduleExpressionTimezone,
      enabled: State === 'ENABLED',
      source: 'aws.scheduler',
      target: targetByArn(context, sqs, Target.Arn, resource.id),
      input: Target.Input,
      maxRetries: Target.RetryPolicy?.MaximumRetryAttempts,
      deadLetters: deadLetterArn === undefined ? undefined : sqs.byArn(deadLetterArn),
      onFailure: (message) => context.log('schedules', message),
    };
  });
}
