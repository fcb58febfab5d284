import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda';
import { clock } from '#shared/kernel/clock.ts';
import type { AuthorizerContext } from '#shared/runtime/invocation.ts';
import { triggerHandler } from '#shared/runtime/trigger-handler.ts';
import { authorizeHttp } from '../contract.ts';
import { identifyBearer } from '../identify.ts';

type Verdict = APIGatewaySimpleAuthorizerResult & { readonly context?: AuthorizerContext };

/** The gateway keeps the verdict for 5 minutes under the header: value writes check the session once more. */
export const handler = triggerHandler(
  authorizeHttp,
  async (event: Pick<APIGatewayRequestAuthorizerEventV2, 'headers'>): Promise<Verdict> => {
    const context = await identifyBearer(event.headers?.authorization, clock.nowMs());
    return context ? { isAuthorized: true, context } : { isAuthorized: false };
  },
);
