import { defineErrors } from '#shared/contract/errors.ts';

export const vendorErrors = defineErrors('vendor', {
  not_found: { status: 404, message: 'There is no such vendor.', retry: 'never' },
  not_here: { status: 409, message: 'You are not where this vendor is.', retry: 'after-change' },
  out_of_reach: { status: 409, message: 'You are too far from this vendor.', retry: 'later' },
  goods_not_found: { status: 404, message: 'This vendor does not sell that.', retry: 'never' },
  price_changed: { status: 409, message: 'The price is not what you have seen.', retry: 'after-change' },
  level_too_low: { status: 403, message: 'Your character is not strong enough for that.', retry: 'after-change' },
  class_not_served: { status: 403, message: 'Your character could not use that.', retry: 'never' },
  too_many: { status: 422, message: 'That is more than fits into one stack.', retry: 'after-change' },
  sold_out: { status: 409, message: 'There is not so much of it left today.', retry: 'later' },
  not_sellable: { status: 422, message: 'No vendor buys that.', retry: 'never' },
  nothing_to_sell: { status: 409, message: 'You have nothing of that to sell.', retry: 'after-change' },
  buy_back_not_found: { status: 404, message: 'You cannot buy that back.', retry: 'never' },
});
