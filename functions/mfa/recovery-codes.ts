import { sha256 } from '#shared/kernel/canonical-json.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { recoveryLimits } from './rules.ts';

/** Crockford's base 32: nothing in it is mistaken for anything else, 5 bits a character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP_CHARACTERS = 4;

/** One code of 120 random bits: `7Q2M-…`, six groups of four. */
export function newRecoveryCode(): string {
  const characters = Array.from(
    { length: recoveryLimits.characters },
    () => ALPHABET[systemRandom.int(0, ALPHABET.length - 1)]!,
  );
  const groups: string[] = [];
  for (let start = 0; start < characters.length; start += GROUP_CHARACTERS) {
    groups.push(characters.slice(start, start + GROUP_CHARACTERS).join(''));
  }
  return groups.join('-');
}

export function newRecoveryCodes(): string[] {
  return Array.from({ length: recoveryLimits.codes }, newRecoveryCode);
}

/** As it was printed, however it was typed: case, hyphens, blanks, and the letters that people read for digits. */
function normalized(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}

/** What is stored of a code. Its bits are too many to be searched, so that one round of a plain hash is enough. */
export function recoveryHash(accountId: AccountId, code: string): string {
  return sha256(`recovery-code:${accountId}:${normalized(code)}`);
}
