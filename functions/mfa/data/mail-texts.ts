import type { Locale } from '#shared/kernel/locale.ts';

interface MailText {
  readonly subject: string;
  /** `{time}`: when it was done, in UTC; `{left}`: recovery codes that are still good. */
  readonly text: string;
}

export type MailTemplate = 'enabled' | 'disabled' | 'recoveryCodeUsed' | 'recoveryCodesRenewed';

const english = `If that was not you, change your password at once and log out everywhere.`;
const russian = `Если это были не вы, немедленно смените пароль и выйдите на всех устройствах.`;

/** Every mail of this domain in every language. */
export const mailTexts: Readonly<Record<MailTemplate, Readonly<Record<Locale, MailText>>>> = {
  enabled: {
    en: {
      subject: 'Two-step sign-in is on',
      text: `Your NECPGAME account asks for a code of your authenticator from now on ({time} UTC).

Keep your recovery codes where you find them without your phone.

${english}
`,
    },
    ru: {
      subject: 'Двухэтапный вход включён',
      text: `Теперь при входе в учётную запись NECPGAME нужен код из приложения-аутентификатора ({time} UTC).

Храните коды восстановления там, где найдёте их без телефона.

${russian}
`,
    },
  },
  disabled: {
    en: {
      subject: 'Two-step sign-in is off',
      text: `Your NECPGAME account asks for no code any more ({time} UTC): the password is enough.

${english}
`,
    },
    ru: {
      subject: 'Двухэтапный вход выключен',
      text: `Для входа в учётную запись NECPGAME код больше не нужен ({time} UTC): достаточно пароля.

${russian}
`,
    },
  },
  recoveryCodeUsed: {
    en: {
      subject: 'A recovery code was used',
      text: `Somebody used a recovery code of your NECPGAME account in the place of the authenticator ({time} UTC).
Recovery codes that are left: {left}.

${english}
`,
    },
    ru: {
      subject: 'Использован код восстановления',
      text: `Вместо кода аутентификатора для вашей учётной записи NECPGAME использован код восстановления ({time} UTC).
Осталось кодов восстановления: {left}.

${russian}
`,
    },
  },
  recoveryCodesRenewed: {
    en: {
      subject: 'New recovery codes',
      text: `Your NECPGAME account has new recovery codes ({time} UTC). Those from before are worthless.

${english}
`,
    },
    ru: {
      subject: 'Новые коды восстановления',
      text: `Для вашей учётной записи NECPGAME созданы новые коды восстановления ({time} UTC). Прежние больше не действуют.

${russian}
`,
    },
  },
};
