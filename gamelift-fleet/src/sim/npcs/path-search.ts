import type { Obstacles } from '../obstacles.ts';
import type { WalkGraph } from './walk-graph.ts';

/** In `phase`: it has not been looked at whether one walks straight from the beginning to this corner. */
const UNSEEN = 0;
const OPEN = 1;
const CLOSED = 2;
/** In `heapAt`. */
const OUTSIDE = 0xffff;

/** `Math.hypot` takes many times as long, and a search measures every corner of its zone. */
function metresOf(east: number, north: number): number {
  return Math.sqrt(east * east + north * north);
}

/**
 * The search (A*) for one shortest way at a time, over the corners of a zone. It can rest between any two corners, so that a tick
 * does no more of it than it may, and makes nothing. What one sees from the beginning and from the end is looked at
 * only when a corner's turn comes: on most ways that is a handful of lines.
 */
export class PathSearch {
  /** For whom it searches; 0: nobody. */
  slot = 0;
  /** What is left of the work that the last step might do; a little below 0 when its last corner was costly. */
  left = 0;
  private readonly graph: WalkGraph;
  /** Number of the end among the corners, and of the beginning where a corner's predecessor is told. */
  private readonly end: number;
  private readonly from: number;
  private fromX = 0;
  private fromY = 0;
  private toX = 0;
  private toY = 0;
  /** Metres from the beginning by the best way that is known; of the end too. */
  private readonly best: Float64Array;
  private readonly before: Uint16Array;
  private readonly phase: Uint8Array;
  /** By corner: metres of a whole way over it, at least. */
  private readonly estimate: Float64Array;
  private readonly heap: Uint16Array;
  private readonly heapAt: Uint16Array;
  private heapSize = 0;

  constructor(graph: WalkGraph) {
    const { size } = graph;
    this.graph = graph;
    this.end = size;
    this.from = size + 1;
    this.best = new Float64Array(size + 1);
    this.before = new Uint16Array(size + 1);
    this.phase = new Uint8Array(size + 1);
    this.estimate = new Float64Array(size + 1);
    this.heap = new Uint16Array(size + 1);
    this.heapAt = new Uint16Array(size + 1).fill(OUTSIDE);
  }

  /** Begins to search for somebody. Answers the work that this was, in corners looked at. */
  begin(slot: number, fromX: number, fromY: number, toX: number, toY: number): number {
    const { graph, end, best, phase, estimate, heap, heapAt } = this;
    this.slot = slot;
    this.fromX = fromX;
    this.fromY = fromY;
    this.toX = toX;
    this.toY = toY;
    best.fill(Number.POSITIVE_INFINITY);
    phase.fill(UNSEEN);
    phase[end] = OPEN;
    heapAt[end] = OUTSIDE;
    this.heapSize = end;
    for (let corner = 0; corner < end; corner++) {
      const metres = metresOf(graph.x[corner]! - fromX, graph.y[corner]! - fromY);
      estimate[corner] = metres + this.metresLeft(corner);
      heap[corner] = corner;
      heapAt[corner] = corner;
    }
    for (let at = (end >> 1) - 1; at >= 0; at--) this.sink(at);
    return 1 + (end >> 5);
  }

  /** Searches on, for about so much work. Answers whether a way was found; undefined: it is not known yet. */
  advance(obstacles: Obstacles, work: number): boolean | undefined {
    this.left = work;
    while (this.left > 0) {
      const corner = this.take();
      if (corner === OUTSIDE) return false;
      if (corner === this.end) return true;
      this.look(obstacles, corner);
    }
    return undefined;
  }

  /** The turn of a corner has come: no other way over it is shorter than the one that is known. */
  private look(obstacles: Obstacles, corner: number): void {
    const { graph, best, before, phase, end } = this;
    const x = graph.x[corner]!;
    const y = graph.y[corner]!;
    this.left -= 1;
    if (phase[corner] === UNSEEN) {
      if (obstacles.isBlocked(this.fromX, this.fromY, x, y)) {
        phase[corner] = OPEN;
        if (best[corner]! < Number.POSITIVE_INFINITY) this.put(corner, best[corner]! + this.metresLeft(corner));
        return;
      }
      best[corner] = metresOf(x - this.fromX, y - this.fromY);
      before[corner] = this.from;
    }
    phase[corner] = CLOSED;
    const whole = best[corner]! + this.metresLeft(corner);
    if (whole < best[end]! && !obstacles.isBlocked(x, y, this.toX, this.toY)) {
      best[end] = whole;
      before[end] = corner;
      this.put(end, whole);
    }
    this.spread(obstacles, corner);
  }

  /** Tells the corners that one sees from a corner how far they are over it. */
  private spread(obstacles: Obstacles, corner: number): void {
    const { graph, best, before, phase } = this;
    const until = graph.edgeStart[corner + 1]!;
    for (let edge = graph.edgeStart[corner]!; edge < until; edge++) {
      const to = graph.edgeTo[edge]!;
      if (phase[to] === CLOSED) continue;
      const metres = best[corner]! + graph.edgeMetres[edge]!;
      if (metres >= best[to]!) continue;
      if (graph.hasDoor[edge] === 1) {
        this.left -= 1;
        if (obstacles.isBlocked(graph.x[corner]!, graph.y[corner]!, graph.x[to]!, graph.y[to]!)) continue;
      }
      best[to] = metres;
      before[to] = corner;
      if (phase[to] === OPEN) this.put(to, metres + this.metresLeft(to));
    }
    this.left -= (until - graph.edgeStart[corner]!) >> 4;
  }

  private metresLeft(corner: number): number {
    return metresOf(this.graph.x[corner]! - this.toX, this.graph.y[corner]! - this.toY);
  }

  /** Writes the first corners of the way that was found, at most so many. Answers how many they are. */
  write(into: Uint16Array, at: number, most: number): number {
    let count = 0;
    for (let corner = this.before[this.end]!; corner !== this.from; corner = this.before[corner]!) count += 1;
    let index = count;
    for (let corner = this.before[this.end]!; corner !== this.from; corner = this.before[corner]!)
      if (--index < most) into[at + index] = corner;
    return Math.min(count, most);
  }

  /** The corner with the smallest estimate, out of the heap; {@link OUTSIDE}: none is left. */
  private take(): number {
    if (this.heapSize === 0) return OUTSIDE;
    const first = this.heap[0]!;
    this.heapAt[first] = OUTSIDE;
    const last = this.heap[--this.heapSize]!;
    if (this.heapSize > 0) {
      this.heap[0] = last;
      this.heapAt[last] = 0;
      this.sink(0);
    }
    return first;
  }

  /** Puts a corner into the heap, or nearer to its top where it is. */
  private put(corner: number, estimate: number): void {
    this.estimate[corner] = estimate;
    if (this.heapAt[corner] === OUTSIDE) {
      this.heap[this.heapSize] = corner;
      this.heapAt[corner] = this.heapSize++;
    }
    this.rise(this.heapAt[corner]!);
  }

  private rise(start: number): void {
    const { heap, heapAt, estimate } = this;
    let at = start;
    const corner = heap[at]!;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (estimate[heap[up]!]! <= estimate[corner]!) break;
      heap[at] = heap[up]!;
      heapAt[heap[at]!] = at;
      at = up;
    }
    heap[at] = corner;
    heapAt[corner] = at;
  }

  private sink(start: number): void {
    const { heap, heapAt, estimate, heapSize } = this;
    let at = start;
    const corner = heap[at]!;
    for (let down = 2 * at + 1; down < heapSize; down = 2 * at + 1) {
      if (down + 1 < heapSize && estimate[heap[down + 1]!]! < estimate[heap[down]!]!) down += 1;
      if (estimate[heap[down]!]! >= estimate[corner]!) break;
      heap[at] = heap[down]!;
      heapAt[heap[at]!] = at;
      at = down;
    }
    heap[at] = corner;
    heapAt[corner] = at;
  }

  /** What the next step of a search depends on. */
  columns(): ArrayBufferView[] {
    return [this.best, this.before, this.phase, this.estimate, this.heap.slice(0, this.heapSize), this.heapAt];
  }

  /** For the state hash, beside the columns. */
  digest(): readonly number[] {
    return [this.slot, this.fromX, this.fromY, this.toX, this.toY, this.heapSize];
  }
}
