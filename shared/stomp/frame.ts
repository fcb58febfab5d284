export const clientCommands = [
  'CONNECT',
  'STOMP',
  'SEND',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'BEGIN',
  'COMMIT',
  'ABORT',
  'ACK',
  'NACK',
  'DISCONNECT',
] as const;
export const serverCommands = ['CONNECTED', 'MESSAGE', 'RECEIPT', 'ERROR'] as const;

export type ClientCommand = (typeof clientCommands)[number];
export type ServerCommand = (typeof serverCommands)[number];

/** One STOMP 1.2 frame, with headers unescaped. Of a repeated header it holds the first. */
export interface Frame<Command extends string = ClientCommand | ServerCommand> {
  readonly command: Command;
  readonly headers: ReadonlyMap<string, string>;
  /** UTF-8 text; empty where there is none. */
  readonly body: string;
}

export type ClientFrame = Frame<ClientCommand>;

/** A heart-beat as it travels: one line feed. */
export const HEART_BEAT = '\n';

/** Builds a frame from plain pairs; headers without a value are left out. */
export function frame<Command extends ClientCommand | ServerCommand>(
  command: Command,
  headers: Readonly<Record<string, string | number | undefined>>,
  body = '',
): Frame<Command> {
  const present = Object.entries(headers).filter(([, value]) => value !== undefined);
  return { command, headers: new Map(present.map(([name, value]) => [name, String(value)])), body };
}

/** Only these may carry a body. */
export function mayHaveBody(command: string): boolean {
  return command === 'SEND' || command === 'MESSAGE' || command === 'ERROR';
}

/** These two are exchanged before both sides know the version: their headers are never escaped, as in STOMP 1.0. */
export function isUnescaped(command: string): boolean {
  return command === 'CONNECT' || command === 'CONNECTED';
}
