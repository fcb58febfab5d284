import type { Locale } from '#shared/kernel/locale.ts';

interface MailText {
  readonly subject: string;
  /** Words in braces stand for what they say. */
  readonly text: string;
}

/** Every mail of this domain in every language. */
export const mailTexts: Readonly<
  Record<'verifyEmail' | 'alreadyRegistered' | 'newDevice', Readonly<Record<Locale, MailText>>>
> = {
  verifyEmail: {
    en: {
      subject: 'Confirm your address',
      text: `Somebody has asked for a NECPGAME account for this address.

If that was you, open this link within {hours} hours to confirm it:

{link}

If it was not, do nothing: without the link there is no account.
`,
    },
    ru: {
      subject: 'Подтвердите адрес',
      text: `Кто-то запросил учётную запись NECPGAME для этого адреса.

Если это были вы, откройте ссылку в течение {hours} часов, чтобы подтвердить адрес:

{link}

Если нет, ничего не делайте: без этой ссылки учётная запись не появится.
`,
    },
  },
  alreadyRegistered: {
    en: {
      subject: 'You have an account already',
      text: `Somebody has asked for a NECPGAME account for this address, but it has one already.

If that was you, log in with the password that you chose before. If it was not, do nothing: your account is unchanged.
`,
    },
    ru: {
      subject: 'У вас уже есть учётная запись',
      text: `Кто-то запросил учётную запись NECPGAME для этого адреса, но она уже существует.

Если это были вы, войдите с паролем, который выбрали раньше. Если нет, ничего не делайте: ваша учётная запись не изменилась.
`,
    },
  },
  newDevice: {
    en: {
      subject: 'A login from a new device',
      text: `Somebody has logged in to your NECPGAME account from a device that it did not know:

{device}
{network}
{time}

If that was you, there is nothing to do. If it was not, ask for a new password in the game ("Forgot your password?") at
once: that logs everybody out. Then turn on two-step login.
`,
    },
    ru: {
      subject: 'Вход с нового устройства',
      text: `Кто-то вошёл в вашу учётную запись NECPGAME с устройства, которого она не знала:

{device}
{network}
{time}

Если это были вы, ничего делать не нужно. Если нет, сразу запросите в игре новый пароль («Забыли пароль?»): это завершит
все сеансы. Затем включите двухэтапный вход.
`,
    },
  },
};
