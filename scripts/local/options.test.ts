import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('the command line', () => {
  it('keeps data in .local and begins at port 4000', () => {
    expect(parseOptions([], '/repo')).toEqual({
      fresh: false,
      inMemory: false,
      deliverTwice: false,
      fleet: true,
      shards: 1,
      portBase: 4000,
      dataDir: '/repo/.local',
    });
  });

  it('takes every flag', () => {
    const flags = ['--fresh', '--in-memory', '--deliver-twice', '--no-fleet', '--port-base', '5000', '--shards', '2'];
    expect(parseOptions([...flags, '--data-dir', '/var/data'], '/repo')).toMatchObject({
      fresh: true,
      inMemory: true,
      deliverTwice: true,
      fleet: false,
      shards: 2,
      portBase: 5000,
      dataDir: '/var/data',
    });
  });

  it.each([
    [['--frsh']],
    [['--port-base', 'x']],
    [['--port-base', '80']],
    [['--shards', '0']],
    [['--shards', '9']],
    [['extra']],
  ])('explains itself on %j', (args) => {
    expect(() => parseOptions(args, '/repo')).toThrow(/npm start -- \[flags\]/);
  });
});
