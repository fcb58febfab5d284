import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OLDEST_MAJOR = 11;
const INSTALL_TIMEOUT_MS = 300_000;

export interface JavaOptions {
  /** Told before anything is installed. */
  readonly say?: (line: string) => void;
  /** Command to look for; tests name one that does not exist. */
  readonly command?: string;
  /** Whether the system's package manager may be used when Java is missing. */
  readonly mayInstall?: boolean;
}

/**
 * Returns a command that starts Java 11 or newer. Where it is missing and we are root on a Debian-like system, installs
 * it after saying so; else throws an error that names the one command to run.
 */
export async function ensureJava(options: JavaOptions = {}): Promise<string> {
  const command = options.command ?? (process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java');
  if (await isRecentJava(command)) return command;
  const isRoot = process.getuid?.() === 0;
  if ((options.mayInstall ?? true) && isRoot && (await exists('apt-get'))) {
    options.say?.('Java is missing: installing openjdk-17-jre-headless with apt-get (DynamoDB Local needs it)');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = () =>
      run('apt-get', ['install', '-y', '--no-install-recommends', 'openjdk-17-jre-headless'], {
        env,
        timeout: INSTALL_TIMEOUT_MS,
      });
    await install()
      .catch(async () => {
        await run('apt-get', ['update'], { env, timeout: INSTALL_TIMEOUT_MS });
        await install();
      })
      .catch(() => undefined);
    if (await isRecentJava('java')) return 'java';
  }
  throw new Error(
    `DynamoDB Local needs Java ${OLDEST_MAJOR} or newer, and "${command}" is none. Install it: ${installCommand()}`,
  );
}

function installCommand(): string {
  if (process.platform === 'darwin') return 'brew install openjdk@17';
  if (process.platform === 'win32') return 'winget install EclipseAdoptium.Temurin.17.JRE';
  return 'sudo apt-get install -y openjdk-17-jre-headless';
}

async function isRecentJava(command: string): Promise<boolean> {
  try {
    const { stderr, stdout } = await run(command, ['-version'], { timeout: 20_000 });
    const major = /version "(\d+)/.exec(stderr + stdout)?.[1];
    return major !== undefined && Number(major) >= OLDEST_MAJOR;
  } catch {
    return false;
  }
}

async function exists(command: string): Promise<boolean> {
  return run('which', [command]).then(
    () => true,
    () => false,
  );
}
