import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locales } from '#shared/kernel/locale.ts';
import { mailTemplates, templateIds, textOf } from './templates.ts';
import { cleanBody, cleanLetter, cleanSubject } from './text.ts';

describe('a letter', () => {
  it('loses what is not seen', () => {
    expect(cleanSubject('  Par\u0000ts\u202E for\u200B  you\n')).toBe('Parts for you');
    expect(cleanBody('one\r\n\r\n\r\n\r\ntwo\u0007\u2066\tthree ')).toBe('one\n\ntwothree');
  });

  it('never grows, and is clean once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        for (const clean of [cleanSubject, cleanBody]) {
          const once = clean(text);
          expect(once.length).toBeLessThanOrEqual(text.length);
          expect(clean(once)).toBe(once);
          expect(once).not.toMatch(/(?!\n)\p{Cc}/u);
        }
      }),
    );
  });

  it('needs a subject that is seen', () => {
    expect(() => cleanLetter({ subject: ' \u200B\n', body: 'x' })).toThrow(
      expect.objectContaining({ code: 'mail.text_empty' }),
    );
  });

  it.each([
    ['in the subject', { subject: 'Fuck', body: '' }],
    ['in the body', { subject: 'Hello', body: 'you FUUUCK!' }],
    ['in Russian', { subject: 'Привет', body: 'хуй' }],
  ])('has no obscenity %s', (_where, letter) => {
    expect(() => cleanLetter(letter)).toThrow(expect.objectContaining({ code: 'mail.text_refused' }));
  });

  it('is not refused for words that only stand beside each other', () => {
    const letter = { subject: 'Assess the class', body: 'pass it on, as he said' };
    expect(cleanLetter(letter)).toEqual(letter);
  });
});

describe('a template', () => {
  it.each(templateIds.flatMap((id) => locales.map((locale) => [id, locale] as const)))('%s speaks %s', (id, locale) => {
    const gaps = [...JSON.stringify(mailTemplates[id].texts.en).matchAll(/\{(\w+)\}/g)]
      .map((match) => match[1]!)
      .sort();
    const own = [...JSON.stringify(mailTemplates[id].texts[locale]).matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    expect(own.sort()).toEqual(gaps);
    const text = textOf(id, Object.fromEntries(gaps.map((gap) => [gap, 'x'.repeat(80)])), locale);
    expect(text.subject.length).toBeLessThanOrEqual(160);
    expect(text.body.length).toBeLessThanOrEqual(1_000);
    expect(text.subject + text.body).not.toMatch(/[{}]/);
  });
});
