/** A row that a refused call may leave written, and why that is no change of the game's state. */
export interface AllowedWrite {
  /** What the row's key looks like, as `pk|sk`. */
  readonly key: RegExp;
  /** Only these endpoints; unset: all. */
  readonly endpoints?: readonly string[];
  /** Only with these codes; unset: with any. */
  readonly codes?: readonly string[];
  readonly why: string;
}

/** Everything that a 4xx may write. What is not here must not be written by a refusal. */
export const allowedWrites: readonly AllowedWrite[] = [
  { key: /^RATE#/, why: 'the token bucket that the call drew from' },
  {
    key: /^LOGINLOCK#|^LOGINFAIL#|^LOGINALARM#/,
    why: 'an attempt is counted before its password is looked at, so that guesses sent at once all count',
  },
  { key: /^LOGINPROOF#/, why: 'a proof of work is spent by the attempt that brought it' },
  { key: /^LOGINS#/, why: 'the login history holds refused attempts too, of addresses without account alike' },
  {
    key: /\|MFALOCK$|^MFACHALLENGE#/,
    why: 'a code is counted as a guess before it is looked at, so that guesses sent at once all count',
  },
  {
    key: /^TX#|^IDEM#|^ITEM#|^HANDS#|^BAG#|^VENDORSTOCK#|^TRADE#|^TRADEGIVEN#|^MAIL#|^MAILBOX#|^MAILDAY#|^OBX#|^CUST(?:ACT|LOG|SPENT)#/,
    codes: ['ledger.insufficient_funds', 'ledger.balance_limit', 'settlement.aborted'],
    why: 'what the ledger refuses is a decision, on record for ever; items were on their way and are back where they were',
  },
  {
    key: /^TRADE#|^TRADING#|^OBX#/,
    endpoints: [
      'trade.request-trade',
      'trade.accept-request',
      'trade.decline-request',
      'trade.set-offer',
      'trade.lock',
      'trade.unlock',
      'trade.accept',
      'trade.cancel',
    ],
    why: 'whoever finds that the clock has ended a trade writes that down; one that cannot be carried out is open again',
  },
  {
    // The family is not touched: it ends with its session.
    key: /^SES#ses_\w+\|SESSION$|^OBX#/,
    endpoints: ['auth.refresh'],
    codes: ['auth.refresh_invalid'],
    why: 'a spent refresh token that comes back ends the session: somebody has a copy of it',
  },
];

/** What a GET may write besides token buckets. */
export const readWrites: readonly AllowedWrite[] = [
  { key: /^AUDIT#|^OBX#/, why: 'that staff looked at an account is itself on record' },
  { key: /^CUSTLOG#/, why: 'that staff looked at an item or at money is itself on record' },
  { key: /^CHEATLOG#/, why: 'that staff looked at what is held against somebody is itself on record' },
  { key: /\|EXPORT$/, why: 'an export is big: how often one is made is counted' },
  {
    key: /^(?:DROP|LOOTROLL|LOOTCALL|LOOTLOCK|PTY|ITEM|BAG)#/,
    endpoints: ['loot.get-drop', 'loot.get-roll'],
    why: 'a look decides the rolls whose time is over, so that nobody waits for the job',
  },
];

/** Endpoints whose valid cases cannot be answered 2xx here, each with its reason. */
export const neverSucceed: Readonly<Record<string, string>> = {};

/** What others than the caller may know, so that its absence and its presence need not look alike. */
export interface PublicId {
  /** Unset: wherever a request has the field. */
  readonly endpoint?: string;
  readonly field: string;
  readonly why: string;
}

const staffLook = 'staff act on any account, and are told when there is none';

export const publicIds: readonly PublicId[] = [
  { field: 'vendorId', why: 'vendors stand in the zones: everybody may know them' },
  {
    endpoint: 'inventory.view-link',
    field: 'itemId',
    why: 'who has linked an item wants others to look at it; the view does not say whose it is',
  },
  {
    endpoint: 'mail.send',
    field: 'characterId',
    why: 'a player writes to any character of the realm; whether it is there is what the answer is about',
  },
  {
    endpoint: 'friend.request',
    field: 'accountId',
    why: 'a player asks any other one to be friends; that the other exists is what the answer is about',
  },
  {
    endpoint: 'friend.block',
    field: 'accountId',
    why: 'a player may block any other one; accounts are named by public profiles',
  },
  {
    endpoint: 'party.invite',
    field: 'characterId',
    why: 'a player asks any character of the realm to join; that it exists is what the answer is about',
  },
  {
    endpoint: 'guild.invite',
    field: 'characterId',
    why: 'a player asks any character of the realm to join; that it exists is what the answer is about',
  },
  {
    endpoint: 'trade.request-trade',
    field: 'characterId',
    why: 'a player asks a character that they see to trade; whether it is there, and where, is what the answer is about',
  },
  {
    endpoint: 'account.view-profile',
    field: 'accountId',
    why: 'a profile is for others to see, as far as its owner wants; one that is hidden looks like one that is not there',
  },
  { field: 'questId', why: 'content: everybody has the same quests' },
  { field: 'zoneId', why: 'content: everybody has the same zones' },
  { field: 'realmId', why: 'content: everybody has the same realms' },
  { field: 'provider', why: 'the providers of the stage are listed for everybody' },
  {
    endpoint: 'notification.remove',
    field: 'position',
    why: 'a place in the caller’s own list: everybody has a first one',
  },
  ...[
    'account.admin-view-account',
    'account.admin-set-roles',
    'account.admin-ban',
    'account.admin-unban',
    'account.admin-list-audit',
    'notification.send',
  ].map((endpoint) => ({ endpoint, field: 'accountId', why: staffLook })),
  ...[
    ['custody.view-item', 'itemId'],
    ['custody.view-transaction', 'transactionId'],
    ['custody.view-owner', 'owner'],
    ['custody.list-hand-overs', 'owner'],
    ['custody.view-log', 'subject'],
    ['custody.list-acts', 'owner'],
    ['custody.claw-back', 'characterId'],
    ['custody.claw-back', 'itemId'],
    ['custody.grant', 'characterId'],
    ['custody.grant', 'itemId'],
    ['custody.approve-proposal', 'actId'],
    ['custody.reject-proposal', 'actId'],
  ].map(([endpoint, field]) => ({ endpoint: endpoint!, field: field!, why: 'staff trace whatever there is' })),
  ...[
    ['anticheat.view-case', 'accountId'],
    ['anticheat.list-log', 'accountId'],
    ['anticheat.review-case', 'accountId'],
    ['anticheat.view-history', 'characterId'],
  ].map(([endpoint, field]) => ({ endpoint: endpoint!, field: field!, why: 'staff look at whoever is suspected' })),
  {
    endpoint: 'character.force-rename',
    field: 'characterId',
    why: 'moderators act on any character, and are told when there is none',
  },
  {
    endpoint: 'notification.cancel-campaign',
    field: 'campaignId',
    why: 'administrators see all campaigns in one list, and stop those of each other',
  },
];

export function isReadWrite(key: string, endpoint: string): boolean {
  return (
    /^RATE#/.test(key) ||
    readWrites.some((allowed) => allowed.key.test(key) && (allowed.endpoints?.includes(endpoint) ?? true))
  );
}

export function isAllowedWrite(key: string, endpoint: string, code: string): boolean {
  return allowedWrites.some(
    (allowed) =>
      allowed.key.test(key) &&
      (allowed.endpoints?.includes(endpoint) ?? true) &&
      (allowed.codes?.includes(code) ?? true),
  );
}
