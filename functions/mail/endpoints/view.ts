import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { view } from '../contract.ts';
import { localeOf } from '../reader.ts';
import { requireInBox } from '../rules.ts';
import { readMail } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(view, async ({ input, actor: { accountId, characterId }, nowMs }) => {
  const [mail, locale] = await Promise.all([readMail(input.params.mailId), localeOf(accountId)]);
  return viewOf(requireInBox(mail, characterId, nowMs), locale);
});
