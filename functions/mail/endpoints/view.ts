import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { view } from '../contract.ts';
import { localeOf } from '../reader.ts';
import { requireInBox } from '../rules.ts';
import { readMail } from '../store.ts';
import { readText } from '../store-texts.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(view, async ({ input, actor: { accountId, characterId }, nowMs }) => {
  const mail = requireInBox(await readMail(input.params.mailId), characterId, nowMs);
  const [locale, text] = await Promise.all([localeOf(accountId), readText(mail)]);
  return viewOf(mail, locale, text);
});
