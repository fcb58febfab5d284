/**
 * The lists of the customer's specification, as data: what the backend must offer, name by name. Nothing is derived
 * from them; a test holds the project's own declarations against them.
 */

export const specEvents = {
  player: [
    'ACCOUNT_CREATED',
    'LOGIN_SUCCESS',
    'LOGOUT',
    'CHARACTER_CREATED',
    'CHARACTER_DELETED',
    'CHARACTER_SWITCHED',
    'LEVEL_UP',
    'ATTRIBUTE_INCREASED',
    'SKILL_INCREASED',
  ],
  combat: ['COMBAT_STARTED', 'COMBAT_ENDED', 'PLAYER_ATTACKED', 'NPC_DIED', 'PLAYER_DIED', 'DAMAGE_DEALT', 'HEAL_CAST'],
  loot: ['LOOT_GENERATED', 'ITEM_PICKED_UP', 'ITEM_DROPPED', 'LOOT_ROLL_STARTED', 'LOOT_ROLL_COMPLETED'],
  quest: ['QUEST_STARTED', 'QUEST_COMPLETED', 'QUEST_FAILED', 'DIALOGUE_NODE_REACHED', 'SKILL_CHECK_PASSED'],
  social: [
    'FRIEND_REQUEST_SENT',
    'FRIEND_REQUEST_ACCEPTED',
    'PARTY_CREATED',
    'PARTY_DISBANDED',
    'PLAYER_JOINED_PARTY',
    'GUILD_CREATED',
    'PLAYER_JOINED_GUILD',
    'GUILD_LEVELED_UP',
  ],
  economy: ['TRADE_COMPLETED', 'AUCTION_WON', 'ITEM_SOLD', 'CURRENCY_GAINED', 'CURRENCY_SPENT'],
  world: ['ZONE_CHANGED', 'INSTANCE_CREATED', 'BOSS_SPAWNED', 'TERRITORY_CAPTURED', 'FACTION_WAR_STARTED'],
} as const;

export const specPathGroups = [
  '/api/v1/auth/*',
  '/api/v1/account/*',
  '/api/v1/characters/*',
  '/api/v1/inventory/*',
  '/api/v1/loot/*',
  '/api/v1/quests/*',
  '/api/v1/combat/*',
  '/api/v1/progression/*',
  '/api/v1/chat/*',
  '/api/v1/friends/*',
  '/api/v1/party/*',
  '/api/v1/guild/*',
  '/api/v1/mail/*',
  '/api/v1/matchmaking/*',
  '/api/v1/trade/*',
  '/api/v1/auction/*',
  '/api/v1/market/*',
  '/api/v1/crafting/*',
  '/api/v1/world/state/*',
  '/api/v1/world/events/*',
  '/api/v1/zones/*',
  '/api/v1/admin/*',
] as const;

export const specTopics = [
  '/topic/player/{accountId}/notifications',
  '/topic/player/{accountId}/mail',
  '/topic/player/{accountId}/friends',
  '/topic/character/{characterId}/position',
  '/topic/character/{characterId}/combat',
  '/topic/party/{partyId}/chat',
  '/topic/party/{partyId}/loot',
  '/topic/guild/{guildId}/chat',
  '/topic/guild/{guildId}/events',
  '/topic/zone/{zoneId}/chat',
  '/topic/zone/{zoneId}/events',
  '/topic/server/announcements',
  '/topic/world/events',
] as const;

/** The fifteen systems, each with the domain that answers for it. */
export const specSystems = {
  'Authentication & Authorization': 'auth',
  'Player & Character Management': 'character',
  'Inventory System': 'inventory',
  'Loot System': 'loot',
  'Session Management': 'session',
  'Matchmaking System': 'matchmaking',
  'Chat System': 'chat',
  'Real-Time Server Architecture': 'zone',
  'Trade System': 'trade',
  'Mail System': 'mail',
  'Notification System': 'notification',
  'Party System': 'party',
  'Friend System': 'friend',
  'Guild System Backend': 'guild',
  'Global State System': 'world',
} as const;

/** Domains that the specification calls for and that do not exist yet; the conformance test shrinks this list. */
export const plannedDomains = ['admin', 'auction', 'chat', 'crafting', 'market', 'matchmaking', 'world'] as const;
