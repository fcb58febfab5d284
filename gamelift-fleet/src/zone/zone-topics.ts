import type { z } from 'zod';
import type { zoneEventMessage } from '#shared/contract/zone-cold-messages.ts';
import { type ChatAllowance, cleanChat } from './chat.ts';
import { chatMessage, coldMessage, eventMessage } from './cold.ts';
import { KeptMessages } from './kept-messages.ts';

export type ZoneEvent = z.infer<typeof zoneEventMessage>['event'];

const MAX_EVENTS_PER_SECOND = 10;
/** Kept for those who are away for a moment: about a minute of the busiest zone's events, a long while of a quiet one's. */
const KEPT_MESSAGES = 512;

/** `/topic/zone/{zoneId}/chat` and `/events`: one numbered channel for everybody in the zone. */
export class ZoneTopics {
  readonly messages = new KeptMessages('zone', KEPT_MESSAGES);
  private readonly zoneId: string;
  private eventsLeft = MAX_EVENTS_PER_SECOND;

  constructor(zoneId: string) {
    this.zoneId = zoneId;
  }

  /** Says a line to all; answers the refusal for the speaker when it is empty or too soon. */
  chat(
    speaker: { readonly characterId: string; readonly name: string },
    allowance: ChatAllowance,
    text: string,
    tick: number,
  ): Uint8Array | undefined {
    const line = cleanChat(text);
    if (line === '') return coldMessage({ type: 'refused', what: 'chat', reason: 'empty', retryAfterMs: 0 });
    const retryAfterMs = allowance.speak(tick);
    if (retryAfterMs > 0) return coldMessage({ type: 'refused', what: 'chat', reason: 'too_often', retryAfterMs });
    const { characterId, name } = speaker;
    this.messages.add(chatMessage(this.zoneId, { characterId, name, text: line, tick }));
    return undefined;
  }

  /** Tells all of an event; at most 10 a second, the rest is left out. */
  announce(body: z.input<typeof zoneEventMessage>): void {
    if (this.eventsLeft === 0) return;
    this.eventsLeft -= 1;
    this.messages.add(eventMessage(this.zoneId, body));
  }

  /** Once a second. */
  refill(): void {
    this.eventsLeft = MAX_EVENTS_PER_SECOND;
  }
}
