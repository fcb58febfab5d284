import { onWire } from '#shared/contract/zone-protocol.ts';
import { Obstacles } from '../src/sim/obstacles.ts';
import type { Prediction } from './prediction.ts';
import type { Welcome } from './zone-link.ts';

/** Stands so long before an obstacle that it gives the walk up. */
const STUCK_STEPS = 20;

interface Goal {
  readonly x: number;
  readonly y: number;
  readonly arrived: () => void;
  readonly failed: (cause: Error) => void;
}

/** Moves the predicted body: towards a point, or in the direction that somebody steers. Metres from the corner. */
export class Walking {
  /** The direction it looks, in radians. */
  yaw = 0;
  private readonly obstacles: Obstacles;
  private readonly metresPerStep: number;
  private readonly width: number;
  private readonly height: number;
  private goal: Goal | undefined;
  private steering: { readonly x: number; readonly y: number } | undefined;
  private stuckSteps = 0;

  constructor({ originX, originY, width, height, obstacles, speed, tickHz }: Welcome, before?: Walking) {
    this.obstacles = new Obstacles(
      { originX: 0, originY: 0, width, height },
      obstacles.map(([west, south, east, north]) => ({
        minX: west - originX,
        minY: south - originY,
        maxX: east - originX,
        maxY: north - originY,
      })),
    );
    this.metresPerStep = speed / tickHz;
    this.width = width;
    this.height = height;
    this.goal = before?.goal;
    this.steering = before?.steering;
    this.yaw = before?.yaw ?? 0;
  }

  /** An obstacle stands, or does not for now. */
  setOpen(obstacle: number, isOpen: boolean): void {
    this.obstacles.setOpen(obstacle, isOpen);
  }

  /** Straight to a point, along obstacles. Rejects when something else comes first, or nothing leads on. */
  walkTo(x: number, y: number): Promise<void> {
    this.stop('another walk began');
    return new Promise((arrived, failed) => {
      this.stuckSteps = 0;
      this.goal = { x, y, arrived, failed };
    });
  }

  /** Walks in this direction until told otherwise; nowhere: stands. */
  steer(x: number, y: number): void {
    this.stop('somebody steers');
    const length = Math.hypot(x, y);
    this.steering = length === 0 ? undefined : { x: x / length, y: y / length };
  }

  stop(why: string): void {
    const { goal } = this;
    this.goal = undefined;
    this.steering = undefined;
    goal?.failed(new Error(why));
  }

  /** One client tick's way at a pace in thousandths of its speed. Answers whether the body moved. */
  advance(body: Prediction, pacePermille: number): boolean {
    const { goal, steering } = this;
    if ((!goal && !steering) || pacePermille === 0) return false;
    const metresPerStep = (this.metresPerStep * pacePermille) / 1_000;
    const dx = goal ? goal.x - body.x : steering!.x * metresPerStep;
    const dy = goal ? goal.y - body.y : steering!.y * metresPerStep;
    const metres = Math.hypot(dx, dy);
    const share = metres <= metresPerStep ? 1 : metresPerStep / metres;
    this.yaw = (Math.atan2(dy, dx) + 2 * Math.PI) % (2 * Math.PI);
    const moved = this.move(
      body,
      share === 1 && goal ? goal.x : body.x + dx * share,
      share === 1 && goal ? goal.y : body.y + dy * share,
    );
    this.stuckSteps = moved ? 0 : this.stuckSteps + 1;
    if (goal && this.stuckSteps >= STUCK_STEPS) this.stop('something is in the way');
    return moved;
  }

  private move(body: Prediction, toX: number, toY: number): boolean {
    const x = Math.min(this.width, Math.max(0, toX));
    const y = Math.min(this.height, Math.max(0, toY));
    // The server judges the places that it is told: those on the wire.
    const passage = this.obstacles.passage(onWire(body.x), onWire(body.y), onWire(x), onWire(y));
    if (passage === 'none') return false;
    if (passage !== 'along_y') body.x = x;
    if (passage !== 'along_x') body.y = y;
    return true;
  }

  /** Tells the walker that it is there, once its claim is on its way. */
  settle(body: Prediction): void {
    const { goal } = this;
    if (!goal || body.x !== goal.x || body.y !== goal.y) return;
    this.goal = undefined;
    goal.arrived();
  }
}
