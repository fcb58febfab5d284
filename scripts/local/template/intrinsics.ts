/** What an intrinsic function may ask of the template around it. */
export interface IntrinsicScope {
  /** Names the value in error messages: `necpgame-dev-data.Table`. */
  readonly where: string;
  readonly region: string;
  ref(id: string): unknown;
  getAtt(id: string, attribute: string): unknown;
  importValue(exportName: string): unknown;
  mapping(map: string, first: string, second: string): unknown;
  condition(name: string): boolean;
}

/** `Ref: AWS::NoValue`: the property or list element that holds it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: IntrinsicScope) => unknown;

/** Every intrinsic function that templates may use; any other is an error. */
const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (id, scope) => scope.ref(String(id)),
  'Fn::GetAtt': (argument, scope) => {
    const [id, ...attribute] = typeof argument === 'string' ? argument.split('.') : listOf(argument, scope);
    return scope.getAtt(String(id), attribute.map(String).join('.'));
  },
  'Fn::Join': (argument, scope) => {
    const [delimiter, parts] = listOf(argument, scope);
    return listOf(parts, scope).map(textOf(scope)).join(String(delimiter));
  },
  'Fn::Sub': (argument, scope) => {
    const [template, values] = Array.isArray(argument) ? argument : [argument, {}];
    const given = resolveIntrinsics(values, scope) as Record<string, unknown>;
    return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in given) return textOf(scope)(given[name]);
      const dot = name.indexOf('.');
      const value = dot < 0 ? scope.ref(name) : scope.getAtt(name.slice(0, dot), name.slice(dot + 1));
      return textOf(scope)(value);
    });
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = listOf(argument, scope);
    const list = listOf(items, scope);
    const at = Number(index);
    if (!(at in list)) throw new Error(`${scope.where}: Fn::Select has no element ${String(index)}`);
    return list[at];
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, text] = listOf(argument, scope);
    return String(text).split(String(delimiter));
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(String(resolveIntrinsics(argument, scope))),
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = listOf(argument, scope);
    return scope.mapping(String(map), String(first), String(second));
  },
  'Fn::If': (argument, scope) => {
    const [name, whenTrue, whenFalse] = argument as [string, unknown, unknown];
    return resolveIntrinsics(scope.condition(name) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = listOf(argument, scope);
    return String(left) === String(right);
  },
  'Fn::Not': (argument, scope) => !listOf(argument, scope)[0],
  'Fn::And': (argument, scope) => listOf(argument, scope).every(Boolean),
  'Fn::Or': (argument, scope) => listOf(argument, scope).some(Boolean),
  Condition: (name, scope) => scope.condition(String(name)),
  'Fn::Base64': (argument, scope) => Buffer.from(String(resolveIntrinsics(argument, scope))).toString('base64'),
  'Fn::GetAZs': (_argument, scope) => ['a', 'b', 'c'].map((zone) => `${scope.region}${zone}`),
  'Fn::Cidr': (argument, scope) => {
    const [block, count, bits] = listOf(argument, scope);
    return subnetsOf(String(block), Number(count), Number(bits ?? 8));
  },
};

/** Replaces every intrinsic function in `value`. Throws, naming `scope.where`, for one that is not known. */
export function resolveIntrinsics(value: unknown, scope: IntrinsicScope): unknown {
  if (Array.isArray(value)) {
    return value.map((inner) => resolveIntrinsics(inner, scope)).filter((inner) => inner !== NO_VALUE);
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const only = entries.length === 1 ? entries[0]! : undefined;
  if (only && isIntrinsic(only[0], only[1])) {
    const intrinsic = intrinsics[only[0]];
    if (!intrinsic) throw new Error(`${scope.where}: the intrinsic function ${only[0]} is not supported locally`);
    return intrinsic(only[1], scope);
  }
  return Object.fromEntries(
    entries
      .map(([key, inner]) => [key, resolveIntrinsics(inner, scope)] as const)
      .filter(([, inner]) => inner !== NO_VALUE),
  );
}

/** `Condition` is a function only in a condition's own expression: in an IAM statement it is an ordinary key. */
function isIntrinsic(key: string, argument: unknown): boolean {
  if (key === 'Condition') return typeof argument === 'string';
  return key === 'Ref' || key.startsWith('Fn::');
}

function listOf(argument: unknown, scope: IntrinsicScope): unknown[] {
  const list = resolveIntrinsics(argument, scope);
  if (!Array.isArray(list)) throw new Error(`${scope.where}: expected a list, found ${JSON.stringify(list)}`);
  return list;
}

function textOf(scope: IntrinsicScope) {
  return (value: unknown): string => {
    if (value === null || typeof value === 'object' || typeof value === 'symbol') {
      throw new Error(`${scope.where}: expected a text, found ${typeof value}`);
    }
    return String(value);
  };
}

function subnetsOf(block: string, count: number, hostBits: number): string[] {
  const [address, prefix] = block.split('/') as [string, string];
  const first = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const length = 32 - hostBits;
  if (length < Number(prefix)) throw new Error(`Fn::Cidr: ${block} has no subnets of ${hostBits} host bits`);
  return Array.from({ length: count }, (_unused, index) => {
    const start = first + index * 2 ** hostBits;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${length}`;
  });
}
