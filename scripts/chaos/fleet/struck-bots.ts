import { setTimeout as delay } from 'node:timers/promises';
import type { ZoneBot } from './zone-bot.ts';

const POLL_MS = 25;
/** What a process has sent before its end is seen by then, though clients are busy. */
const LAST_FRAMES_MS = 300;
/** As near as positions on the wire, and a tick of walking. */
const SAME_PLACE_M = 0.6;
/** What the issue asks for; and of a crash in the midst of a tick. */
const MOST_LOSS_MS = 1_000;

/** How one bot came back. */
export interface Return {
  /** From the strike to its next welcome; undefined: it did not come back. */
  readonly afterMs?: number;
  /** Walking that it lost; undefined where nothing can be lost, infinite for a place where it never was. */
  readonly lossMs?: number;
  readonly problem?: string;
}

/** Bots whose body was in one of these zones when their owner was struck. */
export class StruckBots {
  private readonly struck: readonly { bot: ZoneBot; wasDead: boolean; before: NonNullable<ZoneBot['welcomed']> }[];
  private readonly struckAtMs = performance.now();

  /** To be made just before the strike. */
  constructor(all: readonly ZoneBot[], zones: ReadonlySet<string>) {
    this.struck = all
      .filter(
        ({ welcomed, steps }) => welcomed && zones.has(welcomed.zoneId) && steps.at(-1)?.zoneId === welcomed.zoneId,
      )
      .map((bot) => ({ bot, wasDead: bot.isDead, before: bot.welcomed! }));
  }

  get bots(): readonly ZoneBot[] {
    return this.struck.map(({ bot }) => bot);
  }

  /** Everybody has to come back, each to where it was a second ago at most. */
  returns(timeoutMs: number): Promise<readonly Return[]> {
    return Promise.all(this.struck.map((one) => this.returnOf(one, this.struckAtMs + timeoutMs)));
  }

  private async returnOf({ bot, wasDead, before }: StruckBots['struck'][number], deadlineMs: number): Promise<Return> {
    const isBack = () => bot.welcomed !== before && bot.welcomed!.atMs > this.struckAtMs;
    await delay(LAST_FRAMES_MS);
    const backAtMs = isBack() ? bot.welcomed!.atMs : Number.POSITIVE_INFINITY;
    const trail = bot.steps.filter(({ atMs }) => atMs < backAtMs);
    // A body that steps through a gate is out in the tick in which it moves: that place is on its own screen alone.
    const shown = bot.shownSteps.filter(({ atMs }) => atMs < backAtMs);
    while (!isBack() && performance.now() < deadlineMs) await delay(POLL_MS);
    if (!isBack()) return { problem: `${bot.player.name} did not come back` };
    const { atMs, zoneId, x, y } = bot.welcomed!;
    const afterMs = atMs - this.struckAtMs;
    // The dead come back at the graveyard; who has crossed meanwhile was handed over before the strike.
    if (wasDead || zoneId !== before.zoneId) return { afterMs };
    const last = trail.at(-1)!;
    const isHere = (step: { x: number; y: number }) => Math.hypot(step.x - x, step.y - y) <= SAME_PLACE_M;
    const sameAtMs = Math.max(trail.findLast(isHere)?.atMs ?? -Infinity, shown.findLast(isHere)?.atMs ?? -Infinity);
    const lossMs = Math.max(0, last.atMs - sameAtMs);
    if (lossMs <= MOST_LOSS_MS) return { afterMs, lossMs };
    const places = [last, shown.at(-1) ?? last, { x, y }].map((at) => `${at.x.toFixed(1)}/${at.y.toFixed(1)}`);
    const told = `the server had it at ${places[0]}, its screen at ${places[1]}, back at ${places[2]} of ${zoneId}`;
    return { afterMs, lossMs, problem: `${bot.player.name} (${bot.kind}) lost ${lossMs.toFixed(0)} ms: ${told}` };
  }
}
