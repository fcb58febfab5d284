import { randomBytes } from 'node:crypto';
import { MalformedFrame } from '#fleet/protocol/bytes.ts';
import { clientFrames } from '#fleet/protocol/messages.ts';
import { clientMessages } from '#shared/contract/zone-messages.ts';
import {
  type CloseReason,
  closeCodes,
  LINE_KEY_BYTES,
  MAX_SIDE_LINES,
  TICK_HZ,
} from '#shared/contract/zone-protocol.ts';
import { lineFromFrame } from '../zone/own-messages.ts';
import type { Transport } from './connection.ts';
import { InboundLimit } from './inbound-limit.ts';

/** A side line on which the client has seen nothing for so long is closed: what waits in its socket is bounded so. */
const BEHIND_TICKS = 2 * TICK_HZ;

/** Side lines leave this share of a process's connections to players who are yet to come. */
const SHARE_FOR_PLAYERS = 0.2;
/** And are no more than this share of the others, beyond a few: a hiccup of the server looks like losses to everybody. */
const LARGEST_SHARE = 0.25;
const ALWAYS = 12;

/** Whether one more side line has room beside these connections, of which some are side lines. */
export function hasRoomBeside(connections: number, sideLines: number, maxConnections: number): boolean {
  const players = connections - sideLines;
  return (
    connections <= maxConnections * (1 - SHARE_FOR_PLAYERS) && sideLines < Math.max(ALWAYS, players * LARGEST_SHARE)
  );
}

/** What side lines ask of the connection that they belong to. */
interface MainLine {
  readonly tick: () => number;
  /** Whether the zone has more to do than it can: then nobody has more than one line. */
  readonly isBusy: () => boolean;
  /** A message that the main line has not brought yet. */
  brought(frame: Uint8Array): void;
  readonly nowMs: () => number;
  readonly report: (what: CloseReason) => void;
}

/** Which connection a key opens side lines of, among those of one process. */
export class LineKeys {
  /** Whether there is room for connections that are not of one more player. */
  readonly hasRoom: () => boolean;
  private readonly bundles = new Map<string, LineBundle>();

  constructor(hasRoom: () => boolean = () => true) {
    this.hasRoom = hasRoom;
  }

  /** Side lines that are open now. */
  get sideLines(): number {
    let sum = 0;
    for (const { sideLines } of this.bundles.values()) sum += sideLines;
    return sum;
  }

  issue(bundle: LineBundle): void {
    this.bundles.set(Buffer.from(bundle.key).toString('hex'), bundle);
  }

  find(key: Uint8Array): LineBundle | undefined {
    return this.bundles.get(Buffer.from(key).toString('hex'));
  }

  revoke({ key }: LineBundle): void {
    this.bundles.delete(Buffer.from(key).toString('hex'));
  }
}

/**
 * The lines of one client. Each carries the same messages in the same order, from some count on, so that what is held
 * up on one comes over another: the next message counts, whichever line brings it first, and its copies do not.
 */
export class LineBundle {
  readonly key: Uint8Array = randomBytes(LINE_KEY_BYTES);
  readonly main: MainLine;
  private readonly sides: SideLine[] = [];
  private readonly copies = new InboundLimit();
  /** Messages taken from whichever line, and come over the main one, since the client asked for the key. */
  private taken = 0;
  private mainCount = 0;

  constructor(main: MainLine) {
    this.main = main;
  }

  /** A frame has come over the main line: whether it is to be taken, has been before, or is one copy too many. */
  cameOverMain(frame: Uint8Array): 'news' | 'copy' | 'flood' {
    this.mainCount += 1;
    if (this.mainCount > this.taken) {
      this.taken = this.mainCount;
      return 'news';
    }
    return this.copies.judge(frame.length, this.main.nowMs()) === 'close' ? 'flood' : 'copy';
  }

  /** Whether the message of this count is the next one; then it counts as taken. One ahead is left to the main line. */
  takes(count: number): boolean {
    if (count !== this.taken) return false;
    this.taken += 1;
    return true;
  }

  get sideLines(): number {
    return this.sides.length;
  }

  join(transport: Transport, count: number): SideLine {
    if (this.sides.length === MAX_SIDE_LINES) this.sides[0]!.end('superseded');
    const side = new SideLine(this, transport, count);
    this.sides.push(side);
    return side;
  }

  remove(side: SideLine): void {
    const at = this.sides.indexOf(side);
    if (at >= 0) this.sides.splice(at, 1);
  }

  /** Writes to the side lines what has been written to the main one. */
  repeat(frames: Uint8Array): void {
    for (let at = this.sides.length - 1; at >= 0; at--) this.sides[at]!.repeat(frames);
  }

  end(reason: CloseReason): void {
    while (this.sides.length > 0) this.sides[0]!.end(reason);
  }
}

/** One further connection of a client. Its end is no harm to the others. */
export class SideLine {
  private readonly bundle: LineBundle;
  private readonly transport: Transport;
  private readonly limit = new InboundLimit();
  /** Of the next message that comes over it. */
  private count: number;
  private seenTick: number;
  private hasEnded = false;

  constructor(bundle: LineBundle, transport: Transport, count: number) {
    this.bundle = bundle;
    this.transport = transport;
    this.count = count;
    this.seenTick = bundle.main.tick();
    transport.write(lineFromFrame(this.seenTick));
  }

  received(frame: Uint8Array | undefined): void {
    if (this.hasEnded) return;
    const { main } = this.bundle;
    if (!frame) this.fail('malformed');
    else if (frame[0] === clientMessages.lineSeen.id) this.seen(frame);
    else {
      const isNext = this.bundle.takes(this.count);
      this.count += 1;
      // What counts is judged with all that the client does, whichever way it comes.
      if (isNext) main.brought(frame);
      else this.judge(frame);
    }
  }

  private judge(frame: Uint8Array): void {
    if (this.limit.judge(frame.length, this.bundle.main.nowMs()) === 'close') this.fail('flooding');
  }

  private seen(frame: Uint8Array): void {
    this.judge(frame);
    try {
      const message = clientFrames.decode(frame);
      // What has not been sent yet has been seen by nobody.
      if (message.name === 'lineSeen' && message.fields.tick <= this.bundle.main.tick())
        this.seenTick = Math.max(this.seenTick, message.fields.tick);
    } catch (cause) {
      if (!(cause instanceof MalformedFrame)) throw cause;
      this.fail('malformed');
    }
  }

  repeat(frames: Uint8Array): void {
    const { main } = this.bundle;
    if (main.tick() - this.seenTick > BEHIND_TICKS) this.fail('too_slow');
    else if (main.isBusy()) this.fail('zone_full');
    else this.transport.write(frames);
  }

  private fail(reason: CloseReason): void {
    this.bundle.main.report(reason);
    this.end(reason);
  }

  end(reason: CloseReason): void {
    if (this.hasEnded) return;
    this.gone();
    this.transport.close(closeCodes[reason], reason);
  }

  /** Its socket is gone, whoever ended it. */
  gone(): void {
    this.hasEnded = true;
    this.bundle.remove(this);
  }
}
