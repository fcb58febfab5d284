/** The addresses of stage dev where `npm run deploy:local` has put it: what its stack `edge` tells. */
export interface EmulatedStage {
  readonly httpUrl: string;
  readonly adminUrl: string;
  readonly socketUrl: string;
}

const STACK = 'necpgame-dev-edge';

/** @throws Error when nothing answers there, or the stack is not deployed. */
export async function emulatedStage(endpoint: string): Promise<EmulatedStage> {
  const scope = 'test/20260101/us-east-1/cloudformation/aws4_request';
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', StackName: STACK }),
    signal: AbortSignal.timeout(10_000),
  });
  const xml = await response.text();
  const output = (name: string): string => {
    const value = new RegExp(`<OutputKey>${name}</OutputKey>\\s*<OutputValue>([^<]+)</OutputValue>`).exec(xml)?.[1];
    if (!value)
      throw new Error(`${endpoint} has no stack ${STACK} with an output ${name}: \`npm run deploy:local\` first`);
    return value;
  };
  return { httpUrl: output('HttpUrl'), adminUrl: output('AdminUrl'), socketUrl: output('SocketUrl') };
}
