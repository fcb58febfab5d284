import { DAY_MS } from '#shared/kernel/clock.ts';

export const deviceLimits = {
  /** Of one account; the one not seen for longest goes for the next. */
  perAccount: 10,
  /** A device that nobody logs in from for this long is a stranger again. */
  lifeMs: 180 * DAY_MS,
  /** How exactly it is known when a device was last seen: spares most logins a write. */
  seenEveryMs: DAY_MS,
} as const;

/** A client that has logged in to an account before, and proves it by its token. Of the token only the hash is stored. */
export interface KnownDevice {
  readonly accountId: string;
  readonly deviceHash: string;
  readonly label: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export function isKnown(device: KnownDevice | undefined, nowMs: number): device is KnownDevice {
  return device !== undefined && nowMs - device.lastSeenMs < deviceLimits.lifeMs;
}

/** Which of an account's devices go when one more comes: those not seen for longest. */
export function surplusDevices(devices: readonly KnownDevice[]): readonly KnownDevice[] {
  const surplus = devices.length + 1 - deviceLimits.perAccount;
  return [...devices].sort((a, b) => a.lastSeenMs - b.lastSeenMs).slice(0, Math.max(0, surplus));
}
