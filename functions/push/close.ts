import type { Frame } from '#shared/stomp/frame.ts';
import { serializeFrame } from '#shared/stomp/serialize.ts';
import { connections } from './connections.ts';
import { type ConnectionKey, forgetConnection } from './store.ts';

/** Says goodbye, closes the socket and forgets the connection. Harmless when any of it is done already. */
export async function closeConnection({ accountId, connectionId }: ConnectionKey, last?: Frame): Promise<void> {
  if (last) await connections.post(connectionId, serializeFrame(last));
  await connections.close(connectionId);
  await forgetConnection({ accountId, connectionId });
}
