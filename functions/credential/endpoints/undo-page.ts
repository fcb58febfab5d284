import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { undoPage } from '../contract.ts';
import { undoPageHtml } from '../data/pages.ts';

export const handler = endpointHandler(undoPage, async () => undoPageHtml);
