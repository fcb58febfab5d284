import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { markRead as definition } from '../contract.ts';
import { localeOf } from '../reader.ts';
import { requireInBox } from '../rules.ts';
import { markRead, readMail } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(definition, async ({ input, actor, nowMs, commit }) => {
  const { mailId } = input.params;
  const { accountId, characterId } = actor;
  const [found, locale] = await Promise.all([readMail(mailId), localeOf(accountId)]);
  const mail = requireInBox(found, characterId, nowMs);
  if (mail.readAtMs !== undefined) return viewOf(mail, locale);
  return commit({ writes: [markRead(mailId, characterId, nowMs)] }, viewOf({ ...mail, readAtMs: nowMs }, locale));
});
