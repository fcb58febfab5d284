import { describe, expect, it } from 'vitest';
import { MAX_SIDE_LINES } from '#shared/contract/zone-protocol.ts';
import { playHonestly } from './honest-play.ts';

describe('an hour of honest play over bad lines', () => {
  it('puts suspicion on nobody, though lines stall, lose and break', async () => {
    const play = await playHonestly(15);
    expect(play.playedMinutes).toBe(60);
    expect(play.reconnects).toBeGreaterThan(5);
    expect(play.actions).toBeGreaterThan(100);
    expect(play.mostSideLines).toBe(MAX_SIDE_LINES);
    expect(play.ends).toBe(0);
    expect(play.gaps).toBe(0);
    expect(play.suspicions).toEqual([]);
    expect([...play.noticed]).toEqual([]);
  }, 60_000);
});
