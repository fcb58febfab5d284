import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getQueue } from '../contract.ts';
import { answerFor } from '../queue.ts';
import { shownAnswer } from '../view.ts';

export const handler = endpointHandler(getQueue, async ({ actor, nowMs }) =>
  shownAnswer(await answerFor(actor.accountId, nowMs)),
);
