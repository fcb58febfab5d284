import { bundles } from './bundles.ts';
import { endpointOverhead } from './endpoint-overhead.ts';
import { ledger } from './ledger.ts';
import { type BenchOptions, benchOptions } from './options.ts';
import { sessions } from './sessions/sessions.ts';
import { timing } from './timing/timing.ts';
import { value } from './value/value.ts';
import { zone } from './zone/zone.ts';
import { zoneCodec } from './zone-codec/zone-codec.ts';

/** `npm run bench [-- name …]`: prints figures; `sessions` and `timing` judge them too. Without a name, every benchmark runs. */
const benchmarks: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  bundles,
  endpoint: endpointOverhead,
  ledger,
  sessions,
  timing,
  value,
  zone,
  'zone-codec': zoneCodec,
};

const { names, options } = benchOptions(process.argv.slice(2));
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(', ')}; there are: ${Object.keys(benchmarks).join(', ')}`);
  process.exit(1);
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (names.length === 0 || names.includes(name)) await run(options);
}
