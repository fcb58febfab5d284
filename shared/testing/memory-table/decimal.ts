import { validationError } from './errors.ts';

/** `digits × 10^exponent`, exactly; no digit is a trailing zero. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const MOST_DIGITS = 38;
const HIGHEST_EXPONENT = 125;
const LOWEST_EXPONENT = -130;

function trimmed(digits: bigint, exponent: number): Decimal {
  if (digits === 0n) return { digits: 0n, exponent: 0 };
  let [rest, power] = [digits, exponent];
  while (rest % 10n === 0n) {
    rest /= 10n;
    power += 1;
  }
  return { digits: rest, exponent: power };
}

function decimalOf(value: number | bigint): Decimal {
  const [mantissa = '', power = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return trimmed(BigInt(whole + fraction), Number(power) - fraction.length);
}

const lengthOf = (digits: bigint | number): number => String(digits).length - (digits < 0 ? 1 : 0);

function refuseOutOfRange({ digits, exponent }: Decimal): void {
  if (digits === 0n) return;
  const length = lengthOf(digits);
  if (length > MOST_DIGITS) throw validationError(`DynamoDB only supports precision up to ${MOST_DIGITS} digits`);
  const magnitude = exponent + length - 1;
  if (magnitude > HIGHEST_EXPONENT) {
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (magnitude < LOWEST_EXPONENT) {
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
}

/** The number as the SDK gives it back: whole numbers beyond the safe range are bigints. */
export function nativeNumber(value: number | bigint): number | bigint {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? 0 : value;
  const decimal = decimalOf(value);
  refuseOutOfRange(decimal);
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function nativeOf(decimal: Decimal): number | bigint {
  refuseOutOfRange(decimal);
  const { digits, exponent } = decimal;
  if (exponent >= 0) return nativeNumber(digits * 10n ** BigInt(exponent));
  const nearest = Number(`${digits}e${exponent}`);
  const kept = decimalOf(nearest);
  if (kept.digits !== digits || kept.exponent !== exponent) {
    throw new Error(`the memory table cannot hold ${digits}e${exponent}: it has more digits than a JavaScript number`);
  }
  return nearest;
}

/** The exact sum in decimal digits, as DynamoDB adds: 0.1 + 0.2 is 0.3. */
export function sumOf(left: number | bigint, right: number | bigint): number | bigint {
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) {
    const sum = (left as number) + (right as number);
    if (Number.isSafeInteger(sum)) return sum;
  }
  const a = decimalOf(left);
  const b = decimalOf(right);
  const exponent = Math.min(a.exponent, b.exponent);
  const shifted = ({ digits, exponent: own }: Decimal): bigint => digits * 10n ** BigInt(own - exponent);
  return nativeOf(trimmed(shifted(a) + shifted(b), exponent));
}

/** Bytes that a number takes: one, one for every two decimal digits that stand together, one for a minus sign. */
export function numberBytes(value: number | bigint): number {
  if (value === 0 || value === 0n) return 1;
  const { digits, exponent } = Number.isSafeInteger(value) ? wholeDigits(value as number) : decimalOf(value);
  const aligned = lengthOf(digits) + (exponent % 2 === 0 ? 0 : 1);
  return 1 + Math.ceil(aligned / 2) + (digits < 0 ? 1 : 0);
}

/** As `decimalOf`, without big integers: most numbers are times and small counts. */
function wholeDigits(value: number): { digits: number; exponent: number } {
  let [digits, exponent] = [value, 0];
  while (digits % 10 === 0) {
    digits /= 10;
    exponent += 1;
  }
  return { digits, exponent };
}
