import { setTimeout as sleep } from 'node:timers/promises';
import { Stage, wholeRound } from './round.ts';
import type { Scenario } from './scenario.ts';
import type { Tell } from './search.ts';

/** Time for the last frames to arrive after the last tick. */
const SETTLE_MS = 1_500;

/** Lets clients decode for a while, stops the world, and holds what each shows against what it should. */
export async function compareViews(
  scenario: Scenario,
  tell: Tell,
): Promise<{ readonly views: number; readonly differing: number }> {
  const stage = new Stage(scenario);
  try {
    await stage.open();
    tell(await stage.measure(wholeRound.measureMs));
    await stage.server.ask('rest', 'resting');
    await sleep(SETTLE_MS);
    const [{ views: truth }, { views: shown }] = [
      await stage.server.ask('truth', 'truth'),
      await stage.clients.ask({ kind: 'views' }, 'views'),
    ];
    const slots = Object.keys(shown).map(Number);
    const differing = slots.filter((slot) => shown[slot]!.join('\n') !== truth[slot]?.join('\n')).length;
    if (slots.length !== scenario.players) throw new Error(`only ${slots.length} clients told what they show`);
    return { views: slots.length, differing };
  } finally {
    await stage.close();
  }
}
