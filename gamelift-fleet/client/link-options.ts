/** What the client needs of a WebSocket: browsers' and Node's own have it, and so has the `ws` package's. */
export interface SocketLike {
  binaryType: string;
  readonly url?: string;
  readonly readyState: number;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
}

/** A way into the zone: a socket that is connecting or open, and the ticket for it. */
export interface Door {
  readonly socket: SocketLike;
  readonly ticket: string;
}

export interface LinkOptions {
  /**
   * Opens another door, with a fresh ticket, after the connection broke: to the zone that the server named, or to the
   * same one. A rejection may carry `retryAfterMs`: so long it is waited before the next try. Unset: a broken connection
   * is the end.
   */
  readonly reconnect?: ((zoneId: string) => Promise<Door>) | undefined;
  /** The zone of the first door. Unset: a connection that breaks before its first welcome is the end. */
  readonly zoneId?: string | undefined;
  /** Opens one more socket to where this one leads, for lines beside it; unset: there is never more than one. */
  readonly sideLine?: ((main: SocketLike) => SocketLike) | undefined;
  /** Waits; given from outside so that tests need no time. */
  readonly delay?: (ms: number) => Promise<void>;
  /** A connection on which nothing was heard for so long is given up, three times as long before its welcome; unset: 4 s. */
  readonly silenceMs?: number;
  /** A clock that only runs forward; unset: the runtime's. */
  readonly nowMs?: () => number;
}
