const WINDOW_MS = 2_000;

/** How fast a count grows, per second over the last two seconds. */
export class Rate {
  private samples: { readonly atMs: number; readonly count: number }[] = [];

  /** Takes the present count in; answers its growth per second, undefined before there is any. */
  take(count: number, atMs: number): number | undefined {
    this.samples = this.samples.filter((sample) => sample.atMs > atMs - WINDOW_MS && sample.count <= count);
    this.samples.push({ atMs, count });
    const first = this.samples[0]!;
    return atMs - first.atMs < WINDOW_MS / 4 ? undefined : ((count - first.count) * 1_000) / (atMs - first.atMs);
  }
}

export function perSecond(bytes: number | undefined): string {
  if (bytes === undefined) return '–';
  return bytes < 1_000 ? `${Math.round(bytes)} B/s` : `${(bytes / 1_000).toFixed(1)} kB/s`;
}
