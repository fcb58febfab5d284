import { describe, expect, it } from 'vitest';
import { walkThePage } from '#scripts/zone-page/walk-the-page.ts';
import { localJourney } from './local-journey.ts';

const PLAYERS = 4;

describe('on the local cloud', () => {
  const { journey, urlOf } = localJourney({ deliverTwice: false, portBase: 23_000 });

  it('the player’s journey succeeds for every player, and leaves nothing half done', async () => {
    const { problems } = await journey(PLAYERS);
    expect(problems).toEqual([]);
  });

  it('the zone page lets a browser walk, meet others and fight, and shows what the server does', async () => {
    await walkThePage(urlOf(/zone page/i));
  });
});
