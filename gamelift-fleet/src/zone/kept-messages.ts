import { serverFrames } from '#fleet/protocol/messages.ts';
import { type Channel, channels } from '#shared/contract/zone-protocol.ts';
import { binaryFrame } from '../net/ws-frame.ts';

/**
 * The numbered messages of one channel, as ready frames: the newest ones, until they are forgotten. Numbers begin with
 * 1 and leave none out, so that whoever knows its last number knows what it has missed.
 */
export class KeptMessages {
  private readonly channel: number;
  private readonly limit: number;
  private readonly frames: Uint8Array[] = [];
  /** Number of the oldest kept message, or of the next one while none is kept. */
  private first = 1;
  private added = () => {};

  constructor(channel: Channel, limit: number) {
    this.channel = channels[channel];
    this.limit = limit;
  }

  /** Number of the newest message, kept or not; 0 before the first. */
  get newest(): number {
    return this.first + this.frames.length - 1;
  }

  /** Number behind which everything is still kept. */
  get reach(): number {
    return this.first - 1;
  }

  /** Calls back with each message that is added, in place of whoever was called before. */
  watch(added: () => void): void {
    this.added = added;
  }

  /** Numbers a message of the server; beyond the limit the oldest goes. */
  add(message: Uint8Array): void {
    const fields = { channel: this.channel, seq: this.newest + 1, message };
    this.frames.push(binaryFrame(serverFrames.encode({ name: 'kept', fields })));
    if (this.frames.length > this.limit) this.forget(this.first);
    this.added();
  }

  /** Where to go on for one who claims to have had everything up to this number; a claim that cannot be true counts for nothing. */
  resumeAt(claimed: number): number {
    return claimed >= this.reach && claimed <= this.newest ? claimed : this.reach;
  }

  /** Everything kept with a higher number, in order. */
  after(seq: number): readonly Uint8Array[] {
    return this.frames.slice(Math.max(0, seq - this.reach));
  }

  /** Everything up to this number has arrived where it should. */
  forget(upTo: number): void {
    const count = Math.min(upTo, this.newest) - this.reach;
    if (count <= 0) return;
    this.frames.splice(0, count);
    this.first += count;
  }
}
