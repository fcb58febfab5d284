import type { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Bundles } from '#infra/constructs/bundles.ts';
import type { StageConfig } from '#infra/stage-config.ts';
import type { QueueName, SecretName } from '#shared/contract/needs.ts';

/** The Postgres ledger as a function sees it: through the proxy, from the isolated subnets. */
export interface Ledger {
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  /** Put on a function, it opens the way to the proxy. */
  readonly clientSecurityGroup: ISecurityGroup;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Resource of `rds-db:connect` for one database user. */
  connectArn(user: LedgerUser): string;
}

/** `ledger_owner` migrates; `ledger_app` may only run the ledger's SQL functions. */
export type LedgerUser = 'ledger_owner' | 'ledger_app';

/** Everything of the stage that the domains' functions may be joined to. */
export interface Surroundings {
  readonly config: StageConfig;
  readonly bundles: Bundles;
  readonly alarmTopic: ITopic;
  readonly table: ITable;
  /** ARN of each secret by its contract name. */
  readonly secretArns: Readonly<Record<SecretName, string>>;
  readonly ledger: Ledger;
  readonly bus: IEventBus;
  readonly queues: Readonly<Record<QueueName, IQueue>>;
  /** Takes stream batches that the relay could not handle. */
  readonly relayDeadLetters: IQueue;
  readonly apis: { readonly player: HttpApi; readonly admin: HttpApi };
  readonly socketApi: WebSocketApi;
  /** Id of the socket API as other stacks import it. */
  readonly socketApiId: string;
  /** `https://…`, where the management API of the sockets answers. */
  readonly socketEndpoint: string;
  /** Where players reach the APIs. */
  readonly publicHttpUrl: string;
  readonly publicSocketUrl: string;
  /** ARN of the SES identity that mail is sent from. */
  readonly mailIdentityArn: string;
}
