import { until } from './until.ts';

interface CaughtMail {
  readonly to: readonly string[] | string;
  readonly subject: string;
  readonly text: string;
}

/** Waits for the verification mail of an address and gives the token that its link carries. */
export async function verificationToken(inboxUrl: string, address: string): Promise<string> {
  return until(`a verification mail to ${address}`, async () => {
    const response = await fetch(`${inboxUrl}/inbox.json?to=${encodeURIComponent(address)}`);
    const answer = (await response.json()) as { mails?: CaughtMail[] } | CaughtMail[];
    const mails = Array.isArray(answer) ? answer : (answer.mails ?? []);
    for (const mail of mails) {
      const token = /token=([\w.~%-]+)/.exec(mail.text)?.[1];
      if (token) return decodeURIComponent(token);
    }
    return undefined;
  });
}
