import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listEvents } from '../contract.ts';
import { countsOf } from '../store.ts';

export const handler = endpointHandler(listEvents, async ({ input }) => {
  const { day } = input.query;
  const events = [...(await countsOf(day))].map(([name, count]) => ({ name, count }));
  return { day, events: events.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)) };
});
