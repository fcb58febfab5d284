import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface GameAlarmProps {
  readonly name: string;
  readonly metric: IMetric;
  /** Raised when the metric is above this. */
  readonly above: number;
  /** Periods in a row above it; 1 unless said. */
  readonly periods?: number;
  /** What was measured, in a few words. */
  readonly what: string;
  /** What a player or an operator notices. */
  readonly impact: string;
  readonly topic: ITopic;
}

/** An alarm that tells whoever is woken by it what is broken for whom. */
export class GameAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: GameAlarmProps) {
    super(scope, id, {
      alarmName: props.name,
      alarmDescription: `${props.what}. Impact: ${props.impact}`,
      metric: props.metric,
      threshold: props.above,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.addAlarmAction(new SnsAction(props.topic));
  }
}
