import { getCharacter, requireReceiver } from '#functions/character/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import type { Operation } from '#shared/events/operation.ts';
import { clock, MINUTE_MS } from '#shared/kernel/clock.ts';
import type { MailId } from '#shared/kernel/ids.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { InDoubtError } from '#shared/settlement/in-doubt.ts';
import { log } from '#shared/telemetry/log.ts';
import { runDue } from '../contract.ts';
import { endMail } from '../end-mail.ts';
import type { Mail } from '../mail.ts';
import { announce, extend, sendBack } from '../mail-changes.ts';
import { DUE_SHARDS } from '../row.ts';
import { decideExpiry, dueStepOf } from '../rules.ts';
import { listDue, readMail } from '../store.ts';

/** Mails of one shard in one page. */
const PAGE = 50;
/** No page is begun after this; the rest waits for the next run. */
const RUN_MS = 3 * MINUTE_MS;

/**
 * Tells players of delayed mail that is there now, and ends what is over. Each mail is a decision of its own; one that
 * changes meanwhile, or that cannot be decided, is left for the next run and holds nobody up.
 */
export const handler = jobHandler(runDue, async ({ nowMs, operation }) => {
  let processed = 0;
  for (let shard = 0; shard < DUE_SHARDS; shard += 1) {
    let after: string | undefined;
    do {
      const page = await listDue(shard, { nowMs, limit: PAGE, after });
      for (const mailId of page.mailIds) if (await step(mailId, operation(mailId))) processed += 1;
      after = page.lastSortKey;
    } while (after !== undefined && clock.nowMs() - nowMs < RUN_MS);
  }
  return { processed };
});

async function step(mailId: MailId, operation: Operation): Promise<boolean> {
  const mail = await readMail(mailId);
  const due = mail && dueStepOf(mail, operation.nowMs);
  if (!mail || !due || mail.settlingId) return false;
  try {
    if (due === 'announce') await operation.commit(announce(mail));
    else await expire(mail, operation);
    return true;
  } catch (error) {
    if (!(error instanceof GameError || error instanceof InDoubtError)) throw error;
    if (!(error instanceof GameError && error.code === 'request.conflict')) {
      log().warn('a mail could not be ended', { mailId, error });
    }
    return false;
  }
}

async function expire(mail: Mail, operation: Operation): Promise<void> {
  const { from } = mail;
  const sender = from && (await getCharacter(from.characterId));
  switch (decideExpiry(mail, sender !== undefined && sender.deletedAtMs === undefined)) {
    case 'extend':
      await operation.commit(extend(mail));
      return;
    case 'return': {
      // A sender who goes at this moment changes the decision, in the next run.
      const isThere = requireReceiver(from!.characterId, new GameError('request.conflict'));
      await operation.commit(mergeChanges(sendBack(mail, 'expired', operation.nowMs), { writes: [isThere] }));
      return;
    }
    case 'close':
    case 'destroy':
      await endMail(operation, mail, 'expired');
  }
}
