import { defineErrors } from '#shared/contract/errors.ts';

export const notificationErrors = defineErrors('notification', {
  not_found: { status: 404, message: 'There is no such notification.', retry: 'never' },
  recipient_not_found: { status: 404, message: 'There is no such account.', retry: 'never' },
  campaign_not_found: { status: 404, message: 'There is no such campaign under way.', retry: 'never' },
  too_many_campaigns: {
    status: 409,
    message: 'As many campaigns as there may be are live. Cancel one, or wait until one has expired.',
    retry: 'later',
  },
});
