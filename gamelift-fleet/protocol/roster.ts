/** Takes one out of a cell's roster: the last takes its place. Client and server do exactly this. */
export function removeAt(roster: number[], place: number): void {
  const last = roster.pop()!;
  if (place < roster.length) roster[place] = last;
}
