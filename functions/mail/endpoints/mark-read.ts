import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { markRead as definition } from '../contract.ts';
import { localeOf } from '../reader.ts';
import { requireInBox } from '../rules.ts';
import { markRead, readMail } from '../store.ts';
import { readText } from '../store-texts.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(definition, async ({ input, actor, nowMs, commit }) => {
  const { mailId } = input.params;
  const { accountId, characterId } = actor;
  const mail = requireInBox(await readMail(mailId), characterId, nowMs);
  const [locale, text] = await Promise.all([localeOf(accountId), readText(mail)]);
  const seen = viewOf({ ...mail, readAtMs: mail.readAtMs ?? nowMs }, locale, text);
  if (mail.readAtMs !== undefined) return seen;
  return commit({ writes: [markRead(mailId, characterId, nowMs)] }, seen);
});
