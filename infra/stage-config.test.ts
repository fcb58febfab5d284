import { describe, expect, it } from 'vitest';
import { stageConfig, stageNames } from '#infra/stage-config.ts';

const provider = {
  id: 'example',
  issuer: 'https://id.example.com',
  audiences: ['necpgame'],
  jwksUri: 'https://id.example.com/jwks',
  displayName: 'Example',
};

describe('stageConfig', () => {
  it.each(stageNames)('knows %s without further context', (stage) => {
    expect(stageConfig({ stage }).stage).toBe(stage);
  });

  it('is dev when no stage is named', () => {
    expect(stageConfig().stage).toBe('dev');
  });

  it('protects data only in production', () => {
    expect(stageNames.filter((stage) => stageConfig({ stage }).production)).toEqual(['prod']);
  });

  it('takes what a deployer sets on the command line', () => {
    const config = stageConfig({
      stage: 'staging',
      mailFrom: 'game@example.com',
      bootstrapAdminEmail: 'me@example.com',
      allowedOrigins: 'https://a.example.com,https://b.example.com',
      shards: '3',
      spareShards: '5',
      oidcProviders: JSON.stringify([provider]),
      domainName: 'game.example.com',
      certificateArn: 'arn:aws:acm:eu-central-1:111111111111:certificate/x',
    });
    expect(config).toMatchObject({
      mailFrom: 'game@example.com',
      bootstrapAdminEmail: 'me@example.com',
      allowedOrigins: ['https://a.example.com', 'https://b.example.com'],
      domain: { name: 'game.example.com' },
      oidcProviders: [provider],
    });
    expect(config.fleet).toMatchObject({ shards: 3, spareShards: 5, cpu: 1024 });
  });

  it.each([
    ['an unknown stage', { stage: 'production' as never }],
    ['an unknown setting', { color: 'red' } as never],
    ['a domain without its certificate', { domainName: 'game.example.com' }],
    ['a sender that is no address', { mailFrom: 'nobody' }],
    ['no shard', { shards: '0' }],
    ['fewer spare shards than none', { spareShards: '-1' }],
    ['identity providers that are no JSON', { oidcProviders: '{' }],
    ['two identity providers of one name', { oidcProviders: JSON.stringify([provider, provider]) }],
    [
      'keys of an identity provider that come in clear from afar',
      { oidcProviders: JSON.stringify([{ ...provider, jwksUri: 'http://id.example.com/jwks' }]) },
    ],
    ['a CDN away from where CloudFront reads its web ACL', { stage: 'prod' as const, region: 'eu-central-1' }],
  ])('refuses %s', (_what, context) => {
    expect(() => stageConfig(context)).toThrow();
  });
});
