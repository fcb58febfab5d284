import { innocentWords, profanePatterns } from './data/english-profanity.ts';
import { profaneStems } from './data/refused-names.ts';

/** Letters that occur twice in a row within obscenities; a row of any other counts as one. */
const DOUBLED = new Set('beolsg');

let english: RegExp | undefined;

/**
 * Whether a name of letters holds an obscenity, English or Russian, however its letters are stretched, accented or
 * cased. A match within an innocent word, such as in `assess`, is none.
 */
export function isProfane(name: string): boolean {
  const folded = name.toLowerCase();
  if (profaneStems.some((stem) => folded.includes(stem))) return true;
  const plain = folded.normalize('NFKD').replace(/\p{M}/gu, '');
  const { text, places } = collapse(plain);
  english ??= new RegExp(`(?=(${profanePatterns.join('|')}))`, 'g');
  const innocent = innocentWords.flatMap((word) => occurrences(plain, word));
  return [...text.matchAll(english)].some(({ index, 1: match }) => {
    const start = places[index]!;
    const end = places[index + match!.length - 1]!;
    return !innocent.some((span) => span.start <= start && end <= span.end);
  });
}

/** Shortens rows of the same letter, and says where in the original each remaining letter stands. */
function collapse(plain: string): { text: string; places: readonly number[] } {
  const places = [...plain].flatMap((letter, place) => {
    const longest = DOUBLED.has(letter) ? 2 : 1;
    const isSurplus = place >= longest && [...plain.slice(place - longest, place)].every((before) => before === letter);
    return isSurplus ? [] : [place];
  });
  return { text: places.map((place) => plain[place]).join(''), places };
}

function occurrences(text: string, word: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let start = text.indexOf(word); start >= 0; start = text.indexOf(word, start + 1)) {
    found.push({ start, end: start + word.length - 1 });
  }
  return found;
}
