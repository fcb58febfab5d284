/** What a function with ReportBatchItemFailures may answer. */
export type BatchReply =
  | { readonly batchItemFailures?: readonly { readonly itemIdentifier?: string | null }[] | null }
  | null
  | undefined;

/**
 * Which items of a batch failed, by Lambda's rules: nothing reported means success; an identifier that is empty or not
 * of this batch, or a reply of another shape, means that the whole batch failed.
 */
export function failedItems(reply: BatchReply, batch: ReadonlySet<string>): Set<string> {
  if (reply === null || reply === undefined) return new Set();
  if (typeof reply !== 'object') return new Set(batch);
  const failures = reply.batchItemFailures;
  if (failures === null || failures === undefined) return new Set();
  if (!Array.isArray(failures)) return new Set(batch);
  const failed = new Set<string>();
  for (const failure of failures) {
    const id = failure?.itemIdentifier;
    if (typeof id !== 'string' || !batch.has(id)) return new Set(batch);
    failed.add(id);
  }
  return failed;
}
