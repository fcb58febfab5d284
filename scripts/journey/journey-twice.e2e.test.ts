import { describe, expect, it } from 'vitest';
import { localJourney } from './local-journey.ts';

describe('on a local cloud that delivers every event twice', () => {
  const { journey } = localJourney({ deliverTwice: true, portBase: 24_000 });

  it('the player’s journey has the same outcome', async () => {
    // Deliveries count here, not players.
    const { problems } = await journey(2);
    expect(problems).toEqual([]);
  });
});
