import { z } from 'zod';
import { zoneProcessFlags } from '#fleet/node-flags.ts';
import type { ResolvedResource, ResourceRegistry } from '../../service.ts';
import type { FleetShardSpec } from './fleet-service.ts';

const Service = z.object({
  TaskDefinition: z.string(),
  DesiredCount: z.number().default(1),
  LoadBalancers: z.array(z.object({ TargetGroupArn: z.string() })).default([]),
});
const TaskDefinition = z.object({
  ContainerDefinitions: z
    .array(
      z.object({
        Name: z.string(),
        Command: z.array(z.string()).optional(),
        EntryPoint: z.array(z.string()).optional(),
        Environment: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
        PortMappings: z.array(z.object({ ContainerPort: z.number() })).length(1),
      }),
    )
    .length(1),
});
const TargetGroup = z.object({ HealthCheckPath: z.string().default('/') });

/** What the shards of one cloud share. */
export interface FleetSurroundings {
  readonly registry: ResourceRegistry;
  /** Bundle that the container image would run. */
  readonly entry: string;
  /** Endpoints and credentials for the SDK, added to each container's own environment. */
  readonly sdkEnvironment: Readonly<Record<string, string>>;
  /** Where the zone page is: it may connect, and look in. */
  readonly pagePort: number;
}

/**
 * One ECS service as a local process. The container's port becomes `port` wherever its environment says so, and the
 * load balancer's address gets it too, since locally there is no load balancer in front.
 */
export function fleetShardSpec(service: ResolvedResource, port: number, around: FleetSurroundings): FleetShardSpec {
  const { TaskDefinition: taskArn, LoadBalancers } = Service.parse(service.properties);
  const [container] = TaskDefinition.parse(around.registry.get(taskArn, service.id).properties).ContainerDefinitions;
  const containerPort = container!.PortMappings[0]!.ContainerPort;
  const env = Object.fromEntries(
    container!.Environment.map(({ Name, Value }) => [Name, localValue(Value, containerPort, port)]),
  );
  const group = LoadBalancers[0] && around.registry.get(LoadBalancers[0].TargetGroupArn, service.id);
  const command = [...(container!.EntryPoint ?? []), ...(container!.Command ?? [])];
  return {
    name: env.SHARD_ID ?? service.attributes.Name ?? service.id,
    command: process.execPath,
    args: command[0] === 'node' ? command.slice(1) : ['--enable-source-maps', ...zoneProcessFlags, around.entry],
    env: {
      PATH: process.env.PATH ?? '',
      ...env,
      ...around.sdkEnvironment,
      ...forThePage(env, around.pagePort),
      NODE_ENV: 'production',
    },
    port,
    healthPath: group ? TargetGroup.parse(group.properties).HealthCheckPath : '/',
    publicUrl: env.PUBLIC_URL ?? `ws://127.0.0.1:${port}`,
  };
}

/** What the zone page needs of a process, and no template gives it. */
function forThePage({ ALLOWED_ORIGINS = '' }: Readonly<Record<string, string>>, port: number) {
  const origins = [ALLOWED_ORIGINS, `http://127.0.0.1:${port}`, `http://localhost:${port}`];
  return { ALLOWED_ORIGINS: origins.filter(Boolean).join(','), LIVE_FEED: 'on' };
}

function localValue(value: string, containerPort: number, port: number): string {
  if (value === String(containerPort)) return String(port);
  return value.replace(
    /^((?:ws|http)s?):\/\/127\.0\.0\.1(?=\/|$)/,
    (_whole, scheme: string) => `${scheme}://127.0.0.1:${port}`,
  );
}
