import { type Call, isDefinite, type Reply } from '../client.ts';

/**
 * V6: all tries of a call that took effect are answered the same, but for refusals of tries that were under way before;
 * and another request under its key is refused.
 * @param receipts at which step each call took effect.
 */
export function replyComplaints(calls: readonly Call[], receipts: ReadonlyMap<string, number>): readonly string[] {
  return calls.flatMap(({ id, replies, otherwise }) => {
    const effectAt = receipts.get(id);
    if (effectAt === undefined) return [];
    const answers = new Set(
      replies
        .filter(({ reply, sentAt }) => isDefinite(reply) && (reply.status < 400 || sentAt > effectAt))
        .map(({ reply }) => essenceOf(reply)),
    );
    return [
      ...(answers.size > 1 ? [`${id} was answered ${[...answers].join(' and ')}`] : []),
      ...otherwise
        .filter(({ reply, sentAt }) => sentAt > effectAt && reply.body?.code !== 'request.idempotency_mismatch')
        .map(({ reply: { status, text } }) => `${id} with another body was answered ${status} ${text}`),
    ];
  });
}

/** The bytes of a success; of a refusal the status and the code, since it names the try. */
function essenceOf({ status, text, body }: Reply): string {
  return status < 400 ? `${status} ${text}` : `${status} ${body?.code}`;
}
