import { MalformedFrame } from '#fleet/protocol/bytes.ts';
import { type ClientMessage, clientFrames, isForeignHello } from '#fleet/protocol/messages.ts';
import type { ColdFromClient } from '#shared/contract/zone-cold-messages.ts';
import { type CloseReason, closeCodes, SIXTEENTHS, VIEW_AT_SEEN_TICK } from '#shared/contract/zone-protocol.ts';
import { type Admission, AdmissionRefused } from '../persist/character-ports.ts';
import { lineKeyFrame, pongFrame } from '../zone/own-messages.ts';
import type { ZoneClient } from '../zone/viewer.ts';
import type { Zone } from '../zone/zone.ts';
import { InboundLimit } from './inbound-limit.ts';
import { LineBundle, type LineKeys, type SideLine } from './side-lines.ts';

/** The socket under a connection. */
export interface Transport {
  write(frames: Uint8Array): void;
  close(code: number, reason: string): void;
}

/** Turns a ticket into a character and the zone that will have it. @throws AdmissionRefused */
export type Gate = (ticket: string) => Promise<{ readonly zone: Zone; readonly character: Admission }>;

type Hello = Extract<ClientMessage, { name: 'hello' }>['fields'];
type Line = Extract<ClientMessage, { name: 'line' }>['fields'];

export interface ConnectionOptions {
  readonly transport: Transport;
  readonly gate: Gate;
  /** Of all connections of this process. */
  readonly keys: LineKeys;
  readonly nowMs: () => number;
  /** Told of failures that are ours, and of the reason of every close. */
  readonly report: (what: CloseReason, cause?: unknown) => void;
}

/** One client, from its first frame to its close: nothing that it sends can do more than end it. */
export class Connection implements ZoneClient {
  private readonly options: ConnectionOptions;
  private readonly transport: Transport;
  private readonly limit = new InboundLimit();
  private phase: 'new' | 'redeeming' | 'admitted' | 'closed' = 'new';
  private zone: Zone | undefined;
  private characterId = '';
  /** This one and its side lines, once the client has asked for some. */
  private lines: LineBundle | undefined;
  /** What this is itself, when it is a side line of another one. */
  private side: SideLine | undefined;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.transport = options.transport;
  }

  get isAwaitingHello(): boolean {
    return this.phase === 'new';
  }

  write(frames: Uint8Array): void {
    if (this.phase === 'closed') return;
    this.transport.write(frames);
    this.lines?.repeat(frames);
  }

  close(reason: CloseReason): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.narrow(reason);
    this.options.report(reason);
    this.transport.close(closeCodes[reason], reason);
  }

  /** A binary frame has arrived; text frames are handed in as undefined. */
  received(frame: Uint8Array | undefined): void {
    if (this.phase === 'closed') return;
    if (this.side) {
      this.side.received(frame);
      return;
    }
    const came = (frame && this.lines?.cameOverMain(frame)) ?? 'news';
    if (came === 'flood') this.end('flooding');
    else if (came === 'news') this.bring(frame);
  }

  /** Whether a ping of the WebSocket protocol is to be answered. It counts as a message. */
  mayPing(ping: Uint8Array): boolean {
    if (this.phase === 'closed') return false;
    const verdict = this.limit.judge(ping.length, this.options.nowMs());
    if (verdict === 'close') this.end('flooding');
    return verdict === 'take';
  }

  /** A message has come that has not been there before, over this line or a side line. */
  private bring(frame: Uint8Array | undefined): void {
    const fault = frame ? this.take(frame) : 'malformed';
    if (fault) this.end(fault);
  }

  private take(frame: Uint8Array): CloseReason | undefined {
    const verdict = this.limit.judge(frame.length, this.options.nowMs());
    if (verdict === 'close') return 'flooding';
    if (verdict === 'drop') return undefined;
    if (this.phase === 'new' && isForeignHello(frame)) return 'version_mismatch';
    let message: ClientMessage;
    try {
      message = clientFrames.decode(frame);
    } catch (cause) {
      if (cause instanceof MalformedFrame) return 'malformed';
      throw cause;
    }
    if (message.name === 'hello') return this.hello(message.fields);
    return message.name === 'line' ? this.join(message.fields) : this.act(message);
  }

  /** The socket is gone, whoever ended it. */
  disconnected(): void {
    this.phase = 'closed';
    this.side?.gone();
    this.narrow('superseded');
    this.zone?.disconnect(this.characterId, this);
  }

  /** Answers the key of its side lines; what the client sends from here on is counted. */
  private widen(zone: Zone): void {
    const { keys, nowMs, report } = this.options;
    if (!this.lines) {
      const brought = (frame: Uint8Array) => this.bring(frame);
      const tick = () => zone.sim.tick;
      const isBusy = () => zone.meter.level > 0;
      this.lines = new LineBundle({ brought, tick, isBusy, nowMs, report });
      keys.issue(this.lines);
    }
    this.write(lineKeyFrame(this.lines.key));
  }

  /** Ends the side lines with this one. */
  private narrow(reason: CloseReason): void {
    const { lines } = this;
    if (!lines) return;
    this.lines = undefined;
    this.options.keys.revoke(lines);
    lines.end(reason);
  }

  /** This is a side line of the connection that its key names. */
  private join({ key, count }: Line): CloseReason | undefined {
    if (this.phase !== 'new') return 'malformed';
    const bundle = this.options.keys.find(key);
    if (!bundle) return 'ticket_invalid';
    if (!this.options.keys.hasRoom() || bundle.main.isBusy()) return 'zone_full';
    this.phase = 'admitted';
    this.side = bundle.join(this.transport, count);
    return undefined;
  }

  /** Closes for a fault of the client's own; its body stays as it does when a line breaks. */
  private end(reason: CloseReason): void {
    this.zone?.disconnect(this.characterId, this);
    this.close(reason);
  }

  private hello({ ticket, resume }: Hello): CloseReason | undefined {
    if (this.phase !== 'new') return 'malformed';
    this.phase = 'redeeming';
    void this.enter(ticket, resume);
    return undefined;
  }

  private act(message: Exclude<ClientMessage, { name: 'hello' | 'line' }>): CloseReason | undefined {
    if (this.phase === 'new') return 'malformed';
    const { zone, characterId } = this;
    // What comes while the ticket is being looked at has no body to act on.
    if (!zone) return undefined;
    switch (message.name) {
      case 'input':
        zone.move(characterId, this, message.fields);
        break;
      case 'action': {
        const { actionSeq, ability, target, seenTick, view } = message.fields;
        const aim = message.fields.aim && this.onMap(zone, message.fields.aim);
        const viewTick = seenTick * SIXTEENTHS + VIEW_AT_SEEN_TICK - view;
        zone.input(
          characterId,
          this,
          (slot) => ({ kind: 'act', slot, actionSeq, ability, target, viewTick, aim }),
          seenTick,
        );
        break;
      }
      case 'interact': {
        const { actionSeq, target, seenTick } = message.fields;
        zone.input(characterId, this, (slot) => ({ kind: 'interact', slot, actionSeq, target }), seenTick);
        break;
      }
      case 'ping':
        this.write(pongFrame(message.fields.clientMs, zone));
        break;
      case 'widen':
        this.widen(zone);
        break;
      case 'lineSeen':
        // Means something on a side line alone.
        break;
      case 'release':
        zone.input(characterId, this, (slot) => ({ kind: 'release', slot }));
        break;
      case 'leave':
        zone.wishToLeave(characterId, this);
        break;
      case 'cold':
        this.say(zone, message.fields);
        break;
    }
    return undefined;
  }

  private onMap({ sim }: Zone, { x, y }: { readonly x: number; readonly y: number }) {
    const { originX, originY } = sim.state.zone;
    return { x: originX + x, y: originY + y };
  }

  private say(zone: Zone, message: ColdFromClient): void {
    const { characterId } = this;
    switch (message.type) {
      case 'chat':
        zone.chat(characterId, this, message.text);
        break;
      case 'pvp':
        zone.input(characterId, this, (slot) => ({ kind: 'pvp', slot, wants: message.wants }));
        break;
      case 'duel':
        zone.input(characterId, this, (slot) => ({ kind: 'duel', slot, act: message.act, target: message.target }));
        break;
      case 'stand-up':
        zone.input(characterId, this, (slot) => ({ kind: 'stand-up', slot, accepts: message.accepts }));
        break;
    }
  }

  private async enter(ticket: string, resume: Hello['resume']): Promise<void> {
    try {
      const { zone, character } = await this.options.gate(ticket);
      if (this.phase !== 'redeeming') return;
      this.phase = 'admitted';
      this.zone = zone;
      this.characterId = character.characterId;
      zone.admit(character, this, resume);
    } catch (cause) {
      if (!(cause instanceof AdmissionRefused)) this.options.report('internal', cause);
      this.close(cause instanceof AdmissionRefused ? cause.reason : 'internal');
    }
  }
}
