import { type SystemProgram, versionOf } from '#scripts/system-program.ts';

const OLDEST_MAJOR = 11;

/** What DynamoDB Local runs on. */
export const java: SystemProgram = {
  name: `Java ${OLDEST_MAJOR} or newer`,
  neededBy: 'DynamoDB Local',
  commands: [...(process.env.JAVA_HOME ? [`${process.env.JAVA_HOME}/bin/java`] : []), 'java'],
  fits: isRecentJava,
  debianPackage: 'openjdk-17-jre-headless',
  installCommands: { darwin: 'brew install openjdk@17', win32: 'winget install EclipseAdoptium.Temurin.17.JRE' },
};

export async function isRecentJava(command: string): Promise<boolean> {
  const version = await versionOf(command, '-version');
  return Number(/version "(\d+)/.exec(version ?? '')?.[1] ?? 0) >= OLDEST_MAJOR;
}
