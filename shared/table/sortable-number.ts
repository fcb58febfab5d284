/** A number as it stands in sort keys: padded to the digits of the largest safe integer, so that text sorts as numbers do. */
export function sortableNumber(number: number): string {
  return String(number).padStart(16, '0');
}
