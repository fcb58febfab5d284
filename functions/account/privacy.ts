import * as z from 'zod';

const everyone = ['everyone', 'friends', 'nobody'] as const;
export type Audience = (typeof everyone)[number];

/** Whom a player lets see or reach them. Every part of the game that shows or contacts a player asks here. */
export const Privacy = z.strictObject({
  presence: z.enum(everyone).meta({ description: 'Who sees whether you are online, and where' }),
  friendRequests: z.enum(['everyone', 'nobody']).meta({ description: 'Who may ask to be your friend' }),
  whispers: z.enum(everyone).meta({ description: 'Who may whisper to you' }),
  invites: z.enum(everyone).meta({ description: 'Who may invite you to parties, guilds, duels and trades' }),
  mail: z.enum(everyone).meta({ description: 'Who may send you mail' }),
  publicProfile: z.boolean().meta({ description: 'Whether others may see your profile' }),
});
export type Privacy = z.infer<typeof Privacy>;

/** Of a player who has chosen nothing: reachable, but followed around by friends only. */
export const defaultPrivacy: Privacy = {
  presence: 'friends',
  friendRequests: 'everyone',
  whispers: 'everyone',
  invites: 'everyone',
  mail: 'everyone',
  publicProfile: true,
};

/** Whether somebody belongs to those whom a player admits. */
export function admits(audience: Audience, isFriend: boolean): boolean {
  return audience === 'everyone' || (audience === 'friends' && isFriend);
}
