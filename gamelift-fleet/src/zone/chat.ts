import { TICK_HZ } from '#shared/contract/zone-protocol.ts';

const LIMIT = 3;
const WINDOW_TICKS = 15 * TICK_HZ;
const MS_PER_TICK = 1_000 / TICK_HZ;

/** What is left of a line after control and format characters are gone and white space is collapsed. */
export function cleanChat(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .trim();
}

/** At most 3 lines in 15 s for one speaker. */
export class ChatAllowance {
  private readonly spokenTicks: number[] = [];

  /** Milliseconds until the speaker may speak again; 0: now, and that line is counted. */
  speak(tick: number): number {
    while (this.spokenTicks.length > 0 && this.spokenTicks[0]! <= tick - WINDOW_TICKS) this.spokenTicks.shift();
    if (this.spokenTicks.length >= LIMIT) return (this.spokenTicks[0]! + WINDOW_TICKS - tick) * MS_PER_TICK;
    this.spokenTicks.push(tick);
    return 0;
  }
}
