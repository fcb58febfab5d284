/** An error as the AWS JSON protocols carry it: the SDK raises it under this code. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Code of the older query protocol, where the service still sends it beside. */
  readonly queryCode: string | undefined;

  constructor(code: string, message: string, options: { status?: number; queryCode?: string } = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.queryCode = options.queryCode;
  }
}
