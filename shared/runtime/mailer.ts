import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { config } from '#shared/kernel/config.ts';
import { step } from '#shared/kernel/step.ts';

/** A plain-text mail to one address. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

type Mailer = (mail: Mail) => Promise<void>;

let client: SESv2Client | undefined;

const ses: Mailer = async ({ to, subject, text }) => {
  client ??= new SESv2Client({ maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 } });
  const command = new SendEmailCommand({
    FromEmailAddress: config('MAIL_FROM'),
    Destination: { ToAddresses: [to] },
    Content: {
      Simple: {
        Subject: { Data: subject, Charset: 'UTF-8' },
        Body: { Text: { Data: text, Charset: 'UTF-8' } },
      },
    },
  });
  await step('mail.send', () => client!.send(command));
};

let mailer: Mailer = ses;

/** Sends a mail from the stage's sender. The subscriber that calls it is retried, so it may be sent twice. */
export function sendMail(mail: Mail): Promise<void> {
  return mailer(mail);
}

/** Takes mails elsewhere (tests) and returns the undo. */
export function useMailer(next: Mailer): () => void {
  const before = mailer;
  mailer = next;
  return () => {
    mailer = before;
  };
}
