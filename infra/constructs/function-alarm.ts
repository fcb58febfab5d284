import { Duration } from 'aws-cdk-lib';
import { GameAlarm } from '#infra/constructs/alarm.ts';
import type { GameFunction } from '#infra/constructs/game-function.ts';
import { functionName } from '#infra/constructs/names.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import type { DomainFunction } from '#shared/contract/domain.ts';

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
