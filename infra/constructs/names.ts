import type { StageName } from '#infra/stage-config.ts';
import type { DomainFunction } from '#shared/contract/domain.ts';

/** Prefix of every named resource of a stage, so that stages can share an account. */
export function stagePrefix(stage: StageName): string {
  return `necpgame-${stage}`;
}

/**
 * Name of a function and of what belongs to it: `necpgame-dev-quest-count-kill`.
 * @throws Error when AWS would refuse its length.
 */
export function functionName(stage: StageName, fn: DomainFunction): string {
  const name = `${stagePrefix(stage)}-${fn.id.replace('.', '-')}`;
  if (name.length > 60) throw new Error(`${fn.id}: the name ${name} is longer than 60 characters`);
  return name;
}

/** CloudFormation logical name within the domain's stack: `quest.count-kill` → `CountKill`. */
export function constructId(fn: DomainFunction): string {
  return pascalCase(fn.id.slice(fn.id.indexOf('.') + 1));
}

/** `token-signing-keys` → `TokenSigningKeys`. */
export function pascalCase(kebab: string): string {
  return kebab.replace(/(?:^|-)(\w)/g, (_whole, letter: string) => letter.toUpperCase());
}

/** Where a function logs; one group each, so that retention and reading rights are its own. */
export function logGroupName(stage: StageName, id: string): string {
  return `/necpgame/${stage}/${id}`;
}
