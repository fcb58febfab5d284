import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { inboxPage, linkify } from './inbox-page.ts';
import { InboxService } from './inbox-service.ts';
import { Mailbox, MOST_MAILS } from './mailbox.ts';
import { SesService } from './ses-service.ts';

let ses: SesService;
let inbox: InboxService;
let client: SESv2Client;
let inboxUrl: string;

beforeEach(async () => {
  const mailbox = new Mailbox(() => Date.parse('2026-11-22T07:00:00Z'));
  const port = await freePort();
  ses = new SesService({ port, mailbox });
  await ses.start();
  const inboxPort = await freePort();
  inbox = new InboxService({ port: inboxPort, mailbox });
  await inbox.start();
  inboxUrl = `http://127.0.0.1:${inboxPort}`;
  client = new SESv2Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});

afterEach(async () => {
  client.destroy();
  await ses.stop();
  await inbox.stop();
});

function send(to: string, subject: string, text: string) {
  return client.send(
    new SendEmailCommand({
      FromEmailAddress: 'no-reply@necpgame.test',
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text } } } },
    }),
  );
}

const json = async (path: string) =>
  (await (await fetch(inboxUrl + path)).json()) as { mails: { subject: string; seq: number; id: string }[] };

test('a mail sent by the SDK can be found by recipient and after a mark', async () => {
  const { MessageId } = await send('V@saltglass.test', 'Verify', 'http://127.0.0.1:1/verify?token=abc');
  await send('other@saltglass.test', 'Noise', 'x');
  const { mails } = await json('/inbox.json?to=v@SALTGLASS.test');
  expect(mails).toMatchObject([
    { id: MessageId, subject: 'Verify', from: 'no-reply@necpgame.test', text: 'http://127.0.0.1:1/verify?token=abc' },
  ]);
  await send('v@saltglass.test', 'Second', 'y');
  const later = await json(`/inbox.json?to=v@saltglass.test&after=${mails[0]!.seq}`);
  expect(later.mails.map(({ subject }) => subject)).toEqual(['Second']);
});

test('the page shows links that work and no markup of the sender', async () => {
  await send(
    'v@saltglass.test',
    '<script>alert(1)</script>',
    'Open https://necpgame.test/verify?a=1&b=2 <img src=x onerror=alert(1)>',
  );
  const response = await fetch(`${inboxUrl}/`);
  const page = await response.text();
  expect(page).not.toMatch(/<script|<img/);
  expect(page).toContain('&#60;script&#62;');
  const href = /href="([^"]+)"/.exec(page)![1]!.replaceAll('&#38;', '&');
  expect(href).toBe('https://necpgame.test/verify?a=1&b=2');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('an HTML mail stays inside a frame without scripts', () => {
  const mail = {
    id: '1',
    from: 'a',
    to: ['b'],
    subject: 's',
    text: undefined,
    html: '"><script>alert(1)</script>',
    receivedAt: '',
    seq: 1,
  };
  const page = inboxPage([mail], '"><b>');
  expect(page).not.toMatch(/<script|<b>/);
  expect(page).toContain('sandbox="allow-popups"');
});

test('a link ends where the text around it begins', () => {
  expect(linkify('(see <http://a.test/x> now)')).toContain('href="http://a.test/x"');
});

test('only the latest mails are kept', () => {
  const mailbox = new Mailbox(() => 0);
  for (let index = 0; index <= MOST_MAILS; index++)
    mailbox.add({ from: 'a', to: ['b'], subject: String(index), text: '', html: undefined });
  const mails = mailbox.find({ limit: 2_000 });
  expect(mails).toHaveLength(MOST_MAILS);
  expect(mails.at(-1)?.subject).toBe('1');
});

test('what SES would refuse is refused, and other calls are named as unknown', async () => {
  const nobody = client.send(
    new SendEmailCommand({
      FromEmailAddress: 'a@b.test',
      Destination: {},
      Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
    }),
  );
  await expect(nobody).rejects.toMatchObject({ name: 'BadRequestException' });
  const raw = client.send(
    new SendEmailCommand({
      FromEmailAddress: 'a@b.test',
      Destination: { ToAddresses: ['c@d.test'] },
      Content: { Raw: { Data: Uint8Array.of(1) } },
    }),
  );
  await expect(raw).rejects.toMatchObject({ name: 'BadRequestException' });
  expect((await json('/inbox.json')).mails).toEqual([]);
  expect((await fetch(`${inboxUrl}/inbox.json?after=x`)).status).toBe(400);
});
