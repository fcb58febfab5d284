import { CfnOutput, Duration, Fn } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { socketStageName } from '#infra/constructs/grants.ts';
import { stagePrefix } from '#infra/constructs/names.ts';
import { PublicFront } from '#infra/constructs/public-front.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { StageConfig } from '#infra/stage-config.ts';

/** The APIs without their routes, what stands in front of them, and the sender of mail. */
export class EdgeStack extends GameStack {
  readonly apis: { readonly player: HttpApi; readonly admin: HttpApi };
  readonly socketApi: WebSocketApi;
  readonly socketApiId: string;
  readonly socketEndpoint: string;
  readonly publicHttpUrl: string;
  readonly publicSocketUrl: string;
  readonly mailIdentityArn: string;

  constructor(scope: Construct, config: StageConfig) {
    super(scope, config, 'edge', 'HTTP and WebSocket APIs, mail sender');
    this.apis = { player: this.addHttpApi(config, 'player'), admin: this.addHttpApi(config, 'admin') };
    this.socketApi = new WebSocketApi(this, 'SocketApi', {
      apiName: `${stagePrefix(config.stage)}-sockets`,
      description: 'STOMP 1.2 for notifications, chat and presence',
    });
    this.socketApiId = this.exportValue(this.socketApi.apiId);
    this.mailIdentityArn = new EmailIdentity(this, 'MailSender', {
      identity: Identity.domain(config.mailFrom.slice(config.mailFrom.indexOf('@') + 1)),
    }).emailIdentityArn;

    const socketHost = this.hostOf(this.socketApi.apiId);
    this.socketEndpoint = `https://${socketHost}/${socketStageName}`;
    let httpHost = config.domain ? `api.${config.domain.name}` : this.hostOf(this.apis.player.apiId);
    let adminHost = config.domain ? `admin.${config.domain.name}` : this.hostOf(this.apis.admin.apiId);
    let publicSocketHost = config.domain ? `ws.${config.domain.name}` : socketHost;
    if (config.cdn) {
      const front = new PublicFront(this, 'Front', {
        config,
        playerHost: this.hostOf(this.apis.player.apiId),
        adminHost: this.hostOf(this.apis.admin.apiId),
        socketHost,
      });
      httpHost = adminHost = publicSocketHost = front.host;
    }
    this.publicHttpUrl = `https://${httpHost}`;
    this.publicSocketUrl = `wss://${publicSocketHost}/${socketStageName}`;
    new CfnOutput(this, 'HttpUrl', { value: this.publicHttpUrl });
    new CfnOutput(this, 'AdminUrl', { value: `https://${adminHost}` });
    new CfnOutput(this, 'SocketUrl', { value: this.publicSocketUrl });
  }

  private addHttpApi(config: StageConfig, name: 'player' | 'admin'): HttpApi {
    return new HttpApi(this, name === 'player' ? 'PlayerApi' : 'AdminApi', {
      apiName: `${stagePrefix(config.stage)}-${name}`,
      // Stages name their routes' throttles, so they come after the routes: see the stages stack.
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: config.allowedOrigins,
        allowMethods: [
          CorsHttpMethod.GET,
          CorsHttpMethod.POST,
          CorsHttpMethod.PUT,
          CorsHttpMethod.PATCH,
          CorsHttpMethod.DELETE,
        ],
        allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'traceparent'],
        exposeHeaders: ['retry-after', 'x-request-id'],
        maxAge: Duration.hours(1),
      },
    });
  }

  private hostOf(apiId: string): string {
    return Fn.join('.', [apiId, 'execute-api', this.region, this.urlSuffix]);
  }
}
