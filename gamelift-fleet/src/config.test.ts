import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const base = {
  STAGE: 'dev',
  TABLE_NAME: 'game',
  SHARD_ID: 'shard-0',
  PUBLIC_URL: 'wss://zones.example/shard-0',
  PORT: '8080',
};

describe('readConfig', () => {
  it('derives where the zone socket is', () => {
    expect(readConfig(base)).toMatchObject({
      socketUrl: 'wss://zones.example/shard-0/zone',
      paths: ['/zone', '/shard-0/zone'],
      port: 8080,
      zones: [],
      allowedOrigins: [],
    });
    expect(readConfig({ ...base, PUBLIC_URL: 'ws://127.0.0.1:4100/' })).toMatchObject({
      socketUrl: 'ws://127.0.0.1:4100/zone',
      paths: ['/zone'],
    });
  });

  it('reads lists', () => {
    expect(readConfig({ ...base, ZONES: 'one-zone, other-zone', ALLOWED_ORIGINS: 'https://a.test,' })).toMatchObject({
      zones: ['one-zone', 'other-zone'],
      allowedOrigins: ['https://a.test'],
    });
  });

  it.each([
    ['TABLE_NAME', undefined],
    ['PUBLIC_URL', 'https://zones.example'],
    ['PORT', 'http'],
    ['ZONES', 'No Such Slug'],
    ['MAX_CONNECTIONS', '0'],
  ])('names %s when it is %s', (name, value) => {
    expect(() => readConfig({ ...base, [name]: value })).toThrow(new RegExp(name));
  });
});
