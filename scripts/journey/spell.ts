/** No vowels, so that no word arises that a name filter minds; no two letters that look like a third. */
const LETTERS = 'bdfghkmpstxz';

/** A number as letters: character names hold nothing else. Repeats after 12^length. */
export function spell(value: number, length: number): string {
  let left = value;
  let text = '';
  while (text.length < length) {
    text = LETTERS[left % LETTERS.length] + text;
    left = Math.floor(left / LETTERS.length);
  }
  return text;
}
