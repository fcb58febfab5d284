/**
 * What Node is started with wherever a zone process runs, so that its collector stops a tick for 1–3 ms and no more (README,
 * "How fast"). A tick makes little garbage, and most of what lives comes with those who enter:
 *
 * - In a young generation of 16 MB it would stay for seconds, to be moved out in one pause of 6–11 ms; 8 MB let it out in smaller ones.
 * - The old one is marked first when it holds 256 MB, not at each growth from 30 MB on: 4,000 players have 60, and marking them
 *   costs several ticks of a process that has one core.
 */
export const zoneProcessFlags = ['--max-semi-space-size=8', '--initial-old-space-size=256'] as const;
