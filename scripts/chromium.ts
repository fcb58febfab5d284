import { type SystemProgram, versionOf } from '#scripts/system-program.ts';

/** The browser that walks through the zone page. */
export const chromium: SystemProgram = {
  name: 'Chromium',
  neededBy: 'The test of the zone page',
  commands: [
    ...(process.env.CHROMIUM ? [process.env.CHROMIUM] : []),
    ...['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`),
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  fits: isChromium,
  debianPackage: 'chromium',
  installCommands: { darwin: 'brew install --cask chromium', win32: 'winget install Hibbiki.Chromium' },
};

export async function isChromium(command: string): Promise<boolean> {
  const version = await versionOf(command, '--version');
  return /^(Chromium|Google Chrome) \d+/.test(version ?? '');
}
