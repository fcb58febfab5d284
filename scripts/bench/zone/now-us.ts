/** Microseconds of a clock that all threads share, from any moment on: 32 bits, so it starts anew after 71 minutes. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return (seconds * 1_000_000 + Math.floor(nanoseconds / 1_000)) >>> 0;
}
