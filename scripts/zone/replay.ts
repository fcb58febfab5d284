import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { replay } from '#fleet/src/replay/replay.ts';

/** `npm run zone:replay -- FILE [--until TICK] [--verify]`: lives a zone's life again from its log of inputs. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { until: { type: 'string' }, verify: { type: 'boolean', default: false } },
});
const [file] = positionals;
if (!file) {
  console.error('usage: npm run zone:replay -- FILE [--until TICK] [--verify]');
  process.exit(2);
}
const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
const untilTick = values.until === undefined ? undefined : Number(values.until);
const began = performance.now();
const report = await replay(lines, { verify: values.verify, ...(untilTick === undefined ? {} : { untilTick }) });
const seconds = (performance.now() - began) / 1_000;
const { header, players } = report;

console.log(`${header.zoneId}, epoch ${header.epoch}, protocol ${header.protocol}, written by Node ${header.node}`);
if (report.isTampered) console.log('the definition in the log is not the one that it was written with');
if (report.ended) console.log(`the log ends early: ${report.ended}`);
console.log(`${report.ticks} ticks replayed in ${seconds.toFixed(1)} s, state ${report.stateHash}`);
if (values.verify && report.differsAtTick === undefined) console.log(`${report.checkedHashes} hashes, all as written`);
if (report.differsAtTick !== undefined)
  console.log(`differs at tick ${report.differsAtTick}; as written until tick ${report.agreedTick ?? 'none'}`);
console.log(`${players.length} players, ${report.npcs} NPCs`);
for (const { slot, name, characterId, x, y, health } of players)
  console.log(
    `  ${String(slot).padStart(5)}  ${name}  ${characterId}  ${x.toFixed(2)} ${y.toFixed(2)}  ${health} health`,
  );
if (report.differsAtTick !== undefined || report.isTampered) process.exit(1);
