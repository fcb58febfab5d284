/** Why a stream of octets, or a frame in its place, is refused. The name never changes its meaning. */
export type StompFault =
  | 'command_unknown'
  | 'line_too_long'
  | 'too_many_headers'
  | 'header_malformed'
  | 'escape_unknown'
  | 'not_utf8'
  | 'content_length_invalid'
  | 'body_too_large'
  | 'body_not_allowed'
  | 'frame_not_terminated'
  | 'too_many_frames';

/** A violation of STOMP 1.2 or of our limits. It ends the connection: the stream behind it has no known meaning. */
export class StompError extends Error {
  override readonly name = 'StompError';
  readonly fault: StompFault;

  constructor(fault: StompFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
