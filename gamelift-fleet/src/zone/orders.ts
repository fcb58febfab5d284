import type { CloseReason } from '#shared/contract/zone-protocol.ts';
import type { LeaveReason } from '../persist/character-ports.ts';
import type { EvictOrder } from '../persist/order-ports.ts';
import type { AskedManner } from '../sim/leaving.ts';

/** What an order means for the character that it names. */
export interface Order {
  /** What the client hears; its connection ends at once. */
  readonly closeReason: CloseReason;
  /** How the body follows: an end of the session is no way out of a fight. */
  readonly manner: AskedManner;
  /** Whether the session may not come back. */
  readonly endsSession: boolean;
  /** What the world is told; unset: the character is elsewhere, and what is saved of it there stays. */
  readonly leaveReason: LeaveReason | undefined;
}

const sessionEnds = (closeReason: CloseReason): Order => ({
  closeReason,
  manner: 'logout',
  endsSession: true,
  leaveReason: 'logout',
});
const removes = (closeReason: CloseReason, endsSession: boolean): Order => ({
  closeReason,
  manner: 'now',
  endsSession,
  leaveReason: 'removed',
});

export const orders: Readonly<Record<EvictOrder['reason'], Order>> = {
  moved: { closeReason: 'superseded', manner: 'now', endsSession: false, leaveReason: undefined },
  // The session may go on with another character, or another session with this one: it finds the body waiting.
  superseded: { closeReason: 'superseded', manner: 'logout', endsSession: false, leaveReason: 'logout' },
  logout: sessionEnds('logout'),
  expired: sessionEnds('expired'),
  afk: sessionEnds('afk'),
  revoked: sessionEnds('revoked'),
  password_changed: sessionEnds('password_changed'),
  logout_everywhere: sessionEnds('logout_everywhere'),
  refresh_reused: sessionEnds('refresh_reused'),
  banned: removes('banned', true),
  account_deleted: removes('account_deleted', true),
  kicked: removes('kicked', true),
  character_deleted: removes('character_deleted', false),
};
