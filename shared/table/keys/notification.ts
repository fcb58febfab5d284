import { defineKeys } from '../define-keys.ts';

/** Keys of a player's notifications: a numbered list of at most 200, and how far it was read. */
export const notificationKeys = defineKeys('notification', {
  notification: {
    pk: 'NTF#{accountId}',
    sk: 'NTF#{position}',
    access: ["list an account's notifications, newest first", 'count those above the read marker'],
  },
  box: {
    pk: 'NTF#{accountId}',
    sk: 'BOX',
    access: ['get or advance the last position and the read marker'],
  },
  dedupe: {
    pk: 'NTF#{accountId}',
    sk: 'KEY#{dedupeKey}',
    access: ['find the stored notification that a newer one of the same kind replaces'],
  },
  campaign: {
    pk: 'NTFCAMPAIGN#ALL',
    sk: '{campaignId}',
    access: ['list what operators have sent to many, newest first', 'get one', 'note how far it has come'],
  },
});
