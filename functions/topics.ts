import type { Topic } from '#shared/contract/topic.ts';
import { combatTopic } from './combat/topics.ts';
import { friendsTopic } from './friend/topics.ts';
import { guildEventsTopic } from './guild/topics.ts';
import { lootTopic } from './loot/topics.ts';
import { mailTopic } from './mail/topics.ts';
import { announcementsTopic, notificationsTopic } from './notification/topics.ts';
import { partyEventsTopic } from './party/topics.ts';
import { queueTopic } from './session/topics.ts';
import { tradeTopic } from './trade/topics.ts';
import { positionTopic } from './zone/position-topic.ts';

/**
 * The topics that the WebSocket API serves, apart from the domains' other declarations: the socket's functions carry
 * these and nothing else. A test holds the list against `domains`.
 */
export const gatewayTopics: readonly Topic[] = [
  announcementsTopic,
  combatTopic,
  friendsTopic,
  guildEventsTopic,
  lootTopic,
  mailTopic,
  notificationsTopic,
  partyEventsTopic,
  positionTopic,
  queueTopic,
  tradeTopic,
];
