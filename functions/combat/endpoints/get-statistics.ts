import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getStatistics } from '../contract.ts';
import { readStatistics } from '../store-statistics.ts';
import { statisticsViewOf } from '../view.ts';

export const handler = endpointHandler(getStatistics, async ({ actor }) =>
  statisticsViewOf(await readStatistics(actor.characterId)),
);
