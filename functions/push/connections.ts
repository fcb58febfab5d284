import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { config } from '#shared/kernel/config.ts';
import { step } from '#shared/kernel/step.ts';

/** The client's end of the sockets. */
export interface Connections {
  /** Sends a text message; false when the connection is gone. */
  post(connectionId: string, text: string): Promise<boolean>;
  /** Closes it; nothing happens when it is gone already. */
  close(connectionId: string): Promise<void>;
}

let client: ApiGatewayManagementApiClient | undefined;

function management(): ApiGatewayManagementApiClient {
  client ??= new ApiGatewayManagementApiClient({
    endpoint: config('SOCKET_ENDPOINT'),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
  });
  return client;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === 'GoneException';
}

const gateway: Connections = {
  async post(ConnectionId, text) {
    const command = new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(text) });
    try {
      await step('sockets.post', () => management().send(command));
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  },
  async close(ConnectionId) {
    try {
      await step('sockets.close', () => management().send(new DeleteConnectionCommand({ ConnectionId })));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  },
};

let current: Connections = gateway;

/** The WebSocket API's connections. */
export const connections: Connections = {
  post: (connectionId, text) => current.post(connectionId, text),
  close: (connectionId) => current.close(connectionId),
};

/** Puts other connections in place (tests, simulator) and returns the undo. */
export function useConnections(next: Connections): () => void {
  const before = current;
  current = next;
  return () => {
    current = before;
  };
}
