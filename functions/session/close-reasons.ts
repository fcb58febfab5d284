/** Why sessions end. */
export type CloseReason =
  | 'logout'
  | 'superseded'
  | 'expired'
  | 'afk'
  | 'revoked'
  | 'password_changed'
  | 'logout_everywhere'
  | 'refresh_reused'
  | 'banned'
  | 'account_deleted';
