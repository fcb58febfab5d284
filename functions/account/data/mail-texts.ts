import type { Locale } from '#shared/kernel/locale.ts';

interface MailText {
  readonly subject: string;
  /** `{date}` stands for the day of erasure, `{name}` for the display name. */
  readonly text: string;
}

/** Every mail of this domain in every language. */
export const mailTexts: Readonly<Record<'deletionRequested', Readonly<Record<Locale, MailText>>>> = {
  deletionRequested: {
    en: {
      subject: 'Your account will be deleted',
      text: `Hello {name},

your NECPGAME account is closed, as you asked. On {date} (UTC) its personal data will be erased for good.

Until then you can take this back: restore the account with your e-mail address and password. If it was not you who
deleted it, restore it and change your password.
`,
    },
    ru: {
      subject: 'Ваша учётная запись будет удалена',
      text: `Здравствуйте, {name}!

Ваша учётная запись NECPGAME закрыта по вашей просьбе. {date} (UTC) её личные данные будут стёрты навсегда.

До этого дня удаление можно отменить: восстановите учётную запись, указав адрес и пароль. Если удаляли не вы,
восстановите её и смените пароль.
`,
    },
  },
};
