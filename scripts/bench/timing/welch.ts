export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Unbiased. */
  readonly variance: number;
}

export function momentsOf(values: readonly number[]): Moments {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, variance };
}

/**
 * Welch's t of two samples: the difference of their means in standard errors. Beyond ±4.5 chance has less than one in
 * a hundred thousand: whoever measures can tell the samples apart.
 */
export function welchT(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [momentsOf(left), momentsOf(right)];
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  return error === 0 ? (a.mean === b.mean ? 0 : Number.POSITIVE_INFINITY) : (a.mean - b.mean) / error;
}

export interface Comparison {
  readonly t: number;
  /** The difference of means that `t` would have been at its limit with: smaller ones cannot be seen in these samples. */
  readonly shown: number;
}

/** Welch's t of two samples, and what it could have shown. */
export function compare(left: readonly number[], right: readonly number[], limit: number): Comparison {
  const [a, b] = [momentsOf(left), momentsOf(right)];
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  return { t: welchT(left, right), shown: limit * error };
}

/** The values of both samples below the given percentile of all: pauses of the machine hide a difference otherwise. */
export function cropped(
  left: readonly number[],
  right: readonly number[],
  percentile: number,
): readonly [readonly number[], readonly number[]] {
  const sorted = [...left, ...right].sort((a, b) => a - b);
  const limit = sorted[Math.ceil((percentile / 100) * sorted.length) - 1]!;
  return [left.filter((value) => value <= limit), right.filter((value) => value <= limit)];
}
