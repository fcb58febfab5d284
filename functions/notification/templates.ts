export const categories = ['account', 'progress', 'loot', 'social'] as const;

interface Template {
  readonly category: (typeof categories)[number];
  /** English; `{name}` stands for a value of the notification's `params`. */
  readonly text: string;
}

/** Every kind of notification. A code is permanent: clients translate by it. */
export const templates = {
  'account.welcome': { category: 'account', text: 'Welcome to the city. Watch your back.' },
  'account.welcome_back': { category: 'account', text: 'Welcome back!' },
  'quest.completed': { category: 'progress', text: 'Quest completed: {quest}.' },
  'progression.level_up': { category: 'progress', text: 'You have reached level {level}.' },
  'achievement.unlocked': { category: 'progress', text: 'Achievement unlocked: {achievement}.' },
  'loot.legendary_acquired': { category: 'loot', text: 'Legendary {kind} acquired: {item}!' },
  'friend.request_received': { category: 'social', text: '{name} wants to be your friend.' },
  'friend.request_accepted': { category: 'social', text: '{name} is your friend now.' },
} as const satisfies Record<string, Template>;

export type NoticeCode = keyof typeof templates;
export const noticeCodes = Object.keys(templates) as [NoticeCode, ...NoticeCode[]];

export type NoticeParams = Readonly<Record<string, string | number>>;

/** The English text of a notification. */
export function textOf(code: NoticeCode, params: NoticeParams): string {
  return templates[code].text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(params[name] ?? ''));
}
