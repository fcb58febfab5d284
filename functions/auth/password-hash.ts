import { argon2, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** OWASP's floor for Argon2id: 19 MiB, 2 passes, 1 lane; about 13 ms on a Lambda of one full CPU. */
const cost = { memoryKib: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const VERSION = 19;

const PHC = /^\$argon2id\$v=(\d+)\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const derive = promisify(argon2);

interface Phc {
  readonly version: number;
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** Compared with when an address has no account, so that its login costs what any other does. No password matches it. */
const absent = phcOf(Buffer.alloc(SALT_BYTES, 1), Buffer.alloc(TAG_BYTES));

/** PHC string of a new password. The pepper keeps a leaked table useless without the secret store. */
export async function hashPassword(password: string, pepper: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await tagOf(password, pepper, { version: VERSION, ...cost, salt, tag: Buffer.alloc(TAG_BYTES) });
  return phcOf(salt, tag);
}

function phcOf(salt: Buffer, tag: Buffer): string {
  const params = `m=${cost.memoryKib},t=${cost.passes},p=${cost.parallelism}`;
  return `$argon2id$v=${VERSION}$${params}$${unpadded(salt)}$${unpadded(tag)}`;
}

export interface PasswordCheck {
  readonly matches: boolean;
  /** The stored hash is of an older cost: store a new one while the password is at hand. */
  readonly outdated: boolean;
}

/**
 * Whether the password is the stored one. Without a stored hash it does the same work and answers no.
 * @throws TypeError when the stored text is no hash of ours.
 */
export async function checkPassword(
  password: string,
  pepper: string,
  stored: string | undefined,
): Promise<PasswordCheck> {
  const expected = parse(stored ?? absent);
  const tag = await tagOf(password, pepper, expected);
  const matches = timingSafeEqual(tag, expected.tag) && stored !== undefined;
  const outdated =
    expected.memoryKib !== cost.memoryKib ||
    expected.passes !== cost.passes ||
    expected.parallelism !== cost.parallelism;
  return { matches, outdated: matches && outdated };
}

function tagOf(password: string, pepper: string, phc: Phc): Promise<Buffer> {
  return derive('argon2id', {
    message: createHmac('sha256', pepper).update(password.normalize('NFKC')).digest(),
    nonce: phc.salt,
    memory: phc.memoryKib,
    passes: phc.passes,
    parallelism: phc.parallelism,
    tagLength: phc.tag.length,
  });
}

function parse(text: string): Phc {
  const match = PHC.exec(text);
  if (!match) throw new TypeError('not an Argon2id hash in PHC form');
  const [, version, memoryKib, passes, parallelism, salt, tag] = match;
  return {
    version: Number(version),
    memoryKib: Number(memoryKib),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt!, 'base64'),
    tag: Buffer.from(tag!, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
