import { parseArgs } from 'node:util';
import { playHonestly } from '#fleet/testing/lab/honest-play.ts';

/** `npm run zone:honest -- [--hours N] [--seed N]`: honest bots over bad lines, and what the checks hold against them. */
const { values } = parseArgs({
  options: { hours: { type: 'string', default: '24' }, seed: { type: 'string', default: '1' } },
});
const play = await playHonestly((Number(values.hours) * 60) / 4, Number(values.seed));
const list = (counts: ReadonlyMap<string, number>) =>
  counts.size === 0 ? 'none' : [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
console.log(
  `${(play.playedMinutes / 60).toFixed(1)} h of play: ${play.actions} acts, ${play.deaths} deaths, ${play.reconnects} reconnects, ${play.ends} ends`,
);
console.log(`corrections: ${list(play.corrections)}`);
console.log(`noticed by checks: ${list(play.noticed)}`);
console.log(`reported: ${play.suspicions.length}`);
for (const report of play.suspicions) console.log(JSON.stringify(report));
if (play.suspicions.length > 0) process.exit(1);
