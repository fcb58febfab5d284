import { Parser } from '@stomp/stompjs';

/** A frame as the stock client's parser leaves it: headers raw, in order, with repetitions. */
export interface RawFrame {
  readonly command: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** What `@stomp/stompjs` makes of these octets; for tests that compare our reading with it. */
export function readByStompjs(bytes: Uint8Array): RawFrame[] {
  const found: RawFrame[] = [];
  const parser = new Parser(
    ({ command, headers, binaryBody }) =>
      found.push({ command: command!, headers: headers as [string, string][], body: binaryBody! }),
    () => {},
  );
  parser.parseChunk(Uint8Array.from(bytes).buffer);
  return found;
}

/** STOMP 1.2, "Value Encoding", octet by octet: an implementation apart from ours to compare with. */
export function unescapeByTheBook(text: string): string {
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '\\') plain += text[at];
    else {
      at += 1;
      plain += { r: '\r', n: '\n', c: ':', '\\': '\\' }[text[at]!] ?? '?';
    }
  }
  return plain;
}
