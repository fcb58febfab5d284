import { mailedPage } from '#shared/runtime/mailed-page.ts';

const password = {
  label: 'New password · Новый пароль',
  weak: 'Choose another password: at least 8 characters, and not one that everybody chooses. · Выберите другой пароль: не короче 8 символов и не из самых распространённых.',
};

export const resetPageHtml = mailedPage({
  ask: 'Choose a new password · Выберите новый пароль',
  done: 'Done: log in with the new password. · Готово, войдите с новым паролем.',
  password,
});

export const undoPageHtml = mailedPage({
  ask: 'Take your account back to this address, with a new password · Верните учётную запись на этот адрес и выберите новый пароль',
  done: 'Done: log in with this address and the new password. · Готово, войдите с этим адресом и новым паролем.',
  password,
});

export const emailPageHtml = mailedPage({
  ask: 'Confirm your new address · Подтвердите новый адрес',
  done: 'Done: this is your address now. · Готово, теперь это ваш адрес.',
});
