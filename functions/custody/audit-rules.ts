import { MINUTE_MS } from '#shared/kernel/clock.ts';

/** How much one run does at most: what is left is for the next, and the lag tells. */
export const auditLimits = {
  /** No part begins after this. */
  runMs: 4 * MINUTE_MS,
  /** What happened in this time before a run may still be on its way to the stores. */
  freshMs: MINUTE_MS,
  /** Decisions of the ledger in a page, and pages in a run: 22 a second for 15 minutes. */
  decidedPerPage: 100,
  decidedPages: 200,
  accountsPerPage: 1_000,
  accountPages: 20,
  /** Of 1 MB and 128 read units each: 24 GB of the table in a day. */
  walkPages: 250,
  /** Items that are looked at again, strongly consistent, because their rows did not fit. */
  suspects: 200,
  /** Longest chain that is read to the end. */
  longestChain: 20_000,
  /** Settlements that are looked at again in the next run. */
  underWay: 500,
  /** Characters whose slots are looked at again because they did not fit. */
  slotSuspects: 100,
  /** Characters whose slots are looked at side by side. */
  slotLooks: 10,
  /** The list of what a character holds may be so much behind. */
  indexLagMs: 2_000,
  /** Settlements under way of each shard whose reserved slots are known to a run. */
  reserving: 500,
  /** Faults that are kept until they are gone; more are told once. */
  openFaults: 200,
  /** Complaints that a report holds; more are only counted. */
  complaints: 50,
  /** A settlement that is under way for longer (V5). */
  pendingMs: 5 * MINUTE_MS,
  /** An event that waits for longer (V7). */
  unsentMs: 5 * MINUTE_MS,
  /** Of each kind of thing that waits. */
  waiting: 20,
} as const;
