import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, Metric, PeriodOverride, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { functionName, stagePrefix } from '#infra/constructs/names.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { StageConfig } from '#infra/stage-config.ts';
import { type Domain, type DomainFunction, functionsOf } from '#shared/contract/domain.ts';

/** CloudWatch's own limit of metrics in one graph. */
const maxMetricsPerGraph = 500;

/**
 * Where alarms are told and the stage is looked at. It names functions and queues by their names alone, so it comes
 * before them and every other stack may send its alarms here.
 */
export class ObservabilityStack extends GameStack {
  readonly alarmTopic: Topic;

  constructor(scope: Construct, config: StageConfig, domains: readonly Domain[]) {
    super(scope, config, 'observability', 'alarm topic and dashboard');
    const prefix = stagePrefix(config.stage);
    this.alarmTopic = new Topic(this, 'Alarms', { topicName: `${prefix}-alarms`, enforceSSL: true });
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: prefix,
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.AUTO,
    });
    dashboard.addWidgets(
      new TextWidget({
        markdown: `# NECPGAME ${config.stage}\nOne row per domain: calls, errors, time, dead letters.`,
        width: 24,
      }),
    );
    for (const domain of domains.filter((each) => functionsOf(each).length > 0)) {
      const functions = functionsOf(domain).slice(0, maxMetricsPerGraph);
      const lambdas = (metricName: string, statistic: string) =>
        functions.map((fn) => lambdaMetric(config, fn, metricName, statistic));
      const graph = (title: string, left: IMetric[]) =>
        new GraphWidget({ title: `${domain.name}: ${title}`, left, width: 6 });
      dashboard.addWidgets(
        graph('calls', lambdas('Invocations', 'Sum')),
        graph('errors', lambdas('Errors', 'Sum')),
        graph('p99 ms', lambdas('Duration', 'p99')),
        graph(
          'dead letters',
          [...domain.subscribers, ...domain.jobs].map((fn) => deadLetterMetric(config, fn)),
        ),
      );
    }
  }
}

function lambdaMetric(config: StageConfig, fn: DomainFunction, metricName: string, statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName(config.stage, fn) },
    label: fn.id,
    statistic,
  });
}

function deadLetterMetric(config: StageConfig, fn: DomainFunction): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensionsMap: { QueueName: `${functionName(config.stage, fn)}-dlq` },
    label: fn.id,
    statistic: 'Maximum',
  });
}
