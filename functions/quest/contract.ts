import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'quest',
  summary: 'Quests, objectives, dialogue and rewards.',
});
