import { defineErrors } from '#shared/contract/errors.ts';

export const custodyErrors = defineErrors('custody', {
  not_found: { status: 404, message: 'There is no such thing.', retry: 'never' },
  own_character: { status: 403, message: 'That is a character of your own.', retry: 'never' },
  own_proposal: { status: 403, message: 'Somebody else has to agree to it.', retry: 'never' },
  not_open: { status: 409, message: 'It was decided on already, or has run out.', retry: 'never' },
  nothing_asked: { status: 400, message: 'Say what is to be moved.', retry: 'after-change' },
  item_elsewhere: { status: 409, message: 'The item is not there.', retry: 'after-change' },
  not_enough: { status: 409, message: 'There are not so many in the stack.', retry: 'after-change' },
  in_settlement: {
    status: 409,
    message: 'It is changing hands at this moment. Ask again when that is over.',
    retry: 'later',
  },
  money_held: { status: 409, message: 'Some of the money is set aside. Ask again when it is free.', retry: 'later' },
  no_money_in_mail: { status: 409, message: 'There is no money of theirs in that mail.', retry: 'after-change' },
  whole_stack: {
    status: 409,
    message: 'Out of a mail, or of a vendor’s hands, it goes as a whole.',
    retry: 'after-change',
  },
  apart_from_money: {
    status: 409,
    message: 'What lies in a mail, or with a vendor, goes by a request of its own, without money.',
    retry: 'after-change',
  },
  worn_with_money: { status: 409, message: 'Worn things go by a request of their own.', retry: 'after-change' },
  unknown_item: { status: 400, message: 'There is no such kind of thing.', retry: 'after-change' },
  too_much: { status: 400, message: 'That is too much for one request.', retry: 'after-change' },
});
