import type { Locale } from '#shared/kernel/locale.ts';

interface MailText {
  readonly subject: string;
  /** `{provider}` stands for the provider's name. */
  readonly text: string;
}

/** Every mail of this domain in every language. */
export const mailTexts: Readonly<Record<'IDENTITY_LINKED' | 'IDENTITY_UNLINKED', Readonly<Record<Locale, MailText>>>> =
  {
    IDENTITY_LINKED: {
      en: {
        subject: 'A new way to sign in to your account',
        text: `A {provider} identity has been linked to your NECPGAME account: it signs in from now on.

If that was you, there is nothing to do. If it was not, change your password, end all sessions, and unlink it.
`,
      },
      ru: {
        subject: 'Новый способ входа в вашу учётную запись',
        text: `К вашей учётной записи NECPGAME привязана учётная запись {provider}: теперь через неё можно войти.

Если это были вы, ничего делать не нужно. Если нет, смените пароль, завершите все сеансы и отвяжите её.
`,
      },
    },
    IDENTITY_UNLINKED: {
      en: {
        subject: 'A way to sign in to your account is gone',
        text: `The {provider} identity has been unlinked from your NECPGAME account: it signs in no more.

If that was you, there is nothing to do. If it was not, change your password and end all sessions.
`,
      },
      ru: {
        subject: 'Способ входа в вашу учётную запись удалён',
        text: `Учётная запись {provider} отвязана от вашей учётной записи NECPGAME: войти через неё больше нельзя.

Если это были вы, ничего делать не нужно. Если нет, смените пароль и завершите все сеансы.
`,
      },
    },
  };
