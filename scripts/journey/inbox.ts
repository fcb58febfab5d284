import { until } from './until.ts';

/** Where a stage's mail is caught. */
export interface Inbox {
  /** Texts of the mails to an address, newest first. */
  textsTo(address: string): Promise<readonly string[]>;
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

/** The local cloud's inbox, or any that answers as it does. */
export function localInbox(url: string): Inbox {
  return {
    textsTo: async (address) => {
      const { mails } = (await json(`${url}/inbox.json?to=${encodeURIComponent(address)}`)) as {
        mails: readonly { text: string }[];
      };
      return mails.map(({ text }) => text);
    },
  };
}

interface EmulatedMail {
  readonly To?: readonly string[];
  readonly Body?: string;
  readonly BodyText?: string;
}

/** What MiniStack keeps of the mails that functions have sent: by sender's account, by message id. */
export function emulatorInbox(url: string): Inbox {
  return {
    textsTo: async (address) => {
      const { messages } = (await json(`${url}/_ministack/ses/messages`)) as {
        messages: Readonly<Record<string, unknown>>;
      };
      return Object.values(messages)
        .flatMap((some) => Object.values(some as Readonly<Record<string, EmulatedMail>>))
        .filter(({ To = [] }) => To.includes(address))
        .map(({ Body, BodyText }) => BodyText ?? Body ?? '')
        .reverse();
    },
  };
}

/** Waits for a mail to an address with a link to a page such as `verify-email`, and gives the token of the newest. */
export async function mailedToken(inbox: Inbox, address: string, page: string): Promise<string> {
  return until(`a mail to ${address} with a link to ${page}`, async () => {
    for (const text of await inbox.textsTo(address)) {
      const [, linked, token] = /([\w-]+)\?token=([\w.~%-]+)/.exec(text) ?? [];
      if (linked === page && token) return decodeURIComponent(token);
    }
    return undefined;
  });
}
