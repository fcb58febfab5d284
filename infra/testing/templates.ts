import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { placeholderBundles } from '#infra/constructs/bundles.ts';
import type { StageName } from '#infra/stage-config.ts';
import { backendApp } from '#infra/synthesize.ts';
import type { Domain } from '#shared/contract/domain.ts';

export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are free-form JSON that tests look into
  readonly properties: any;
  readonly deletionPolicy: string | undefined;
  readonly dependsOn: readonly string[];
}

/** All templates of one stage, to be asked by resource type. */
export class Templates {
  readonly stacks: ReadonlyMap<string, readonly Resource[]>;
  /** Stack → the stacks that are deployed before it. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** The construct tree that they came from. */
  readonly app: App;

  constructor(app: App, stacks: Templates['stacks'], dependencies: Templates['dependencies']) {
    this.app = app;
    this.stacks = stacks;
    this.dependencies = dependencies;
  }

  all(type: string): Resource[] {
    return [...this.stacks.values()].flat().filter((resource) => resource.type === type);
  }

  /** The one resource of a type; fails the test when there are none or more. */
  one(type: string, where: (properties: Resource['properties']) => boolean = () => true): Resource {
    const found = this.all(type).filter((resource) => where(resource.properties));
    if (found.length !== 1) throw new Error(`${found.length} resources of ${type}, expected one`);
    return found[0]!;
  }

  /** What `Ref` or `Fn::GetAtt` of the same stack points at. */
  target(from: Resource, reference: unknown): Resource | undefined {
    const { Ref, 'Fn::GetAtt': attribute } = (reference ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string[] };
    const id = Ref ?? attribute?.[0];
    return this.stacks.get(from.stack)?.find((resource) => resource.id === id);
  }
}

/** Synthesizes a stage with stand-ins for the bundles; the tests of one file share the result. */
export function templatesOf(stage: StageName, domains: readonly Domain[], context: object = {}): Templates {
  const outdir = mkdtempSync(join(tmpdir(), 'necpgame-templates-'));
  try {
    const app = backendApp({ context: { stage, ...context }, bundles: placeholderBundles, outdir, domains });
    const assembly = app.synth();
    const stacks = new Map(
      assembly.stacks.map((stack) => [
        stack.stackName,
        Object.entries(stack.template.Resources as Record<string, Record<string, unknown>>).map(([id, resource]) => ({
          stack: stack.stackName,
          id,
          type: String(resource.Type),
          properties: resource.Properties ?? {},
          deletionPolicy: resource.DeletionPolicy as string | undefined,
          dependsOn: (resource.DependsOn as string[] | undefined) ?? [],
        })),
      ]),
    );
    const dependencies = new Map(
      assembly.stacks.map((stack) => [stack.stackName, stack.dependencies.map((other) => other.id)]),
    );
    return new Templates(app, stacks, dependencies);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
