import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { choosePorts } from './ports.ts';
import { portNames } from './service.ts';
import { freePort } from './testing/fixtures.ts';

describe('the choice of ports', () => {
  it('passes over ports in use and gives every name one of its own', async () => {
    const base = await freePort();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(base, '127.0.0.1', resolve));
    const ports = await choosePorts(base, ['api']);
    taken.close();
    const chosen = [await ports.allocate('api'), ...portNames.map((name) => ports.of(name))];
    expect(new Set(chosen).size).toBe(chosen.length);
    expect(Math.min(...chosen)).toBeGreaterThan(base);
    expect(chosen[0]).toBe(Math.min(...chosen));
  });

  it('gives the same port for the same name, also when asked at the same time', async () => {
    const ports = await choosePorts(await freePort(), []);
    const [one, two, other] = await Promise.all([ports.allocate('x'), ports.allocate('x'), ports.allocate('y')]);
    expect(two).toBe(one);
    expect(other).not.toBe(one);
  });
});
