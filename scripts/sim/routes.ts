import type { DynamoDBBatchResponse, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { clawBack, grant } from '#functions/custody/contract-acts.ts';
import { domains } from '#functions/domains.ts';
import * as inventoryArrange from '#functions/inventory/contract-arrange.ts';
import * as inventoryEquipment from '#functions/inventory/contract-equipment.ts';
import * as inventoryLoss from '#functions/inventory/contract-loss.ts';
import * as inventoryUse from '#functions/inventory/contract-use.ts';
import { pickUp, pickUpAll, putDown, vote } from '#functions/loot/contract.ts';
import * as mail from '#functions/mail/contract.ts';
import { completeQuest } from '#functions/quest/contract.ts';
import { revokeSession } from '#functions/session/contract.ts';
import { endLeft, noteBegun } from '#functions/settlement/contract.ts';
import * as trade from '#functions/trade/contract.ts';
import * as tradeRequests from '#functions/trade/contract-requests.ts';
import * as vendor from '#functions/vendor/contract.ts';
import { type DomainFunction, entryOf } from '#shared/contract/domain.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import type { Subscriber } from '#shared/contract/subscriber.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { LambdaContext } from '#shared/runtime/invocation.ts';
import type { JobLambda } from '#shared/runtime/job-handler.ts';
import type { SubscriberLambda } from '#shared/runtime/subscriber-handler.ts';

const endpoints = [
  tradeRequests.requestTrade,
  tradeRequests.acceptRequest,
  trade.setOffer,
  trade.lock,
  trade.unlock,
  trade.accept,
  trade.cancel,
  mail.send,
  mail.takeAttachment,
  mail.takeMoney,
  mail.takeAll,
  mail.returnToSender,
  mail.remove,
  vendor.buy,
  vendor.sell,
  vendor.sellJunk,
  vendor.buyBack,
  inventoryArrange.moveItem,
  inventoryArrange.splitStack,
  inventoryArrange.mergeStacks,
  inventoryArrange.sortContainer,
  inventoryArrange.deposit,
  inventoryArrange.withdraw,
  inventoryEquipment.equipItem,
  inventoryEquipment.unequipItem,
  inventoryLoss.destroyItem,
  inventoryLoss.restoreItem,
  inventoryUse.repairItems,
  inventoryUse.useItem,
  pickUp,
  pickUpAll,
  putDown,
  vote,
  completeQuest,
  revokeSession,
  clawBack,
  grant,
] as const;

/** Ids of the endpoints that players of the simulation call. */
export type EndpointId = (typeof endpoints)[number]['id'];

/** Jobs by how often they run, in seconds: those that move value or tell of it. */
export const jobPeriods = {
  'settlement.sweep-pending': 60,
  'platform.sweep-outbox': 60,
  'trade.end-due': 60,
  'loot.close-due': 60,
  'wallet.expire-holds': 60,
  'mail.run-due': 300,
  'inventory.expire-items': 300,
} as const;
export type JobId = keyof typeof jobPeriods;

/** What they do is shown, counted or pushed; nothing of value hangs on it, and they would cost most of the time. */
const BYSTANDERS = new Set(['analytics', 'notification', 'push', 'friend', 'achievement']);

const subscribers = domains.filter(({ name }) => !BYSTANDERS.has(name)).flatMap((domain) => domain.subscribers);

export interface Route {
  readonly endpoint: EndpointBase;
  readonly handler: HttpHandler;
}

/** Takes messages of a queue, and answers those that it could not handle. */
export interface Consumer {
  readonly id: string;
  readonly handler: (event: SQSEvent, context: LambdaContext) => Promise<SQSBatchResponse>;
}

/** The real handlers, as the functions run them. */
export interface Routes {
  readonly endpoints: ReadonlyMap<EndpointId, Route>;
  readonly jobs: ReadonlyMap<JobId, JobLambda>;
  readonly subscribersOf: (eventName: string) => readonly Consumer[];
  /** Has settlements that begin looked at. */
  readonly noteBegun: (event: DynamoDBStreamEvent, context: LambdaContext) => Promise<DynamoDBBatchResponse>;
  readonly endLeft: Consumer;
}

async function handlerOf<H>(fn: DomainFunction): Promise<H> {
  const module = (await import(/* @vite-ignore */ `../../${entryOf(fn)}`)) as { readonly handler: H };
  return module.handler;
}

function isHeard({ on }: Subscriber): ReadonlySet<string> {
  return new Set(on.map(({ name }) => name));
}

/** Loads all handlers, once and before any simulation: afterwards nothing waits for a disk. */
export async function loadRoutes(): Promise<Routes> {
  const jobs = domains.flatMap((domain) => domain.jobs).filter(({ id }) => id in jobPeriods);
  const reactions = await Promise.all(
    subscribers.map(async (one) => ({ id: one.id, on: isHeard(one), handler: await handlerOf<SubscriberLambda>(one) })),
  );
  const byEvent = new Map<string, typeof reactions>();
  const noteBegunHandler = await handlerOf<Routes['noteBegun']>(noteBegun);
  const endLeftHandler = await handlerOf<Consumer['handler']>(endLeft);
  return {
    endpoints: new Map(
      await Promise.all(
        endpoints.map(async (endpoint) => [endpoint.id, { endpoint, handler: await handlerOf(endpoint) }] as const),
      ),
    ) as Routes['endpoints'],
    jobs: new Map(
      await Promise.all(jobs.map(async (job) => [job.id as JobId, await handlerOf<JobLambda>(job)] as const)),
    ),
    noteBegun: noteBegunHandler,
    endLeft: { id: endLeft.id, handler: endLeftHandler },
    subscribersOf(eventName) {
      let known = byEvent.get(eventName);
      if (!known) {
        known = reactions.filter(({ on }) => on.has(eventName));
        byEvent.set(eventName, known);
      }
      return known;
    },
  };
}
