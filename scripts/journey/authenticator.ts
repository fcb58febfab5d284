import { setTimeout as delay } from 'node:timers/promises';
import { TOTP } from 'otpauth';

const STEP_MS = 30_000;
/** The server takes codes of the step beside the present one too. */
const AHEAD_STEPS = 1;

/** What an authenticator app does, and what its owner does who knows that a code is good once. */
export class Authenticator {
  readonly secret: string;
  /** The step whose code was given last. */
  lastStep: number;
  private readonly totp: TOTP;
  private readonly nowMs: () => number;

  constructor(secret: string, lastStep = -1, nowMs = Date.now) {
    this.secret = secret;
    this.lastStep = lastStep;
    this.nowMs = nowMs;
    this.totp = new TOTP({ secret });
  }

  /** A code that was not given before; where the next one is not good yet, waits for it. */
  async code(): Promise<string> {
    const step = Math.max(this.stepNow(), this.lastStep + 1);
    this.lastStep = step;
    while (step > this.stepNow() + AHEAD_STEPS) await delay(1_000);
    return this.totp.generate({ timestamp: step * STEP_MS });
  }

  private stepNow(): number {
    return Math.floor(this.nowMs() / STEP_MS);
  }
}
