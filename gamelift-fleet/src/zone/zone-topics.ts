import type { z } from 'zod';
import type { zoneEventMessage } from '#shared/contract/zone-protocol.ts';
import { type ChatAllowance, cleanChat } from './chat.ts';
import { chatFrame, coldFrame, eventFrame } from './cold.ts';
import type { Viewer } from './viewer.ts';

export type ZoneEvent = z.infer<typeof zoneEventMessage>['event'];

const MAX_EVENTS_PER_SECOND = 10;

/** `/topic/zone/{zoneId}/chat` and `/events`: everybody in the zone gets them, nobody who cannot follow waits for them. */
export class ZoneTopics {
  private readonly zoneId: string;
  private readonly viewers: ReadonlyMap<number, Viewer>;
  private eventsLeft = MAX_EVENTS_PER_SECOND;

  constructor(zoneId: string, viewers: ReadonlyMap<number, Viewer>) {
    this.zoneId = zoneId;
    this.viewers = viewers;
  }

  /** Says a line to all; answers the refusal for the speaker when it is empty or too soon. */
  chat(
    speaker: { readonly characterId: string; readonly name: string },
    allowance: ChatAllowance,
    text: string,
    tick: number,
  ): Uint8Array | undefined {
    const line = cleanChat(text);
    if (line === '') return coldFrame({ type: 'refused', what: 'chat', reason: 'empty', retryAfterMs: 0 });
    const retryAfterMs = allowance.speak(tick);
    if (retryAfterMs > 0) return coldFrame({ type: 'refused', what: 'chat', reason: 'too_often', retryAfterMs });
    const { characterId, name } = speaker;
    this.broadcast(chatFrame(this.zoneId, { characterId, name, text: line, tick }));
    return undefined;
  }

  /** Tells all of an event; at most 10 a second, the rest is left out. */
  announce(body: z.input<typeof zoneEventMessage>): void {
    if (this.viewers.size === 0 || this.eventsLeft === 0) return;
    this.eventsLeft -= 1;
    this.broadcast(eventFrame(this.zoneId, body));
  }

  /** Once a second. */
  refill(): void {
    this.eventsLeft = MAX_EVENTS_PER_SECOND;
  }

  private broadcast(frame: Uint8Array): void {
    for (const viewer of this.viewers.values()) viewer.overhear(frame);
  }
}
