import { defineErrors } from '#shared/contract/errors.ts';

export const tradeErrors = defineErrors('trade', {
  character_not_found: { status: 404, message: 'There is no such character to trade with.', retry: 'after-change' },
  same_account: { status: 422, message: 'You cannot trade with yourself.', retry: 'never' },
  not_together: { status: 409, message: 'You are not in the same place.', retry: 'after-change' },
  busy: { status: 409, message: 'You are trading already, or have asked somebody.', retry: 'after-change' },
  partner_busy: { status: 409, message: 'This character is trading already.', retry: 'later' },
  asked_too_soon: { status: 409, message: 'This character has just declined.', retry: 'later' },
  request_not_found: { status: 404, message: 'There is no open request of this trade to you.', retry: 'never' },
  not_found: { status: 404, message: 'You have no such trade.', retry: 'never' },
  over: { status: 409, message: 'This trade is over.', retry: 'never' },
  settling: { status: 409, message: 'This trade is being carried out.', retry: 'later' },
  locked: { status: 409, message: 'You have locked your offer: unlock it first.', retry: 'after-change' },
  not_locked: { status: 409, message: 'Both offers must be locked first.', retry: 'after-change' },
  cool_down: { status: 409, message: 'The offers have just changed: look at them again.', retry: 'later' },
  offer_changed: { status: 409, message: 'The offers are not what you have seen.', retry: 'after-change' },
  nothing_offered: { status: 409, message: 'Neither of you offers anything.', retry: 'after-change' },
  no_room: { status: 409, message: 'A bag has too little room for what it would get.', retry: 'after-change' },
  daily_limit: { status: 409, message: 'This is more than an account may give away in a day.', retry: 'later' },
});
