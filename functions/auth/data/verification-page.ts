import { mailedPage } from '#shared/runtime/mailed-page.ts';

export const verificationPageHtml = mailedPage({
  ask: 'Confirm your address · Подтвердите адрес',
  done: 'Done: you can log in now. · Готово, теперь можно войти.',
});
