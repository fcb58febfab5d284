import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request that the gateway answered with a server error, a failure that a function or the fleet reported. */
const COMPLAINT = / 5\d\d [\d.]+ ms$|\b(?:ERROR|CRITICAL)\b|"ServerErrors":[1-9]|failed:/;

/** The lines of a local cloud's logs that speak of a fault of the server's own. */
export function complaints(dataDir: string): readonly string[] {
  const folder = join(dataDir, 'logs');
  return readdirSync(folder)
    .filter((file) => !/^postgres/.test(file))
    .flatMap((file) => {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n');
      return lines.filter((line) => COMPLAINT.test(line)).map((line) => `${file}: ${line.slice(0, 600)}`);
    });
}
