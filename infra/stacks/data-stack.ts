import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { GameAlarm } from '#infra/constructs/alarm.ts';
import { secretsPrefix } from '#infra/constructs/environment.ts';
import { pascalCase, stagePrefix } from '#infra/constructs/names.ts';
import { removalPolicy } from '#infra/constructs/removal-policy.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { StageConfig } from '#infra/stage-config.ts';
import { type SecretName, secretNames } from '#shared/contract/needs.ts';
import { tableDefinition } from '#shared/table/definition.ts';

/** The one table, and the secrets. */
export class DataStack extends GameStack {
  readonly table: Table;
  readonly secretArns: Readonly<Record<SecretName, string>>;

  constructor(scope: Construct, config: StageConfig, alarmTopic: ITopic) {
    super(scope, config, 'data', 'the table and the secrets');
    this.table = this.addTable(config);
    this.secretArns = Object.fromEntries(secretNames.map((name) => [name, this.addSecret(config, name)])) as Record<
      SecretName,
      string
    >;
    for (const access of ['Read', 'Write']) {
      new GameAlarm(this, `${access}Throttles`, {
        name: `${stagePrefix(config.stage)}-table-${access.toLowerCase()}-throttles`,
        metric: this.table.metric(`${access}ThrottleEvents`, { statistic: 'Sum' }),
        above: 0,
        periods: 2,
        what: `The table refuses ${access.toLowerCase()}s for want of capacity, most likely for one hot key`,
        impact: 'Players see requests refused with service.unavailable',
        topic: alarmTopic,
      });
    }
  }

  private addTable(config: StageConfig): Table {
    const key = (name: string) => ({ name, type: AttributeType.STRING });
    const table = new Table(this, 'Table', {
      tableName: stagePrefix(config.stage),
      partitionKey: key(tableDefinition.partitionKey),
      sortKey: key(tableDefinition.sortKey),
      timeToLiveAttribute: tableDefinition.ttlAttribute,
      stream: StreamViewType[tableDefinition.stream],
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      deletionProtection: config.production,
      removalPolicy: removalPolicy(config),
    });
    for (const [indexName, index] of Object.entries(tableDefinition.indexes)) {
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: key(index.partitionKey),
        sortKey: key(index.sortKey),
      });
    }
    return table;
  }

  private addSecret(config: StageConfig, name: SecretName): string {
    const secret = new CfnSecret(this, pascalCase(name), {
      name: `${secretsPrefix(config.stage)}/${name}`,
      description: secrets[name].description,
      ...(secrets[name].generated && { generateSecretString: { passwordLength: 64, excludePunctuation: true } }),
    });
    secret.applyRemovalPolicy(removalPolicy(config));
    acknowledge(secret, 'SMG4', secrets[name].rotation);
    return secret.ref;
  }
}

/** `generated`: born with 64 random letters and digits; else empty until the deployment function fills it. */
const secrets: Readonly<Record<SecretName, { description: string; generated: boolean; rotation: string }>> = {
  'token-signing-keys': {
    description: 'Ed25519 keys of access tokens, by kid',
    generated: false,
    rotation: 'Rotated by kid by a job of ours, since the previous key must stay valid until its last token expires.',
  },
  'password-pepper': {
    description: 'HMAC key over password hashes',
    generated: true,
    rotation: 'A new pepper would make every stored password hash worthless.',
  },
  'mail-token-key': {
    description: 'HMAC key of the tokens in mails',
    generated: true,
    rotation: 'Rotating it would break links in mails already sent; tokens are single use and short-lived.',
  },
  'mfa-key': {
    description: 'Key over the stored secrets of second factors; several by id while it is being changed',
    generated: true,
    rotation: 'Changed by hand, by key id: stored secrets move to the new key as their players use them.',
  },
};
