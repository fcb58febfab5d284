import { Duration, Stack } from 'aws-cdk-lib';
import {
  AdjustmentType,
  ScalableTarget,
  ServiceNamespace,
  StepScalingAction,
} from 'aws-cdk-lib/aws-applicationautoscaling';
import { Alarm, ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { stagePrefix } from '#infra/constructs/names.ts';
import type { StageConfig } from '#infra/stage-config.ts';

/** Each process tells its figures this often (`METRICS_EVERY_MS` of the fleet): samples count the running shards. */
const samplesPerShardAndMinute = 6;
/** A further shard starts when the busiest needs more of its 50 ms, or when there are more zones for each. */
const startAbove = { tickMs: 30, zonesPerShard: 20 };
/** The last one ends when the others would have no more than this without it. */
const endBelow = { tickMs: 15, zonesPerShard: 12 };
const startAfterMinutes = 3;
/** Zones move when a shard ends: not for a short lull. */
const endAfterMinutes = 30;

export interface ShardScalingProps {
  /** Of the shard, from 0: it is wanted when this many others do not suffice. */
  readonly index: number;
  readonly config: StageConfig;
  readonly clusterName: string;
  readonly service: FargateService;
}

/**
 * Starts and ends a spare shard by the number of zones and the time of ticks in the whole fleet. Spare shards start in the
 * order of their numbers and end in the opposite one, so that the fleet's size follows its load.
 */
export class ShardScaling extends Construct {
  constructor(scope: Construct, id: string, props: ShardScalingProps) {
    super(scope, id);
    const { index, config, service, clusterName } = props;
    const stack = Stack.of(this);
    const target = new ScalableTarget(this, 'Target', {
      serviceNamespace: ServiceNamespace.ECS,
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${clusterName}/${service.serviceName}`,
      minCapacity: 0,
      maxCapacity: 1,
      role: Role.fromRoleArn(
        this,
        'LinkedRole',
        stack.formatArn({
          service: 'iam',
          region: '',
          resource: 'role/aws-service-role/ecs.application-autoscaling.amazonaws.com',
          resourceName: 'AWSServiceRoleForApplicationAutoScaling_ECSService',
        }),
      ),
    });
    const name = `${stagePrefix(config.stage)}-shard-${index}`;
    const rules = [
      {
        id: 'Start',
        tasks: 1,
        minutes: startAfterMinutes,
        when: `running >= ${index} AND (tick > ${startAbove.tickMs} OR zones / running > ${startAbove.zonesPerShard})`,
        why: `${index} shards do not suffice`,
      },
      {
        id: 'End',
        tasks: 0,
        minutes: endAfterMinutes,
        when: `running <= ${index + 1} AND tick < ${endBelow.tickMs} AND zones / ${index} < ${endBelow.zonesPerShard}`,
        why: `${index} shards suffice again`,
      },
    ];
    for (const { id, tasks, minutes, when, why } of rules) {
      const action = new StepScalingAction(this, id, {
        scalingTarget: target,
        adjustmentType: AdjustmentType.EXACT_CAPACITY,
        cooldown: Duration.minutes(startAfterMinutes),
      });
      action.addAdjustment({ adjustment: tasks, lowerBound: 0 });
      const alarm = new Alarm(this, `${id}When`, {
        alarmName: `${name}-${id.toLowerCase()}`,
        alarmDescription: `${why}: ${when}. It tells nobody, it sets the number of tasks to ${tasks}.`,
        metric: condition(config, when),
        threshold: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: minutes,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(new ApplicationScalingAction(action));
    }
  }
}

/** 1 in each minute in which the condition on `running`, `tick` and `zones` holds, else 0. */
function condition({ stage }: StageConfig, when: string): MathExpression {
  const period = Duration.minutes(1);
  const ofFleet = (metricName: string, statistic: string) =>
    new Metric({ namespace: 'NECPGAME', metricName, dimensionsMap: { Stage: stage }, statistic, period });
  const substituted = when
    .replaceAll('running', `CEIL(samples / ${samplesPerShardAndMinute} - 0.5)`)
    .replaceAll('zones', `(held / ${samplesPerShardAndMinute})`);
  return new MathExpression({
    expression: `IF(${substituted}, 1, 0)`,
    usingMetrics: {
      tick: ofFleet('TickMs', 'Maximum'),
      held: ofFleet('Zones', 'Sum'),
      samples: ofFleet('Zones', 'SampleCount'),
    },
    period,
  });
}
