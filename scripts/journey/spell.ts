/**
 * No vowels, so that no word arises that a name filter minds. Even and odd places have letters of their own, so that no
 * letter follows itself.
 */
const LETTERS = ['bdfghk', 'mpstxz'] as const;

/** A number as letters: character names hold nothing else. Repeats after 6^length. */
export function spell(value: number, length: number): string {
  let left = value;
  let text = '';
  while (text.length < length) {
    const letters = LETTERS[(length - text.length) % 2]!;
    text = letters[left % letters.length] + text;
    left = Math.floor(left / letters.length);
  }
  return text;
}
