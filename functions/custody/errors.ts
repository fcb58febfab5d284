import { defineErrors } from '#shared/contract/errors.ts';

export const custodyErrors = defineErrors('custody', {
  not_found: { status: 404, message: 'There is no such thing.', retry: 'never' },
});
