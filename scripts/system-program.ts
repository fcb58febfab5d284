import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 300_000;
/** Held while apt-get runs: it refuses to work twice at once. */
const INSTALL_LOCK = join(tmpdir(), 'necpgame-install.lock');

/** A program that does not come with the packages of npm. */
export interface SystemProgram {
  /** As the error names it: `Java 11 or newer`. */
  readonly name: string;
  /** What cannot do without it: `DynamoDB Local`. */
  readonly neededBy: string;
  /** Where it may be, in the order of trying. */
  readonly commands: readonly string[];
  /** Whether this command starts it, in a version that will do. Never rejects. */
  fits(command: string): Promise<boolean>;
  readonly debianPackage: string;
  /** The one command that installs it on other systems. */
  readonly installCommands: { readonly darwin: string; readonly win32: string };
}

export interface InstallOptions {
  /** Told before anything is installed. */
  readonly say?: (line: string) => void;
  /** Whether the system's package manager may be used where it is missing. */
  readonly mayInstall?: boolean;
}

/**
 * Returns a command that starts the program. Where it is missing and we are root on a Debian-like system, installs it
 * after saying so.
 * @throws Error that names the one command to run.
 */
export async function ensureProgram(program: SystemProgram, options: InstallOptions = {}): Promise<string> {
  const { name, neededBy, debianPackage } = program;
  const found = await findCommand(program);
  if (found !== undefined) return found;
  const isRoot = process.getuid?.() === 0;
  if ((options.mayInstall ?? true) && isRoot && (await exists('apt-get'))) {
    options.say?.(`${name} is missing: installing ${debianPackage} with apt-get (${neededBy} needs it)`);
    await install(debianPackage).catch(() => undefined);
    const installed = await findCommand(program);
    if (installed !== undefined) return installed;
  }
  throw new Error(
    `${neededBy} needs ${name}, and none of ${program.commands.join(', ')} is one. Install it: ${installCommand(program)}`,
  );
}

async function findCommand({ commands, fits }: SystemProgram): Promise<string | undefined> {
  for (const command of commands) if (await fits(command)) return command;
  return undefined;
}

async function install(debianPackage: string): Promise<void> {
  const aptGet = (...args: string[]) =>
    run('flock', [INSTALL_LOCK, 'apt-get', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: INSTALL_TIMEOUT_MS,
    });
  const take = () => aptGet('install', '-y', '--no-install-recommends', debianPackage);
  await take().catch(async () => {
    await aptGet('update');
    await take();
  });
}

function installCommand({ installCommands, debianPackage }: SystemProgram): string {
  const { platform } = process;
  if (platform === 'darwin' || platform === 'win32') return installCommands[platform];
  return `sudo apt-get install -y ${debianPackage}`;
}

/** What a command prints when it is asked for its version, on both streams; undefined where there is no such command. */
export async function versionOf(command: string, flag: string): Promise<string | undefined> {
  return run(command, [flag], { timeout: 20_000 }).then(
    ({ stdout, stderr }) => stdout + stderr,
    () => undefined,
  );
}

async function exists(command: string): Promise<boolean> {
  return run('which', [command]).then(
    () => true,
    () => false,
  );
}
