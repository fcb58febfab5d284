/**
 * Letters that look like others, folded into one. The key is what a name holds after case and accents are gone.
 * After Unicode's confusables (UTS 39), cut to the two scripts that names may use.
 */
export const lookAlikes: Readonly<Record<string, string>> = {
  // Cyrillic, by the Latin letter that it or its capital looks like
  а: 'a',
  в: 'b',
  г: 'r',
  е: 'e',
  є: 'e',
  и: 'u',
  і: 'l',
  ј: 'j',
  к: 'k',
  м: 'm',
  н: 'h',
  о: 'o',
  п: 'n',
  р: 'p',
  с: 'c',
  т: 't',
  у: 'y',
  ү: 'y',
  х: 'x',
  ш: 'w',
  щ: 'w',
  ъ: 'b',
  ь: 'b',
  ѕ: 's',
  һ: 'h',
  ԁ: 'd',
  ԛ: 'q',
  ԝ: 'w',
  ӏ: 'l',
  // Latin
  i: 'l',
  ı: 'l',
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ŧ: 't',
  þ: 'p',
  ſ: 's',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ɑ: 'a',
  ɡ: 'g',
};

/** Pairs of letters that read as one. */
export const lookAlikePairs: readonly (readonly [string, string])[] = [
  ['rn', 'm'],
  ['vv', 'w'],
];
