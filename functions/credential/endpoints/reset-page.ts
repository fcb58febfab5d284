import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { resetPage } from '../contract.ts';
import { resetPageHtml } from '../data/pages.ts';

export const handler = endpointHandler(resetPage, async () => resetPageHtml);
