// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its placeholders like this

import { describe, expect, it } from 'vitest';
import { registryOf, stackOf } from '../testing/fixtures.ts';
import { apiPorts } from './registry.ts';

describe('the registry of resources', () => {
  it('gives references and attributes of hosted types local values', () => {
    const registry = registryOf(
      stackOf({
        Resources: {
          Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
          Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'game' } },
          Database: { Type: 'AWS::RDS::DBCluster' },
          Fn: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              FunctionName: 'fn',
              Url: { Ref: 'Queue' },
              QueueArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              Stream: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
              Port: { 'Fn::GetAtt': ['Database', 'Endpoint.Port'] },
              Partition: { 'Fn::Sub': '${AWS::Partition}:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}' },
            },
          },
        },
      }),
    );
    expect(registry.get('fn', 'test').properties).toEqual({
      FunctionName: 'fn',
      Url: 'http://127.0.0.1:5000/000000000000/jobs',
      QueueArn: 'arn:aws:sqs:eu-central-1:000000000000:jobs',
      Stream: 'arn:aws:dynamodb:eu-central-1:000000000000:table/game/stream/local',
      Port: '5001',
      Partition: 'aws:eu-central-1:000000000000:app',
    });
  });

  it('puts every resource after those that it refers to, across stacks too', () => {
    const registry = registryOf(
      stackOf(
        {
          Resources: {
            Fn: {
              Type: 'AWS::Lambda::Function',
              Properties: { Q: { 'Fn::ImportValue': 'data:queue' } },
              DependsOn: 'Role',
            },
            Role: { Type: 'AWS::IAM::Role' },
          },
        },
        'app',
      ),
      stackOf(
        {
          Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
          Outputs: { Q: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Export: { Name: 'data:queue' } } },
        },
        'data',
      ),
    );
    expect(registry.all.map(({ id }) => id)).toEqual(['Role', 'Queue', 'Fn']);
    expect(registry.ofType('AWS::Lambda::Function')[0]!.properties.Q).toBe(
      registry.ofType('AWS::SQS::Queue')[0]!.attributes.Arn,
    );
  });

  it('leaves out resources whose condition is false', () => {
    const registry = registryOf(
      stackOf({
        Conditions: { Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'mars-1'] } },
        Resources: { Gone: { Type: 'AWS::SQS::Queue', Condition: 'Here' }, There: { Type: 'AWS::SQS::Queue' } },
      }),
    );
    expect(registry.all.map(({ id }) => id)).toEqual(['There']);
  });

  it('turns the host of an API, however it is put together, into its local address', () => {
    const host = ['https://', { Ref: 'Http' }, '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }];
    const socket = ['wss://', { Ref: 'Socket' }, '.execute-api.eu-central-1.', { Ref: 'AWS::URLSuffix' }, '/ws'];
    const registry = registryOf(
      stackOf({
        Resources: {
          Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
          Socket: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
          Fn: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              FunctionName: 'fn',
              A: { 'Fn::Join': ['', host] },
              B: { 'Fn::Join': ['', socket] },
              C: { 'Fn::GetAtt': ['Http', 'ApiEndpoint'] },
              D: 'https://0123456789.execute-api.eu-central-1.amazonaws.com',
            },
          },
        },
      }),
    );
    expect(registry.get('fn', 'test').properties).toMatchObject({
      A: 'http://127.0.0.1:5000',
      B: 'ws://127.0.0.1:5001/ws',
      C: 'http://127.0.0.1:5000',
      D: 'https://0123456789.execute-api.eu-central-1.amazonaws.com',
    });
  });

  it('fills dynamic references to secrets with the value that the secret has', () => {
    const registry = registryOf(
      stackOf({
        Resources: {
          Secret: {
            Type: 'AWS::SecretsManager::Secret',
            Properties: {
              GenerateSecretString: { SecretStringTemplate: '{"username":"owner"}', GenerateStringKey: 'password' },
            },
          },
          Database: {
            Type: 'AWS::RDS::DBCluster',
            Properties: {
              User: {
                'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:username::}}']],
              },
              Password: {
                'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:password::}}']],
              },
            },
          },
        },
      }),
    );
    const { User, Password } = registry.ofType('AWS::RDS::DBCluster')[0]!.properties;
    expect(User).toBe('owner');
    expect(Password).toMatch(/^[0-9a-f]{32}$/);
  });

  it('finds a function by its name, its ARN, and its ARN with a version', () => {
    const registry = registryOf(
      stackOf({
        Resources: {
          Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'fn' } },
          Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
        },
      }),
    );
    const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:fn';
    expect([registry.find('fn'), registry.find(arn), registry.find(`${arn}:live`)].map((found) => found?.id)).toEqual([
      'Fn',
      'Fn',
      'Fn',
    ]);
    expect(registry.find(`${arn}:1`)?.type).toBe('AWS::Lambda::Version');
  });

  it('names the same resource the same way at every start', () => {
    const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } };
    expect(registryOf(stackOf(template)).all[0]!.ref).toBe(registryOf(stackOf(template)).all[0]!.ref);
  });

  it('answers references to resources that only exist by name', () => {
    const registry = registryOf(
      stackOf({
        Resources: {
          Role: { Type: 'AWS::IAM::Role' },
          Fn: {
            Type: 'AWS::Lambda::Function',
            Properties: { FunctionName: 'fn', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
          },
        },
      }),
    );
    expect(registry.get('fn', 'test').properties.Role).toMatch(/^arn:aws:iam::000000000000:role\/app-Role-/);
  });

  it('refuses resources of unknown types, naming all of them', () => {
    const template = { Resources: { Good: { Type: 'AWS::SQS::Queue' }, Bad: { Type: 'AWS::Kinesis::Stream' } } };
    expect(() =>
      registryOf(stackOf(template), stackOf({ Resources: { Odd: { Type: 'Custom::Odd' } } }, 'other')),
    ).toThrow('The local cloud does not know these resources: app.Bad (AWS::Kinesis::Stream), other.Odd (Custom::Odd)');
  });

  it('names an attribute that a hosted type does not have locally', () => {
    const template = {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue' },
        Fn: { Type: 'AWS::Lambda::Function', Properties: { A: { 'Fn::GetAtt': ['Queue', 'Colour'] } } },
      },
    };
    expect(() => registryOf(stackOf(template))).toThrow('app.Fn: the attribute Colour of Queue (AWS::SQS::Queue)');
  });

  it('names resources that depend on each other in a circle', () => {
    const template = {
      Resources: {
        A: { Type: 'AWS::IAM::Role', Properties: { Other: { Ref: 'B' } } },
        B: { Type: 'AWS::IAM::Role', Properties: { Other: { Ref: 'A' } } },
      },
    };
    expect(() => registryOf(stackOf(template))).toThrow('app.A depends on itself: app.A → app.B');
  });

  it('asks for the ports of the APIs, players first and sockets last', () => {
    const api = (Name: string, ProtocolType: string) => ({
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { Name, ProtocolType },
    });
    const stack = stackOf({
      Resources: { S: api('s', 'WEBSOCKET'), A: api('admin', 'HTTP'), P: api('player', 'HTTP') },
    });
    expect(apiPorts([stack])).toEqual(['api-app-P', 'api-app-A', 'api-app-S']);
  });
});
