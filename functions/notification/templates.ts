export const categories = ['account', 'progress', 'loot', 'social', 'security', 'operator'] as const;
export type Category = (typeof categories)[number];

interface Template {
  readonly category: Category;
  /** English; `{name}` stands for a value of the notification's `params`. */
  readonly text: string;
}

/** Every kind of notification. A code is permanent: clients translate by it. */
export const templates = {
  'account.welcome': { category: 'account', text: 'Welcome to the city. Watch your back.' },
  'account.welcome_back': { category: 'account', text: 'Welcome back!' },
  'account.away': { category: 'account', text: 'You are marked as away. Move, or you will be logged out.' },
  'account.restored': { category: 'account', text: 'Your account is back: it will not be deleted.' },
  'account.guest_bound': { category: 'account', text: 'Your e-mail address and password sign you in from now on.' },
  'character.deletion_started': {
    category: 'account',
    text: '{name} will be deleted. You can still change your mind.',
  },
  'character.deleted': { category: 'account', text: '{name} was deleted, and can be restored for 30 days.' },
  'character.restored': { category: 'account', text: '{name} is back.' },
  'character.rename_required': {
    category: 'operator',
    text: 'A moderator has taken the name {name} away. Choose another one to play this character.',
  },
  'character.renamed': { category: 'account', text: '{before} is called {name} now.' },
  'security.password_changed': { category: 'security', text: 'Your password was changed.' },
  'security.email_changed': { category: 'security', text: 'Your account has another e-mail address now.' },
  'security.email_restored': {
    category: 'security',
    text: 'Your account is back at the e-mail address that it had before, with a new password.',
  },
  'security.password_added': { category: 'security', text: 'An e-mail address and a password sign you in now, too.' },
  'security.new_device': { category: 'security', text: 'Somebody has logged in from a new device: {device}.' },
  'security.mfa_enabled': { category: 'security', text: 'Logging in asks for a code from now on.' },
  'security.mfa_disabled': { category: 'security', text: 'Logging in asks for no code any more.' },
  'security.recovery_code_used': { category: 'security', text: 'A recovery code was used; {left} are left.' },
  'security.recovery_codes_renewed': {
    category: 'security',
    text: 'You have new recovery codes; the old ones are dead.',
  },
  'security.identity_linked': { category: 'security', text: 'An account of {provider} can sign in as you now.' },
  'security.identity_unlinked': { category: 'security', text: 'Your account of {provider} signs you in no more.' },
  'quest.completed': { category: 'progress', text: 'Quest completed: {quest}.' },
  'progression.level_up': { category: 'progress', text: 'You have reached level {level}.' },
  'achievement.unlocked': { category: 'progress', text: 'Achievement unlocked: {achievement}.' },
  'loot.legendary_acquired': { category: 'loot', text: 'Legendary {kind} acquired: {item}!' },
  'friend.request_received': { category: 'social', text: '{name} wants to be your friend.' },
  'friend.request_accepted': { category: 'social', text: '{name} is your friend now.' },
  'party.invited': { category: 'social', text: 'Party invite from {name}.' },
  'guild.invited': { category: 'social', text: '{name} invites you to the guild {guild}.' },
  'guild.charter_offered': { category: 'social', text: '{name} asks you to sign the charter of the guild {guild}.' },
  'mail.returned': { category: 'social', text: 'A mail that you sent has come back to you.' },
  'mail.expired': { category: 'social', text: 'A mail of yours is over, and what was left in it is gone.' },
  'custody.clawed_back': { category: 'operator', text: 'The staff of the game has taken from you: {what}.' },
  'custody.granted': { category: 'operator', text: 'The staff of the game has given you: {what}.' },
  /** Its text is the operator's own. */
  'operator.message': { category: 'operator', text: '' },
} as const satisfies Record<string, Template>;

export type NoticeCode = keyof typeof templates;
export const noticeCodes = Object.keys(templates) as [NoticeCode, ...NoticeCode[]];

export type NoticeParams = Readonly<Record<string, string | number>>;

/** The English text of a notification. */
export function textOf(code: NoticeCode, params: NoticeParams): string {
  return templates[code].text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(params[name] ?? ''));
}
