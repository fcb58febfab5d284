import { startLocalCloud } from '#scripts/local/cloud.ts';

/**
 * A local cloud in a process of its own, so that the clients of a benchmark do not share its event loop: tells its
 * parent the addresses, and stops when the parent says so or is gone.
 */
/** `fleet` as the third word: with a zone fleet, too. */
const [dataDir, portBase, fleet] = process.argv.slice(2) as [string, string, string?];

const cloud = await startLocalCloud({
  root: new URL('../../..', import.meta.url).pathname,
  dataDir,
  portBase: Number(portBase),
  build: true,
  fresh: true,
  inMemory: true,
  deliverTwice: false,
  fleet: fleet === 'fleet',
});
const stop = async () => {
  await cloud.stop();
  process.exit(0);
};
process.once('message', stop);
process.once('disconnect', stop);
process.send?.({ ...cloud.addresses, postgresPort: cloud.context.ports.of('postgres') });
