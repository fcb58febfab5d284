import { defineKeys } from '../define-keys.ts';

/** Keys of mail: one row per mail for its whole life, whoever has it, and the counters that bound boxes and days. */
export const mailKeys = defineKeys('mail', {
  mail: {
    pk: 'MAIL#{mailId}',
    sk: 'MAIL',
    gsi1: { pk: 'MAILBOX#{characterId}', sk: 'MAIL#{deliverAt}~{mailId}' },
    gsi2: { pk: 'MAILSENT#{characterId}', sk: 'MAIL#{sentAt}~{mailId}' },
    gsi3: { pk: 'MAILDUE#{shard}', sk: '{dueAt}~{mailId}' },
    access: [
      'get by id',
      'put if absent: a mail is written once',
      'change if unchanged',
      "list a character's box, newest first (gsi1, sparse: mails that are gone have left it)",
      'list what a character has sent, newest first (gsi2)',
      'mails of a shard whose arrival or end is due, earliest first (gsi3, sparse)',
    ],
  },
  text: {
    pk: 'MAIL#{mailId}',
    sk: 'TEXT',
    access: ['get by mail', 'get many by mail'],
  },
  audit: {
    pk: 'MAIL#{mailId}',
    sk: 'AUDIT',
    access: ['what went to the sinks when a mail ended, and whose it was'],
  },
  box: {
    pk: 'MAILBOX#{characterId}',
    sk: 'BOX',
    access: ["take or free one of a box's places"],
  },
  day: {
    pk: 'MAILDAY#{accountId}',
    sk: '{day}',
    access: ["count an account's mails of a day, below the limit"],
  },
});
