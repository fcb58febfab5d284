import { defineErrors } from '#shared/contract/errors.ts';

export const characterErrors = defineErrors('character', {
  name_invalid: { status: 422, message: 'A character cannot have this name.', retry: 'after-change' },
  name_taken: { status: 409, message: 'Somebody has this name or one that looks like it.', retry: 'after-change' },
  name_barred: { status: 409, message: 'A moderator has taken this name from you.', retry: 'after-change' },
  slots_full: { status: 409, message: 'You have no free character slot.', retry: 'after-change' },
  rename_required: { status: 409, message: 'This character needs another name first.', retry: 'after-change' },
  rename_not_required: { status: 409, message: 'This character keeps its name.', retry: 'never' },
  deletion_pending: { status: 409, message: 'This character is about to be deleted.', retry: 'after-change' },
  deleted: { status: 409, message: 'This character is deleted.', retry: 'after-change' },
  name_mismatch: { status: 422, message: 'This is not the name of the character.', retry: 'after-change' },
  has_obligations: { status: 409, message: 'This character has unfinished business.', retry: 'after-change' },
  deleted_full: { status: 409, message: 'Too many of your deleted characters are still kept.', retry: 'later' },
  not_restorable: { status: 410, message: 'It is too late to restore this character.', retry: 'never' },
  in_world: { status: 409, message: 'This character is in the world.', retry: 'after-change' },
  not_selected: { status: 409, message: 'You do not play this character.', retry: 'never' },
});
