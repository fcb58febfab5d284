import { parseArgs } from 'node:util';
import { type LabFigures, runLab } from '#fleet/testing/lab/latency-lab.ts';

/**
 * `npm run zone:lab -- [--minutes N] [--common N] [--lossy up|down] [--one-line]`: what shooter and target live through
 * under latency, jitter and loss; with so many of a hundred losses on all lines of a client at once, with losses on one
 * way alone, or with one line for each.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    common: { type: 'string', default: '0' },
    lossy: { type: 'string' },
    'one-line': { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const commonLossPercent = Number(values.common);
const lossyWay = values.lossy === 'up' || values.lossy === 'down' ? values.lossy : undefined;
if (values.lossy !== undefined && lossyWay === undefined) throw new RangeError('--lossy is up or down');
const lines = { hasSideLines: !values['one-line'] };

const columns: readonly [title: string, value: (figures: LabFigures) => string][] = [
  ['agreement', ({ agreementPercent }) => `${agreementPercent.toFixed(2)} %`],
  ['of views in time', (one) => `${one.inTimeAgreementPercent.toFixed(2)} %`],
  ['too old', ({ tooOldPercent }) => `${tooOldPercent.toFixed(1)} %`],
  ['not fired', ({ notFiredPercent }) => `${notFiredPercent.toFixed(2)} %`],
  ['of the time', ({ heldUpPercent }) => `${heldUpPercent.toFixed(2)} %`],
  ['side lines', ({ sideLines }) => sideLines.toFixed(1)],
  ['shots', ({ shots }) => String(shots)],
  ['corrections/min', (one) => one.correctionsPerMinute.toFixed(1)],
  ['their size p50 · p99', (one) => `${one.correctionP50Metres.toFixed(2)} · ${one.correctionP99Metres.toFixed(2)} m`],
  ['hits behind cover', ({ behindCoverPercent }) => `${behindCoverPercent.toFixed(1)} %`],
  ['since p99', ({ behindCoverP99Ms }) => `${behindCoverP99Ms.toFixed(0)} ms`],
  ['by p99', ({ behindCoverP99Metres }) => `${behindCoverP99Metres.toFixed(2)} m`],
  ['view age p50 · p99', (one) => `${one.viewAgeP50Ms.toFixed(0)} · ${one.viewAgeP99Ms.toFixed(0)} ms`],
  ['draw delay', ({ drawDelayTicks }) => `${drawDelayTicks.toFixed(1)} ticks`],
];
console.log(`| RTT · jitter · loss | ${columns.map(([title]) => title).join(' | ')} |`);
console.log(`|${'---|'.repeat(columns.length + 1)}`);
for (const roundTripMs of [0, 50, 100, 200, 400])
  for (const [jitterMs, lossPercent] of [
    [0, 0],
    [20, 0],
    [20, 1],
    [20, 3],
  ] as const) {
    const figures = await runLab(
      { roundTripMs, jitterMs, lossPercent, commonLossPercent, lossyWay },
      minutes,
      1,
      lines,
    );
    const cells = columns.map(([, value]) => value(figures));
    console.log(`| ${roundTripMs} ms · ${jitterMs} ms · ${lossPercent} % | ${cells.join(' | ')} |`);
  }
