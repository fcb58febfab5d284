import { windowStartOf } from './lockout.ts';
import { mailLimits } from './rules.ts';
import { takeMail } from './store.ts';

/** Takes one of the 5 mails an hour that a subject may get, such as the hash of an address; false when they are used up. */
export function mayMail(subject: string, nowMs: number): Promise<boolean> {
  return takeMail(subject, windowStartOf(nowMs, mailLimits.windowMs));
}
