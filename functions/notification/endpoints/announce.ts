import { push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { announce } from '../admin-contract.ts';
import { announcementsTopic } from '../topics.ts';

export const handler = endpointHandler(announce, ({ input, nowMs, commit }) => {
  const told = { id: createId('ntf'), announcedAt: toIso(nowMs) };
  return commit({ pushes: [push(announcementsTopic, {}, { ...told, ...input.body })] }, told);
});
