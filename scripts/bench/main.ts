import { bundles } from './bundles.ts';
import { endpointOverhead } from './endpoint-overhead.ts';
import { loginTiming } from './login-timing.ts';
import { sessions } from './sessions/sessions.ts';

/** `npm run bench [-- name …]`: prints figures; only `timing` judges them. Without a name, every benchmark runs. */
const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  bundles,
  endpoint: endpointOverhead,
  sessions,
  timing: loginTiming,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(', ')}; there are: ${Object.keys(benchmarks).join(', ')}`);
  process.exit(1);
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length === 0 || wanted.includes(name)) await run();
}
