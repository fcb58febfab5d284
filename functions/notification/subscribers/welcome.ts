import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { addNotice } from '../add.ts';
import { welcome } from '../contract.ts';
import { greetingOf } from '../greeting.ts';

/** Greets a player who has logged in. */
export const handler = subscriberHandler(welcome, async (event, { nowMs, commit }) => {
  await commit(await addNotice(greetingOf(event), nowMs));
});
