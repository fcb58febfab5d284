import { settling } from '#functions/settlement/public.ts';
import { parseAmount } from '#shared/kernel/money.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { takeAttachment } from '../contract.ts';
import { mailTaking } from '../settlement.ts';
import { takeOut } from '../take-out.ts';

export const handler = endpointHandler(
  takeAttachment,
  ({ input, actor, operation }) =>
    takeOut(operation, {
      mailId: input.params.mailId,
      characterId: actor.characterId,
      wanted: { kind: 'attachment', index: Number(input.params.index) },
      agreed: input.body.cod === undefined ? undefined : parseAmount(input.body.cod),
    }),
  settling(mailTaking),
);
