import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { GameAlarm } from '#infra/constructs/alarm.ts';
import { errorAlarm, measureAlarms } from '#infra/constructs/function-alarm.ts';
import { GameFunction } from '#infra/constructs/game-function.ts';
import { DeadLetterQueue } from '#infra/constructs/game-queue.ts';
import { constructId, functionName } from '#infra/constructs/names.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import type { Job } from '#shared/contract/job.ts';

const maxAge = Duration.hours(1);

/** One scheduled function: schedule → function; what neither the scheduler nor the function could do ends in a queue. */
export class ScheduledJob extends Construct {
  readonly alarms: readonly GameAlarm[];

  constructor(scope: Construct, job: Job, around: Surroundings) {
    super(scope, `${constructId(job)}Job`);
    const name = functionName(around.config.stage, job);
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      name,
      impact: job.impact,
      topic: around.alarmTopic,
    });
    const sendDeadLetters = new PolicyStatement({
      actions: ['sqs:SendMessage'],
      resources: [deadLetters.queue.queueArn],
    });
    const fn = new GameFunction(this, job, around, [sendDeadLetters]);
    fn.lambda.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: maxAge,
      onFailure: new SqsDestination(deadLetters.queue),
    });
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        invoke: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.lambda.functionArn] }),
            sendDeadLetters,
          ],
        }),
      },
    });
    new CfnSchedule(this, 'Schedule', {
      name,
      description: `${job.id} in ${around.config.stage}`,
      scheduleExpression: job.schedule,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: fn.lambda.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: deadLetters.queue.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: maxAge.toSeconds(), maximumRetryAttempts: 3 },
      },
    });
    this.alarms = [deadLetters.alarm, errorAlarm(fn, job, around), ...measureAlarms(fn, job, around)];
  }
}
