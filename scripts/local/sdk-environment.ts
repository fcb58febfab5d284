import type { LocalPorts, PortName } from './service.ts';

/** SDK service ids, as they stand in `AWS_ENDPOINT_URL_<id>`, and the local service that answers for each. */
const services: Readonly<Record<string, PortName>> = {
  DYNAMODB: 'dynamodb',
  DYNAMODB_STREAMS: 'dynamodb',
  EVENTBRIDGE: 'events',
  SCHEDULER: 'scheduler',
  SECRETS_MANAGER: 'secretsmanager',
  SESV2: 'ses',
  SQS: 'sqs',
};

/**
 * Variables that lead any AWS SDK to the local services. A service that the local cloud does not have leads to the
 * control server, which refuses: no call ever leaves the machine.
 */
export function sdkEnvironment(ports: LocalPorts, region: string): Record<string, string> {
  const url = (name: PortName) => `http://127.0.0.1:${ports.of(name)}`;
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: url('control'),
    ...Object.fromEntries(Object.entries(services).map(([id, name]) => [`AWS_ENDPOINT_URL_${id}`, url(name)])),
  };
}
