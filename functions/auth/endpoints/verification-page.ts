import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { verificationPage } from '../contract.ts';
import { verificationPageHtml } from '../data/verification-page.ts';

export const handler = endpointHandler(verificationPage, async () => verificationPageHtml);
