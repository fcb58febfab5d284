import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'push',
  summary: 'STOMP over the WebSocket API and delivery to topics.',
});
