import { defineDomain } from '#shared/contract/domain.ts';

export const domain = defineDomain({
  name: 'credential',
  summary: 'How players change what proves who they are: forgotten and changed passwords, another e-mail address.',
});
