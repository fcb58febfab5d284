import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { GameAlarm } from '#infra/constructs/alarm.ts';
import type { GameFunction } from '#infra/constructs/game-function.ts';
import { functionName } from '#infra/constructs/names.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import type { DomainFunction } from '#shared/contract/domain.ts';
import type { Job } from '#shared/contract/job.ts';

/** Alarm on a function's own errors: what it threw, timeouts, crashes. */
export function errorAlarm(fn: GameFunction, declaration: DomainFunction, around: Surroundings): GameAlarm {
  return new GameAlarm(fn, 'Alarm', {
    name: `${functionName(around.config.stage, declaration)}-errors`,
    metric: fn.lambda.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    above: around.config.errorsBeforeAlarm - 1,
    what: `${declaration.id} fails`,
    impact: declaration.impact,
    topic: around.alarmTopic,
  });
}

/** Alarms on what a job measures, by the metrics that it writes into its log. */
export function measureAlarms(fn: GameFunction, job: Job, around: Surroundings): readonly GameAlarm[] {
  const { stage } = around.config;
  return (job.alarms ?? []).map(
    ({ metric, above, periodMinutes, what }) =>
      new GameAlarm(fn, `${metric}Alarm`, {
        name: `${functionName(stage, job)}-${metric}`,
        metric: new Metric({
          namespace: 'NECPGAME',
          metricName: metric,
          dimensionsMap: { Stage: stage, Job: job.id },
          period: Duration.minutes(periodMinutes),
          statistic: 'Maximum',
        }),
        above,
        what,
        impact: job.impact,
        topic: around.alarmTopic,
      }),
  );
}
