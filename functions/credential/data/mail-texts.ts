import type { Locale } from '#shared/kernel/locale.ts';

export interface MailText {
  readonly subject: string;
  /** Words in braces stand for what they say. */
  readonly text: string;
}

type MailName =
  | 'resetPassword'
  | 'passwordChanged'
  | 'confirmEmail'
  | 'emailTaken'
  | 'emailChangeAsked'
  | 'emailChanged'
  | 'passwordAdded';

/** Every mail of this domain in every language. */
export const mailTexts: Readonly<Record<MailName, Readonly<Record<Locale, MailText>>>> = {
  resetPassword: {
    en: {
      subject: 'Choose a new password',
      text: `Somebody has forgotten the password of the NECPGAME account of this address.

If that was you, open this link within {minutes} minutes and choose a new one:

{link}

It works once. All devices are logged out then. If it was not you, do nothing: your password stays as it is.
`,
    },
    ru: {
      subject: 'Выберите новый пароль',
      text: `Кто-то забыл пароль от учётной записи NECPGAME с этим адресом.

Если это были вы, откройте ссылку в течение {minutes} минут и выберите новый пароль:

{link}

Ссылка работает один раз, после этого на всех устройствах потребуется войти заново. Если это были не вы, ничего не делайте: пароль останется прежним.
`,
    },
  },
  passwordChanged: {
    en: {
      subject: 'Your password was changed',
      text: `The password of your NECPGAME account was changed at {time}.

If that was you, there is nothing to do. If it was not, take your account back at once: ask for a new password in the
game ("Forgot your password?"). That logs everybody out, and the link comes to this address.
`,
    },
    ru: {
      subject: 'Ваш пароль изменён',
      text: `Пароль вашей учётной записи NECPGAME был изменён: {time}.

Если это сделали вы, ничего делать не нужно. Если нет, сразу верните себе учётную запись: запросите в игре новый
пароль («Забыли пароль?»). Это завершит все сеансы, а ссылка придёт на этот адрес.
`,
    },
  },
  confirmEmail: {
    en: {
      subject: 'Confirm your new address',
      text: `The owner of a NECPGAME account wants to use this address from now on.

If that is you, open this link within {hours} hours to confirm it:

{link}

If it is not, do nothing: without the link nothing changes.
`,
    },
    ru: {
      subject: 'Подтвердите новый адрес',
      text: `Владелец учётной записи NECPGAME хочет использовать этот адрес.

Если это вы, откройте ссылку в течение {hours} часов, чтобы подтвердить адрес:

{link}

Если нет, ничего не делайте: без этой ссылки ничего не изменится.
`,
    },
  },
  emailTaken: {
    en: {
      subject: 'You have an account already',
      text: `Somebody wants to use this address for their NECPGAME account, but it belongs to another account already.

If that was you, log in with that other account, or choose another address. If it was not, do nothing: your account is unchanged.
`,
    },
    ru: {
      subject: 'У вас уже есть учётная запись',
      text: `Кто-то хочет использовать этот адрес для своей учётной записи NECPGAME, но он принадлежит другой учётной записи.

Если это были вы, войдите в ту учётную запись или выберите другой адрес. Если нет, ничего не делайте: ваша учётная запись не изменилась.
`,
    },
  },
  emailChangeAsked: {
    en: {
      subject: 'Another address for your account?',
      text: `Somebody who is logged in to your NECPGAME account wants to change its address to {newEmail}.

If that was you, follow the link that went there. If it was not, act now: ask for a new password in the game ("Forgot
your password?"). The link comes to this address, logs everybody out, and the change comes to nothing.
`,
    },
    ru: {
      subject: 'Новый адрес вашей учётной записи?',
      text: `Кто-то, кто вошёл в вашу учётную запись NECPGAME, хочет сменить её адрес на {newEmail}.

Если это вы, перейдите по ссылке, которая отправлена туда. Если нет, действуйте сразу: запросите в игре новый пароль
(«Забыли пароль?»). Ссылка придёт на этот адрес, завершит все сеансы и отменит смену адреса.
`,
    },
  },
  emailChanged: {
    en: {
      subject: 'The address of your account was changed',
      text: `The address of your NECPGAME account is {newEmail} now. This address does not belong to it any more.

If that was you, there is nothing to do. If it was not, open this link within {hours} hours, and choose a new password:

{link}

That gives the account back to this address and logs everybody out. Whatever the address was changed to meanwhile, the
link works.
`,
    },
    ru: {
      subject: 'Адрес вашей учётной записи изменён',
      text: `Адрес вашей учётной записи NECPGAME теперь {newEmail}. Этот адрес к ней больше не относится.

Если это сделали вы, ничего делать не нужно. Если нет, откройте ссылку в течение {hours} часов и выберите новый пароль:

{link}

Учётная запись вернётся на этот адрес, и все сеансы завершатся. Ссылка работает, даже если адрес с тех пор сменили ещё раз.
`,
    },
  },
  passwordAdded: {
    en: {
      subject: 'You can log in with this address now',
      text: `Your NECPGAME account can be signed in to with this address and your password from now on. The other ways in work as before.

What concerns the security of the account is told to this address.
`,
    },
    ru: {
      subject: 'Теперь можно входить с этим адресом',
      text: `Теперь в вашу учётную запись NECPGAME можно войти с этим адресом и вашим паролем. Остальные способы входа работают как раньше.

О безопасности учётной записи мы будем сообщать на этот адрес.
`,
    },
  },
};
