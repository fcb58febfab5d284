import { type Frame, isUnescaped, mayHaveBody } from './frame.ts';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\r': '\\r', '\n': '\\n', ':': '\\c' };

function escapeHeader(text: string): string {
  return text.replace(/[\\\r\n:]/g, (character) => ESCAPES[character]!);
}

/**
 * The frame as text, ready for one WebSocket message. A body gets its `content-length` in octets.
 * @throws RangeError when STOMP has no way to write the frame: a NUL in a header, a line break or colon in a header of
 * CONNECT or CONNECTED, an empty header name, a body where none is allowed.
 */
export function serializeFrame(frame: Frame): string {
  const { command, headers, body } = frame;
  if (body !== '' && !mayHaveBody(command)) throw new RangeError(`${command} has no body`);
  let text = `${command}\n`;
  for (const [name, value] of headers) {
    if (name === 'content-length') continue;
    if (name === '' || name.includes('\0') || value.includes('\0')) throw new RangeError(`cannot write header ${name}`);
    if (isUnescaped(command)) {
      if (/[\r\n:]/.test(name) || /[\r\n]/.test(value)) throw new RangeError(`cannot write header ${name} unescaped`);
      text += `${name}:${value}\n`;
    } else {
      text += `${escapeHeader(name)}:${escapeHeader(value)}\n`;
    }
  }
  if (body !== '') text += `content-length:${Buffer.byteLength(body)}\n`;
  return `${text}\n${body}\0`;
}
