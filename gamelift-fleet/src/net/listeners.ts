import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';

/**
 * A listening socket takes one connection in each turn of the event loop, and a turn of a busy process lasts tens of
 * milliseconds: by one alone a zone that comes back at once would stand in line for seconds. The kernel shares
 * connections out among so many.
 */
const LISTENERS = 64;
/** Where the kernel can do that. */
const CAN_SHARE = process.platform === 'linux';

async function opened(server: Server, options: ListenOptions): Promise<number> {
  server.listen(options);
  // Rejects with the error when there is one first.
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Opens the port of an HTTP server several times over. */
export class Listeners {
  private readonly http: HttpServer;
  private readonly further: Server[] = [];

  constructor(http: HttpServer) {
    this.http = http;
  }

  /** Port 0 takes a free one. Answers the port. @throws Error `EADDRINUSE` when somebody else has it. */
  async open(port: number): Promise<number> {
    if (!CAN_SHARE) return opened(this.http, { port });
    const shared = { port: await freed(port), reusePort: true };
    await opened(this.http, shared);
    for (let count = 1; count < LISTENERS; count += 1) {
      // As an HTTP server takes its own connections.
      const server = createServer({ allowHalfOpen: true, noDelay: true });
      server.on('connection', (socket) => this.http.emit('connection', socket));
      this.further.push(server);
      await opened(server, shared);
    }
    return shared.port;
  }

  /** Takes no connections from here on; resolves when the HTTP server's are over. */
  async close(): Promise<void> {
    const closed = [this.http, ...this.further].map((server) => {
      return new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    });
    this.http.closeAllConnections();
    await Promise.all(closed);
  }
}

/** The port once it was had alone: ports that are shared would be shared with another process of this user, too. */
async function freed(port: number): Promise<number> {
  const alone = createServer();
  const found = await opened(alone, { port });
  alone.close();
  await once(alone, 'close');
  return found;
}
