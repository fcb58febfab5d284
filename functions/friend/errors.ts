import { defineErrors } from '#shared/contract/errors.ts';

export const friendErrors = defineErrors('friend', {
  player_not_found: { status: 404, message: 'There is no such player.', retry: 'after-change' },
  self: { status: 422, message: 'That is you.', retry: 'never' },
  request_not_found: { status: 404, message: 'There is no open request of this player.', retry: 'never' },
  not_friends: { status: 404, message: 'This player is not your friend.', retry: 'never' },
  list_full: { status: 409, message: 'Your friends list is full.', retry: 'after-change' },
  other_list_full: { status: 409, message: "This player's friends list is full.", retry: 'later' },
  too_many_requests: { status: 409, message: 'You have too many open requests.', retry: 'later' },
  blocked_by_you: { status: 409, message: 'You have blocked this player.', retry: 'after-change' },
  not_blocked: { status: 404, message: 'You have not blocked this player.', retry: 'never' },
  too_many_blocks: { status: 409, message: 'You have blocked too many players.', retry: 'after-change' },
  inbox_full: { status: 409, message: 'This player has too many open requests.', retry: 'later' },
});
