import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planEndpoint, planEvent, ScaffoldError } from './scaffold.ts';

const root = new URL('../..', import.meta.url).pathname;
const PARTS = ['shared', 'functions', 'events', 'content', 'scripts', 'package.json', 'tsconfig.json', 'biome.json'];

describe('the generators', () => {
  let copy: string;
  const run = (...args: string[]) =>
    execFileSync(process.execPath, args, {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}` },
    });

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'scaffold-'));
    for (const part of PARTS) cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    run('scripts/new/main.ts', 'domain', 'bounty', 'Bounties that players set on players.');
    run('scripts/new/main.ts', 'endpoint', 'bounty.get', 'GET', '/api/v1/bounties/{bountyId}');
    run('scripts/new/main.ts', 'endpoint', 'bounty.claim', 'POST', '/api/v1/bounties/{bountyId}/claim');
    run('scripts/new/main.ts', 'event', 'BOUNTY_CLAIMED', 'bounty', 'A bounty is claimed.');
  }, 60_000);
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('list the new domain, endpoints, event and keys where everything else finds them', () => {
    const script = `
      const { domains } = await import('#functions/domains.ts');
      const { eventRegistry } = await import('#events/registry.ts');
      const { keyRegistry } = await import('#shared/table/key-registry.ts');
      const bounty = domains.find((domain) => domain.name === 'bounty');
      console.log(JSON.stringify([
        bounty.endpoints.map((endpoint) => endpoint.id).sort(),
        eventRegistry.some((event) => event.name === 'BOUNTY_CLAIMED'),
        keyRegistry.some((keys) => keys.domain === 'bounty'),
      ]));`;
    expect(JSON.parse(run('--input-type=module', '-e', script))).toEqual([['bounty.claim', 'bounty.get'], true, true]);
  });

  it('write handlers that load', () => {
    const script = `
      const modules = await Promise.all(['get', 'claim'].map((verb) => import('#functions/bounty/endpoints/' + verb + '.ts')));
      console.log(modules.map((module) => typeof module.handler).join());`;
    expect(run('--input-type=module', '-e', script).trim()).toBe('function,function');
    expect(existsSync(join(copy, 'functions/bounty/endpoints/claim.int.test.ts'))).toBe(true);
  });

  it('refuse to overwrite', () => {
    const read = (path: string) => (existsSync(join(copy, path)) ? readFileSync(join(copy, path), 'utf8') : undefined);
    expect(() => planEndpoint(read, ['bounty.get', 'GET', '/api/v1/bounties'])).toThrow(ScaffoldError);
    expect(() => planEvent(read, ['BOUNTY_CLAIMED', 'bounty', 'Again.'])).toThrow(ScaffoldError);
  });

  it.each([['Quest.Share'], ['quest'], ['../evil.run']])('refuse the id %s', (id) => {
    expect(() => planEndpoint(() => '', [id, 'GET', '/api/v1/x'])).toThrow(ScaffoldError);
  });
});
