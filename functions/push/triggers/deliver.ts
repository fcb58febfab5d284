import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { clock } from '#shared/kernel/clock.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { log } from '#shared/telemetry/log.ts';
import { deliver } from '../contract.ts';
import { deliverWork, destinationOfWork, parseWork } from '../fan-out.ts';

/** Delivers a batch of pushes: those of one destination in the order in which they came, destinations side by side. */
export const handler = triggerHandler(deliver, async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed: string[] = [];
  const fail = (messageId: string, error: unknown) => {
    log().error('push not delivered', { messageId, error: error as Error });
    failed.push(messageId);
  };
  const parsed = Records.flatMap(({ messageId, body }) => {
    try {
      return [{ messageId, work: parseWork(body) }];
    } catch (error) {
      fail(messageId, error);
      return [];
    }
  });
  const lanes = Map.groupBy(parsed, ({ work }) => destinationOfWork(work));
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (const { messageId, work } of lane) {
        await deliverWork(work, clock.nowMs()).catch((error: unknown) => fail(messageId, error));
      }
    }),
  );
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
});
