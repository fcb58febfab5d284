import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DataPlane, LocalContext, LocalService, QueueStatus, ResolvedResource } from '../service.ts';
import { dynamoDbFromTemplate } from './dynamodb/from-template.ts';
import { eventBusFromTemplate, scheduledRules } from './event-bus/from-template.ts';
import { FleetHost } from './fleet/fleet-host.ts';
import { InboxService } from './mail/inbox-service.ts';
import { Mailbox } from './mail/mailbox.ts';
import { SesService } from './mail/ses-service.ts';
import { postgresFromTemplate } from './postgres/from-template.ts';
import { queueSourcesFromTemplate, sqsFromTemplate } from './queue/from-template.ts';
import { schedulesFromTemplate } from './scheduler/from-template.ts';
import { SchedulerService } from './scheduler/scheduler-service.ts';
import { secretsFromTemplate } from './secrets/from-template.ts';
import { serviceGroup } from './service-group.ts';
import { CheckpointFile } from './stream/checkpoint-file.ts';
import { streamSourcesFromTemplate } from './stream/from-template.ts';

/** What an earlier start may have left in the data folder. */
const stored = ['dynamodb', 'secrets.json', 'stream-checkpoints.json', 'archives'];

/** Builds every store and source that the templates declare. Throws for features that are not known here. */
export function createDataPlane(context: LocalContext): DataPlane {
  const { options, clock, ports, registry } = context;
  const dataPath = (name: string) => (options.inMemory ? undefined : resolve(join(options.dataDir, name)));
  if (options.fresh) for (const name of stored) rmSync(join(options.dataDir, name), { recursive: true, force: true });

  const sqs = sqsFromTemplate(context);
  const bus = eventBusFromTemplate(context, sqs, dataPath('archives'));
  const mailbox = new Mailbox(clock.nowMs);
  const inbox = new InboxService({ port: ports.of('inbox'), mailbox });
  const checkpointPath = dataPath('stream-checkpoints.json');
  const checkpoints = checkpointPath === undefined ? undefined : new CheckpointFile(checkpointPath);
  const streams = streamSourcesFromTemplate(context, sqs, checkpoints);
  const queueSources = queueSourcesFromTemplate(context, sqs);
  refuseOtherMappings(registry.ofType('AWS::Lambda::EventSourceMapping'), streams.length + queueSources.length);
  const scheduler = new SchedulerService({
    schedules: [...schedulesFromTemplate(context, sqs), ...scheduledRules(context, sqs)],
    clock,
    region: context.region,
    accountId: context.accountId,
  });
  const fleet = new FleetHost(context);
  const stores: LocalService[] = [
    dynamoDbFromTemplate(context, dataPath('dynamodb')),
    ...postgresFromTemplate(context, dataPath('postgres')),
    secretsFromTemplate(context, dataPath('secrets.json')),
    sqs,
    bus,
    new SesService({ port: ports.of('ses'), mailbox }),
    inbox,
  ];
  clock.onChange(() => {
    for (const queue of sqs.queues) queue.settle();
  });
  const deadLetterArns = new Set(
    sqs.queues.flatMap(({ options: { redrive } }) => (redrive ? [redrive.deadLetterArn] : [])),
  );
  const consumed = new Set(queueSources.map(({ queueArn }) => queueArn));

  // A queue that nothing consumes holds what failed, also where no redrive policy names it.
  const isDeadLetter = ({ options: { arn } }: (typeof sqs.queues)[number]): boolean =>
    deadLetterArns.has(arn) || !consumed.has(arn);
  const queues = (): QueueStatus[] =>
    sqs.queues.map((queue) => ({
      name: queue.options.name,
      url: queue.options.url,
      deadLetter: isDeadLetter(queue),
      ...queue.counts,
    }));
  // What a queue holds back by its own delay is an appointment, and nothing on its way.
  const underWay = ({ counts, options }: (typeof sqs.queues)[number]): number =>
    counts.visible + counts.inFlight + (options.delaySeconds ? 0 : counts.delayed);
  const quiet = () =>
    bus.idle && scheduler.idle && sqs.queues.every((queue) => isDeadLetter(queue) || underWay(queue) === 0);

  return {
    stores,
    sources: [
      serviceGroup('Streams', streams),
      serviceGroup(
        'Queue consumers',
        queueSources.map(({ source }) => source),
      ),
      scheduler,
      fleet,
    ],
    queues,
    runSchedule: (name) => scheduler.run(name),
    schedules: () => scheduler.list(),
    addresses: () => [{ label: 'Inbox', url: `http://127.0.0.1:${ports.of('inbox')}/` }, ...fleet.addresses()],
    async idle() {
      if (!quiet()) return false;
      for (const stream of streams) if (!(await stream.idle())) return false;
      return quiet();
    },
  };
}

function refuseOtherMappings(mappings: readonly ResolvedResource[], known: number): void {
  if (mappings.length === known) return;
  const sources = mappings.map(({ id, properties }) => `${id} (${String(properties.EventSourceArn)})`);
  throw new Error(
    `Event sources other than SQS and DynamoDB streams are not known locally; among: ${sources.join(', ')}`,
  );
}
