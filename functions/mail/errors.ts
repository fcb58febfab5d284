import { defineErrors } from '#shared/contract/errors.ts';

export const mailErrors = defineErrors('mail', {
  not_found: { status: 404, message: 'There is no such mail in your box.', retry: 'never' },
  recipient_not_found: {
    status: 404,
    message: 'There is no such character, or it takes no mail from you.',
    retry: 'after-change',
  },
  self: { status: 422, message: 'You cannot send mail to the character that you play.', retry: 'after-change' },
  duplicate_recipient: { status: 422, message: 'A recipient is named twice.', retry: 'after-change' },
  value_to_many: { status: 422, message: 'Items and money go to one recipient.', retry: 'after-change' },
  duplicate_item: { status: 422, message: 'An item is attached twice.', retry: 'after-change' },
  cod_without_items: { status: 422, message: 'Payment on delivery is for items.', retry: 'after-change' },
  cod_with_money: { status: 422, message: 'Payment on delivery and money exclude each other.', retry: 'after-change' },
  text_empty: { status: 422, message: 'The mail needs a subject.', retry: 'after-change' },
  text_refused: { status: 422, message: 'The mail has words that are not for others.', retry: 'after-change' },
  item_not_sendable: { status: 422, message: 'This item cannot be sent.', retry: 'after-change' },
  box_full: { status: 409, message: "The recipient's box is full.", retry: 'later' },
  too_many_today: { status: 409, message: 'You have sent as many mails today as you may.', retry: 'later' },
  attachment_not_found: { status: 404, message: 'There is no such attachment.', retry: 'never' },
  nothing_to_take: { status: 409, message: 'There is nothing in this mail.', retry: 'never' },
  cod_unpaid: {
    status: 409,
    message: 'Its attachments cost something: send the amount that you agree to pay.',
    retry: 'after-change',
  },
  not_empty: { status: 409, message: 'Take what is in it, or return it.', retry: 'after-change' },
  not_returnable: { status: 409, message: 'This mail cannot be returned.', retry: 'never' },
  busy: { status: 409, message: 'Something is being taken out of this mail.', retry: 'later' },
});
