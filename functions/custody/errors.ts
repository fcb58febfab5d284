import { defineErrors } from '#shared/contract/errors.ts';

export const custodyErrors = defineErrors('custody', {
  not_found: { status: 404, message: 'There is no such thing.', retry: 'never' },
  own_character: { status: 403, message: 'That is a character of your own.', retry: 'never' },
  own_proposal: { status: 403, message: 'Somebody else has to agree to it.', retry: 'never' },
  not_open: { status: 409, message: 'It was decided on already, or has run out.', retry: 'never' },
  nothing_asked: { status: 400, message: 'Say what is to be moved.', retry: 'after-change' },
  item_elsewhere: { status: 409, message: 'The item is not there.', retry: 'after-change' },
  not_enough: { status: 409, message: 'There are not so many in the stack.', retry: 'after-change' },
  worn_with_money: { status: 409, message: 'Worn things go by a request of their own.', retry: 'after-change' },
  unknown_item: { status: 400, message: 'There is no such kind of thing.', retry: 'after-change' },
  too_much: { status: 400, message: 'That is too much for one request.', retry: 'after-change' },
});
