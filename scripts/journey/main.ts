import { playJourney } from './journey.ts';
import { journeyOptions } from './stage-addresses.ts';

/** `npm run journey -- --players 20`: plays, prints the table, exits 1 when anything failed. */
try {
  const options = await journeyOptions(process.argv.slice(2));
  const { report, consumption, problems } = await playJourney(options, (line) => console.log(line));
  console.log(`\n${report}\n`);
  if (consumption) console.log(`${consumption}\n`);
  for (const problem of problems) console.log(`✘ ${problem}`);
  console.log(
    problems.length === 0 ? '✔ every player came home, nothing is half done' : `✘ ${problems.length} problems`,
  );
  process.exit(problems.length === 0 ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
