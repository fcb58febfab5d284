const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/**
 * Compares two strings by their UTF-8 bytes, as DynamoDB sorts them. UTF-16 order, which `<` has, differs only where a
 * surrogate pair meets a character of U+E000 and above.
 */
export function compareBytes(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const ofLeft = left.charCodeAt(at);
    const ofRight = right.charCodeAt(at);
    if (ofLeft === ofRight) continue;
    if (isSurrogate(ofLeft) === isSurrogate(ofRight)) return ofLeft - ofRight;
    return isSurrogate(ofLeft) ? 1 : -1;
  }
  return left.length - right.length;
}
