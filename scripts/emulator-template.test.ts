import { describe, expect, it } from 'vitest';
import { emulatorTemplate } from '#scripts/emulator-template.ts';

const endpoint = 'http://127.0.0.1:4566';
const api = { 'Fn::ImportValue': 'edge:Api' };
const host = { 'Fn::Join': ['.', [api, 'execute-api', { Ref: 'AWS::Region' }, { Ref: 'AWS::URLSuffix' }]] };

const template = {
  Resources: {
    Proxy: { Type: 'AWS::RDS::DBProxy', Properties: {} },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
    Fn: {
      Type: 'AWS::Lambda::Function',
      DependsOn: ['Proxy', 'Queue'],
      Properties: {
        VpcConfig: { SubnetIds: ['a'] },
        Environment: {
          Variables: {
            LEDGER_HOST: { 'Fn::GetAtt': ['Proxy', 'Endpoint'] },
            PROXY_ID: { 'Fn::Select': [6, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Proxy', 'Arn'] }] }] },
            QUEUE: { Ref: 'Queue' },
            HTTP: { 'Fn::Join': ['', ['https://', host]] },
            SOCKETS: { 'Fn::Join': ['', ['wss://', host, '/ws']] },
          },
        },
      },
    },
  },
  Outputs: { ProxyHost: { Value: { 'Fn::GetAtt': ['Proxy', 'Endpoint'] }, Export: { Name: 'ledger:Host' } } },
};

describe('emulatorTemplate', () => {
  const result = emulatorTemplate(template, endpoint);

  it('leaves out what the emulator lacks, and keeps the rest', () => {
    expect(Object.keys(result.Resources)).toEqual(['Queue', 'Fn']);
    expect(result.Resources.Queue).toEqual(template.Resources.Queue);
    expect(result.Resources.Fn).toMatchObject({ DependsOn: ['Queue'] });
  });

  it('keeps the exports that other stacks import, with a stand-in for what is not there', () => {
    expect(result.Outputs).toEqual({
      ProxyHost: { Value: 'arn:aws:absent:::not-in:this-emulator', Export: { Name: 'ledger:Host' } },
    });
  });

  it('runs functions outside the VPC, and gives the APIs the addresses of the emulator', () => {
    const { VpcConfig, Environment } = result.Resources.Fn!.Properties!;
    expect(VpcConfig).toBeUndefined();
    expect(Environment).toEqual({
      Variables: {
        LEDGER_HOST: 'arn:aws:absent:::not-in:this-emulator',
        PROXY_ID: 'arn:aws:absent:::not-in:this-emulator',
        QUEUE: { Ref: 'Queue' },
        HTTP: { 'Fn::Join': ['', [`${endpoint}/_aws/execute-api/`, api, '/$default']] },
        SOCKETS: { 'Fn::Join': ['', ['ws://127.0.0.1:4566/_aws/execute-api/', api, '/ws']] },
      },
    });
  });
});
