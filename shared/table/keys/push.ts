import { defineKeys } from '../define-keys.ts';

/** Keys of sockets and topics: who is connected, who listens to what, and what each topic has said lately. */
export const pushKeys = defineKeys('push', {
  connection: {
    pk: 'CONN#{accountId}',
    sk: '{connectionId}',
    access: ['get a connection with its subscriptions', "list an account's connections"],
  },
  topicSubscriber: {
    pk: 'TOPSUB#{destination}~{shard}',
    sk: '{connectionId}~{subscription}',
    access: ["page through a topic's subscribers, shard by shard"],
  },
  topicHead: {
    pk: 'TOPIC#{destination}',
    sk: 'HEAD',
    access: ['get or advance the last sequence number of a topic'],
  },
  topicMessage: {
    pk: 'TOPIC#{destination}',
    sk: 'MSG#{seq}',
    access: ['messages after a sequence number: what a returning client missed'],
  },
  delivery: {
    pk: 'PUSH#{pushId}',
    sk: 'PUSH',
    access: ['put if absent: this push has its sequence number', 'is it posted to all subscribers'],
  },
});
