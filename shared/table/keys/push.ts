import { defineKeys } from '../define-keys.ts';

/** Keys of sockets and topics: who is connected, who listens to what, and what each topic has said lately. */
export const pushKeys = defineKeys('push', {
  connection: {
    pk: 'CONN#{connectionId}',
    sk: 'CONN',
    access: ['get a connection and its subscriptions: one partition'],
  },
  connectionSubscription: {
    pk: 'CONN#{connectionId}',
    sk: 'SUB#{slot}',
    access: ['take one of the places that a connection has for subscriptions'],
  },
  accountConnection: {
    pk: 'ACCCONN#{accountId}',
    sk: 'PLACE#{place}',
    access: ["list an account's connections", 'take one of the places that an account has for connections'],
  },
  topicSubscriber: {
    pk: 'TOPSUB#{destination}~{shard}',
    sk: '{connectionId}~{slot}',
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
