import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPassword, hashPassword } from './password-hash.ts';
import { weaknessOf } from './password-rules.ts';

describe('password rules', () => {
  it.each([
    ['short7!', 'too_short'],
    ['x'.repeat(129), 'too_long'],
    ['Password', 'too_common'],
    ['password!1', 'too_common'],
    ['QWERTYUIOP', 'too_common'],
    ['zzzzzzzzzz', 'too_simple'],
    ['abababababab', 'too_simple'],
    ['defghijklmn', 'too_simple'],
    ['NecpGame2026', 'too_obvious'],
    ['ostrakov1990', 'too_obvious'],
  ])('refuses %s as %s', (password, weakness) => {
    expect(weaknessOf(password, ['ostrakov'])).toBe(weakness);
  });

  it.each([
    'correct horse battery staple',
    'шесть-седых-волков',
    'ключ🔑ключ🔒',
    'gR7#kq2Lw',
    `${'x9'.repeat(3)}Qm-11`,
  ])('accepts %s', (password) => {
    expect(weaknessOf(password, ['ostrakov'])).toBeUndefined();
  });

  it('counts characters, not code units', () => {
    expect(weaknessOf('🔑🔒🗝🔐🚪🧱🪟')).toBe('too_short');
    expect(weaknessOf('🔑🔒🗝🔐🚪🧱🪟🪜')).toBeUndefined();
  });

  it('answers for any text whatever', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (password) => {
        const weakness = weaknessOf(password);
        if ([...password.normalize('NFKC')].length < 8) expect(weakness).toBe('too_short');
      }),
    );
  });
});

describe('password hash', () => {
  it('is a PHC string that matches the same password only, however it was composed', async () => {
    const stored = await hashPassword('пароль\u0439№ Å', 'pepper');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(await checkPassword('пароль\u0438\u0306№ A\u030a', 'pepper', stored)).toEqual({
      matches: true,
      outdated: false,
    });
    expect((await checkPassword('пароль\u0439№ A', 'pepper', stored)).matches).toBe(false);
    expect((await checkPassword('пароль\u0439№ Å', 'another pepper', stored)).matches).toBe(false);
  });

  it('uses a fresh salt each time', async () => {
    expect(await hashPassword('same', 'p')).not.toBe(await hashPassword('same', 'p'));
  });

  it('matches nothing where there is no hash', async () => {
    expect(await checkPassword('anything', 'pepper', undefined)).toEqual({ matches: false, outdated: false });
  });

  it('asks for a new hash when the stored one is of another cost', async () => {
    const cheap = '$argon2id$v=19$m=64,t=1,p=1$AQEBAQEBAQEBAQEBAQEBAQ$';
    const { argon2Sync, createHmac } = await import('node:crypto');
    const tag = argon2Sync('argon2id', {
      message: createHmac('sha256', 'pepper').update('hunter22').digest(),
      nonce: Buffer.alloc(16, 1),
      memory: 64,
      passes: 1,
      parallelism: 1,
      tagLength: 32,
    });
    const stored = cheap + tag.toString('base64').replace(/=+$/, '');
    expect(await checkPassword('hunter22', 'pepper', stored)).toEqual({ matches: true, outdated: true });
    expect(await checkPassword('hunter23', 'pepper', stored)).toEqual({ matches: false, outdated: false });
  });

  it('refuses to compare with something that is no hash', async () => {
    await expect(checkPassword('x', 'pepper', 'plain text')).rejects.toThrow(TypeError);
  });
});
