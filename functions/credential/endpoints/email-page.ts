import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { emailPage } from '../contract.ts';
import { emailPageHtml } from '../data/pages.ts';

export const handler = endpointHandler(emailPage, async () => emailPageHtml);
