import { DAY_MS } from '#shared/kernel/clock.ts';
import type { Locale } from '#shared/kernel/locale.ts';

interface TemplateText {
  /** `{name}` stands for a value of the mail's `params`. */
  readonly subject: string;
  readonly body: string;
}

interface MailTemplate {
  readonly texts: Readonly<Record<Locale, TemplateText>>;
  /** How long it lies in the box. */
  readonly lifeMs: number;
  /** How often its life is prolonged while something of value is left in it. */
  readonly extensions: number;
}

const valuable = { lifeMs: 30 * DAY_MS, extensions: 1 };

/** Every mail that the game writes. A name is permanent: clients may bring texts of their own. */
export const mailTemplates = {
  'inventory.overflow': {
    ...valuable,
    texts: {
      en: { subject: 'Your bag was full', body: 'There was no room for this in your bag, so we have kept it for you.' },
      ru: { subject: 'В сумке нет места', body: 'Для этих вещей в сумке не нашлось места, и мы сохранили их для вас.' },
    },
  },
  'loot.won': {
    ...valuable,
    texts: {
      en: { subject: 'Your share of the loot', body: 'You have won this, but could not take it at that moment.' },
      ru: { subject: 'Ваша доля добычи', body: 'Вы выиграли эти вещи, но не могли забрать их в тот момент.' },
    },
  },
  'custody.granted': {
    ...valuable,
    texts: {
      en: { subject: 'From the support', body: 'We have sent you this. There was no room for it in your bag.' },
      ru: { subject: 'От службы поддержки', body: 'Мы отправили вам эти вещи: в сумке для них не нашлось места.' },
    },
  },
  'mail.cod_paid': {
    ...valuable,
    texts: {
      en: { subject: 'Paid: {subject}', body: '{name} has paid for what you sent.' },
      ru: { subject: 'Оплачено: {subject}', body: '{name} платит за то, что вы отправили.' },
    },
  },
} as const satisfies Record<string, MailTemplate>;

export type TemplateId = keyof typeof mailTemplates;
export const templateIds = Object.keys(mailTemplates) as [TemplateId, ...TemplateId[]];

/** What is written with items that had no room, by the reason of their move; all others are an overflow. */
export const overflowTemplates: Readonly<Record<string, TemplateId>> = {
  loot: 'loot.won',
  'staff.grant': 'custody.granted',
};

/** Values for the gaps of a template's text; texts among them of at most 80 characters. */
export type TemplateParams = Readonly<Record<string, string | number>>;

/** Who signs what the game writes. */
export const postOffice: Readonly<Record<Locale, string>> = { en: 'Glasswater Post', ru: 'Почта Гласуотера' };

/** In place of the name of a player who is gone. */
export const goneName: Readonly<Record<Locale, string>> = { en: 'Somebody who is gone', ru: 'Выбывший игрок' };

/** Subject and body of a mail by the game, in the reader's language. */
export function textOf(template: TemplateId, params: TemplateParams, locale: Locale): TemplateText {
  const { subject, body } = mailTemplates[template].texts[locale];
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_gap, name: string) => String(params[name] ?? ''));
  return { subject: fill(subject), body: fill(body) };
}
