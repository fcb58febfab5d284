import { balance } from '../balance.ts';
import type { SimState } from '../state.ts';
import { PathSearch } from './path-search.ts';
import type { WalkGraph } from './walk-graph.ts';

/** So many corners of a path are kept; behind the last of them the next ones are asked for. */
export const MAX_CORNERS = 8;

/** What an NPC knows of its way: it goes straight, along corners, or there is none. */
export const ways = { straight: 0, along: 1, none: 2 } as const;

/**
 * The paths of a zone's NPCs, in columns by slot, and the line of those who have asked for one. A zone without walls
 * has no columns: writing to them changes nothing.
 */
export class NpcPaths {
  readonly graph: WalkGraph;
  readonly search: PathSearch;
  /** One of {@link ways}. */
  readonly way: Uint8Array;
  /** The point to which it has asked for a way. */
  readonly toX: Float64Array;
  readonly toY: Float64Array;
  /** The obstacles' count of changes when it asked. */
  readonly changes: Uint32Array;
  /** When it was answered. */
  readonly answeredTick: Uint32Array;
  /** Corners of its path, {@link MAX_CORNERS} side by side; the one that it makes for, and how many are left with that. */
  readonly corners: Uint16Array;
  readonly at: Uint8Array;
  readonly left: Uint8Array;
  /** 1: it waits for an answer. */
  readonly asks: Uint8Array;
  /** Those who have asked, first come first served; each stands in it once, also who does not ask any more. */
  private readonly line: Uint16Array;
  private readonly isInLine: Uint8Array;
  private lineHead = 0;
  private lineLength = 0;

  constructor(graph: WalkGraph, capacity: number) {
    const size = graph.size === 0 ? 0 : capacity + 1;
    this.graph = graph;
    this.search = new PathSearch(graph);
    this.way = new Uint8Array(size);
    this.toX = new Float64Array(size);
    this.toY = new Float64Array(size);
    this.changes = new Uint32Array(size);
    this.answeredTick = new Uint32Array(size);
    this.corners = new Uint16Array(size * MAX_CORNERS);
    this.at = new Uint8Array(size);
    this.left = new Uint8Array(size);
    this.asks = new Uint8Array(size);
    this.line = new Uint16Array(size);
    this.isInLine = new Uint8Array(size);
  }

  /** Whether there is nothing to walk around. */
  get isEmpty(): boolean {
    return this.way.length === 0;
  }

  /** It is known that no way leads where an NPC wants to go. */
  hasNone(slot: number): boolean {
    return this.way[slot] === ways.none;
  }

  /** An NPC goes straight from here on, and waits for no answer: it wants to go elsewhere, or sees its way. */
  forget(slot: number): void {
    this.way[slot] = ways.straight;
    this.asks[slot] = 0;
    if (this.search.slot === slot) this.search.slot = 0;
  }

  /** Asks for a way to a point. The answer comes within a few ticks. */
  ask(slot: number, toX: number, toY: number, changes: number): void {
    this.toX[slot] = toX;
    this.toY[slot] = toY;
    this.changes[slot] = changes;
    this.asks[slot] = 1;
    if (this.isInLine[slot] === 1) return;
    this.isInLine[slot] = 1;
    this.line[(this.lineHead + this.lineLength) % this.line.length] = slot;
    this.lineLength += 1;
  }

  /** The next one in the line; 0: nobody asks. */
  next(): number {
    while (this.lineLength > 0) {
      const slot = this.line[this.lineHead]!;
      this.lineHead = (this.lineHead + 1) % this.line.length;
      this.lineLength -= 1;
      this.isInLine[slot] = 0;
      if (this.asks[slot] === 1) return slot;
    }
    return 0;
  }

  /** The columns that make up the state, for its hash. */
  columns(): ArrayBufferView[] {
    return [
      ...[this.way, this.toX, this.toY, this.changes, this.answeredTick, this.corners, this.at, this.left, this.asks],
      ...[this.line, this.isInLine, ...this.search.columns()],
    ];
  }

  /** For the state hash, beside the columns. */
  digest(): readonly number[] {
    return [this.lineHead, this.lineLength, ...this.search.digest()];
  }
}

/** Searches for those who have asked, as much as one tick may. */
export function findPaths(state: SimState): void {
  const { paths, obstacles, entities } = state;
  const { search } = paths;
  let work: number = balance.paths.workPerTick;
  while (work > 0) {
    if (search.slot === 0) {
      const slot = paths.next();
      if (slot === 0) return;
      work -= search.begin(slot, entities.x[slot]!, entities.y[slot]!, paths.toX[slot]!, paths.toY[slot]!);
    }
    const isFound = search.advance(obstacles, work);
    work = search.left;
    if (isFound !== undefined) answer(state, search.slot, isFound);
  }
}

function answer({ paths, tick }: SimState, slot: number, isFound: boolean): void {
  paths.search.slot = 0;
  paths.asks[slot] = 0;
  paths.answeredTick[slot] = tick;
  paths.at[slot] = 0;
  paths.left[slot] = isFound ? paths.search.write(paths.corners, slot * MAX_CORNERS, MAX_CORNERS) : 0;
  paths.way[slot] = isFound ? ways.along : ways.none;
}
