import type { SubscribedEvent } from '#shared/contract/subscriber.ts';
import type { notifySecurity } from './contract.ts';
import type { Notice } from './rules.ts';

/** What a player is told of an event about their account, its keys or its characters. */
export function accountNoticeOf({ name, data }: SubscribedEvent<typeof notifySecurity>): Notice {
  const { accountId } = data;
  const tell = (code: Notice['code'], params: Notice['params'] = {}): Notice => ({ accountId, code, params });
  switch (name) {
    case 'PASSWORD_CHANGED':
      return tell('security.password_changed');
    case 'EMAIL_CHANGED':
      return tell('security.email_changed');
    case 'EMAIL_CHANGE_UNDONE':
      return tell('security.email_restored');
    case 'PASSWORD_ADDED':
      return tell('security.password_added');
    case 'NEW_DEVICE_SEEN':
      return tell('security.new_device', { device: data.device.slice(0, 80) });
    case 'MFA_ENABLED':
      return tell('security.mfa_enabled');
    case 'MFA_DISABLED':
      return tell('security.mfa_disabled');
    case 'MFA_RECOVERY_CODE_USED':
      return tell('security.recovery_code_used', { left: data.codesLeft });
    case 'MFA_RECOVERY_CODES_RENEWED':
      return tell('security.recovery_codes_renewed');
    case 'IDENTITY_LINKED':
      return tell('security.identity_linked', { provider: data.provider });
    case 'IDENTITY_UNLINKED':
      return tell('security.identity_unlinked', { provider: data.provider });
    case 'GUEST_BOUND':
      return tell('account.guest_bound');
    case 'ACCOUNT_RESTORED':
      return tell('account.restored');
    case 'CHARACTER_DELETION_STARTED':
      return character('character.deletion_started', { name: data.name });
    case 'CHARACTER_DELETED':
      return character('character.deleted', { name: data.name });
    case 'CHARACTER_RESTORED':
      return character('character.restored', { name: data.name });
    case 'CHARACTER_RENAME_REQUIRED':
      return character('character.rename_required', { name: data.name });
    case 'CHARACTER_RENAMED':
      return character('character.renamed', { name: data.name, before: data.previousName });
    case 'SESSION_AFK':
      return { ...character('account.away', {}), transient: true };
  }

  function character(code: Notice['code'], params: Notice['params']): Notice {
    const id = 'characterId' in data ? data.characterId : undefined;
    return { accountId, code, params, ...(id ? { ref: { kind: 'character', id } } : {}) };
  }
}
