import { join, resolve } from 'node:path';
import type { LocalContext, LocalService } from '../../service.ts';
import { FleetService, type FleetShardSpec } from './fleet-service.ts';
import { fleetShardSpec } from './fleet-shard-spec.ts';

/** Bundle that the fleet's image holds. */
const ENTRY = 'dist/fleet/main.mjs';

/** The same service once more: another shard, which takes what the first one leaves. */
function sibling(spec: FleetShardSpec, number: number): FleetShardSpec {
  const name = `${spec.name}-${number + 1}`;
  return { ...spec, name, env: { ...spec.env, SHARD_ID: name } };
}

/** Every ECS service of the templates as a local process, or as several that share its zones. */
export class FleetHost implements LocalService {
  readonly name = 'Zone fleet';
  readonly #context: LocalContext;
  #shards: FleetService[] = [];

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { registry, ports, options, sdkEnvironment, log } = this.#context;
    if (!options.fleet) return;
    const around = { registry, entry: resolve(ENTRY), sdkEnvironment, pagePort: ports.of('zone-page') };
    const { shards = 1 } = options;
    const services = registry.ofType('AWS::ECS::Service').flatMap((service) => Array(shards).fill(service));
    for (const [index, service] of services.entries()) {
      const spec = fleetShardSpec(service, await ports.allocate(`fleet-${index}`), around);
      const shard = index % shards === 0 ? spec : sibling(spec, index % shards);
      const logFile = resolve(join(options.dataDir, 'logs', `fleet-${shard.name}.log`));
      this.#shards.push(new FleetService({ shard, logFile, onFailure: (message) => log('fleet', message) }));
    }
    await Promise.all(this.#shards.map((shard) => shard.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#shards.splice(0).map((shard) => shard.stop()));
  }

  /** Where the shards' zones take players. */
  addresses(): readonly { readonly label: string; readonly url: string }[] {
    return this.#shards.map(({ name, publicUrl }) => ({ label: name, url: publicUrl }));
  }
}
