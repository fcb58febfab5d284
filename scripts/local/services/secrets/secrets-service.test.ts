import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { SecretStore } from './secret-store.ts';
import { SecretsService } from './secrets-service.ts';

const secrets = [
  {
    arn: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:dev/pepper-abc',
    name: 'dev/pepper',
    initial: 'generated',
  },
  { arn: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:dev/keys-def', name: 'dev/keys', initial: undefined },
];

let folder: string;
let service: SecretsService;
let client: SecretsManagerClient;

async function boot(initial = 'generated'): Promise<void> {
  const port = await freePort();
  const declared = secrets.map((secret) => ({ ...secret, initial: secret.initial && initial }));
  service = new SecretsService({
    port,
    secrets: declared,
    store: new SecretStore(join(folder, 'secrets.json')),
    nowMs: () => 1_000,
  });
  await service.start();
  client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

async function halt(): Promise<void> {
  client.destroy();
  await service.stop();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  await boot();
});

afterEach(async () => {
  await halt();
  rmSync(folder, { recursive: true });
});

const read = async (SecretId: string, more: object = {}) =>
  (await client.send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString;

test('a generated secret is made once and keeps its value over restarts, in a file of its owner only', async () => {
  expect(await read('dev/pepper')).toBe('generated');
  expect(await read(secrets[0]!.arn)).toBe('generated');
  await halt();
  await boot('another');
  expect(await read('dev/pepper')).toBe('generated');
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('an empty secret is not found until a value is put', async () => {
  await expect(read('dev/keys')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await client.send(new PutSecretValueCommand({ SecretId: 'dev/keys', SecretString: '{"keys":[]}' }));
  expect(await read('dev/keys')).toBe('{"keys":[]}');
});

test('a new version takes the current label, the one before stays readable as previous', async () => {
  const put = await client.send(new PutSecretValueCommand({ SecretId: 'dev/pepper', SecretString: 'second' }));
  expect(await read('dev/pepper')).toBe('second');
  expect(await read('dev/pepper', { VersionStage: 'AWSPREVIOUS' })).toBe('generated');
  expect(await read('dev/pepper', { VersionId: put.VersionId })).toBe('second');
  const described = await client.send(new DescribeSecretCommand({ SecretId: 'dev/pepper' }));
  expect(described.VersionIdsToStages?.[put.VersionId!]).toEqual(['AWSCURRENT']);
  await client.send(new PutSecretValueCommand({ SecretId: 'dev/pepper', SecretString: 'third' }));
  const listed = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'dev/pepper' }));
  expect(listed.Versions?.map(({ VersionStages }) => VersionStages)).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
});

test('a repeated request token makes no second version, and with another value it is refused', async () => {
  const ClientRequestToken = '0'.repeat(32);
  const put = (SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId: 'dev/keys', SecretString, ClientRequestToken }));
  const first = await put('a');
  expect((await put('a')).VersionId).toBe(first.VersionId);
  await expect(put('b')).rejects.toMatchObject({ name: 'ResourceExistsException' });
  expect(await read('dev/keys')).toBe('a');
});

test('a secret that no template declares is not found', async () => {
  await expect(read('dev/other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a damaged file is an error, not an empty store', () => {
  writeFileSync(join(folder, 'broken.json'), '{"dev/pepper":');
  expect(() => new SecretStore(join(folder, 'broken.json'))).toThrow();
});
