import { connect, createServer, type Server, type Socket } from 'node:net';

/** A loopback port that leads to a server elsewhere. */
export class PortForward {
  readonly #port: number;
  readonly #host: string;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(port: number, host: string, targetPort: number) {
    this.#port = port;
    this.#host = host;
    this.#targetPort = targetPort;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server = createServer((near) => this.#join(near, connect(this.#targetPort, this.#host)));
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => resolve());
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
