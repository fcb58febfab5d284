import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { socketStageName } from '#infra/constructs/grants.ts';
import { stagePrefix } from '#infra/constructs/names.ts';
import type { StageConfig } from '#infra/stage-config.ts';

export interface PublicFrontProps {
  readonly config: StageConfig;
  readonly playerHost: string;
  readonly adminHost: string;
  readonly socketHost: string;
}

/** CloudFront with WAF before the APIs: one host for players, administrators and sockets; nothing is cached. */
export class PublicFront extends Construct {
  /** Where players connect: the stage's own name, or CloudFront's. */
  readonly host: string;

  constructor(scope: Construct, id: string, { config, playerHost, adminHost, socketHost }: PublicFrontProps) {
    super(scope, id);
    const pass = (host: string) => ({
      origin: new HttpOrigin(host, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        readTimeout: Duration.seconds(30),
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    });
    const name = config.domain && `api.${config.domain.name}`;
    const distribution = new Distribution(this, 'Distribution', {
      comment: `${stagePrefix(config.stage)} APIs`,
      defaultBehavior: pass(playerHost),
      additionalBehaviors: { '/api/v1/admin/*': pass(adminHost), [`/${socketStageName}`]: pass(socketHost) },
      httpVersion: HttpVersion.HTTP2_AND_3,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      webAclId: this.addWebAcl(config).attrArn,
      logBucket: this.addLogBucket(),
      ...(config.domain && {
        domainNames: [`api.${config.domain.name}`],
        certificate: Certificate.fromCertificateArn(this, 'Certificate', config.domain.certificateArn),
      }),
    });
    acknowledge(distribution, 'CFR1', 'Players come from everywhere.');
    if (!config.domain) {
      acknowledge(distribution, 'CFR4', 'Without a domain of its own the stage uses the certificate of CloudFront.');
    }
    this.host = name ?? distribution.distributionDomainName;
  }

  private addWebAcl(config: StageConfig): CfnWebACL {
    const visible = (metricName: string) => ({
      metricName,
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
    });
    const managed = (priority: number, name: string, ...counted: string[]): CfnWebACL.RuleProperty => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: 'AWS',
          name,
          ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        },
      },
      visibilityConfig: visible(name),
    });
    return new CfnWebACL(this, 'WebAcl', {
      name: `${stagePrefix(config.stage)}-apis`,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible('all'),
      rules: [
        {
          name: 'rate',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: config.wafRequestsPer5Minutes,
              evaluationWindowSec: 300,
            },
          },
          visibilityConfig: visible('rate'),
        },
        managed(1, 'AWSManagedRulesAmazonIpReputationList'),
        managed(2, 'AWSManagedRulesKnownBadInputsRuleSet'),
        // Bodies may be 16 KB and the pipeline bounds them; game clients and engines send their own user agents or none.
        managed(3, 'AWSManagedRulesCommonRuleSet', 'SizeRestrictions_BODY', 'NoUserAgent_HEADER'),
      ],
    });
  }

  private addLogBucket(): Bucket {
    const bucket = new Bucket(this, 'AccessLogs', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // CloudFront writes its logs by ACL.
      objectOwnership: ObjectOwnership.OBJECT_WRITER,
      lifecycleRules: [{ expiration: Duration.days(90) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(bucket, 'S1', 'It holds access logs itself.');
    return bucket;
  }
}
