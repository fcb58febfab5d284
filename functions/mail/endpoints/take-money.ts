import { settling } from '#functions/settlement/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { takeMoney } from '../contract.ts';
import { mailTaking } from '../settlement.ts';
import { takeOut } from '../take-out.ts';

export const handler = endpointHandler(
  takeMoney,
  ({ input, actor, operation }) =>
    takeOut(operation, {
      mailId: input.params.mailId,
      characterId: actor.characterId,
      wanted: { kind: 'money' },
      agreed: undefined,
    }),
  settling(mailTaking),
);
