import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { LocalService } from '../../service.ts';
import { AwsError } from '../aws-error.ts';
import { HttpService, readBody } from '../http-service.ts';
import type { Mailbox } from './mailbox.ts';

const PATH = '/v2/email/outbound-emails';
const BODY_BYTES = 1_048_576;
const MOST_RECIPIENTS = 50;

const Text = z.object({ Data: z.string() });
const Addresses = z.array(z.string()).default([]);
const SendEmail = z.object({
  FromEmailAddress: z.string().min(3),
  Destination: z.object({ ToAddresses: Addresses, CcAddresses: Addresses, BccAddresses: Addresses }),
  Content: z.object({
    Simple: z.object({ Subject: Text, Body: z.object({ Text: Text.optional(), Html: Text.optional() }) }),
  }),
});

export interface SesServiceOptions {
  readonly port: number;
  readonly mailbox: Mailbox;
}

/** SES v2's SendEmail with simple content: every mail ends in the mailbox. Other calls and contents are errors. */
export class SesService extends HttpService implements LocalService {
  readonly name = 'SES';
  readonly #options: SesServiceOptions;

  constructor(options: SesServiceOptions) {
    super(options.port);
    this.#options = options;
  }

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, headers } = await this.#send(request).catch((error: unknown) => {
      const known =
        error instanceof AwsError
          ? error
          : new AwsError('InternalServiceErrorException', String(error), { status: 500 });
      return { status: known.status, body: { message: known.message }, headers: { 'x-amzn-errortype': known.code } };
    });
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers });
    response.end(JSON.stringify(body));
  }

  async #send(request: IncomingMessage) {
    if (request.method !== 'POST' || request.url !== PATH) {
      throw new AwsError('NotFoundException', `The local SES answers POST ${PATH} only`, { status: 404 });
    }
    const parsed = SendEmail.safeParse(parseJson(await readBody(request, BODY_BYTES)));
    if (!parsed.success) throw new AwsError('BadRequestException', z.prettifyError(parsed.error));
    const { FromEmailAddress, Destination, Content } = parsed.data;
    const to = [...Destination.ToAddresses, ...Destination.CcAddresses, ...Destination.BccAddresses];
    if (to.length === 0 || to.length > MOST_RECIPIENTS)
      throw new AwsError('BadRequestException', `1 to ${MOST_RECIPIENTS} recipients, not ${to.length}`);
    const { Subject, Body } = Content.Simple;
    if (!Body.Text && !Body.Html) throw new AwsError('BadRequestException', 'A body needs Text or Html');
    const mail = this.#options.mailbox.add({
      from: FromEmailAddress,
      to,
      subject: Subject.Data,
      text: Body.Text?.Data,
      html: Body.Html?.Data,
    });
    return { status: 200, body: { MessageId: mail.id }, headers: {} };
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('BadRequestException', 'The body is not JSON');
  }
}
