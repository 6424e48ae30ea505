/** One resource of the synthesized assembly, with its intrinsic functions resolved. */
export interface LocalResource {
  readonly stack: string
  readonly logicalId: string
  /** CloudFormation type, e.g. `AWS::SQS::Queue`. */
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
  /** What `Ref` gives (queue URL, table name, bucket name, function name, …). */
  readonly id: string
  /** What `Fn::GetAtt: Arn` gives; empty for types without one. */
  readonly arn: string
}

/** The assembly of one stage, as the local run executes it. */
export interface LocalAssembly {
  readonly stage: string
  readonly region: string
  readonly account: string
  readonly resources: readonly LocalResource[]
  ofType(type: string): readonly LocalResource[]
  byArn(arn: string): LocalResource | undefined
  /** Stack outputs by `<stack>.<output id>`. */
  readonly outputs: Readonly<Record<string, string>>
  /** Folder with a function's deployed bundle, or with the files that a bucket deployment brings. */
  codeOf(resource: LocalResource): string
}

/** The clock of the local run; it only moves forward. */
export interface LocalClock {
  /** Epoch milliseconds. */
  now(): number
  /** Runs the callback once `now()` has reached the instant (epoch milliseconds), also when the clock is moved; returns a cancel function. */
  at(instant: number, callback: () => void): () => void
}

/** What a Lambda invocation came to. */
export type InvocationOutcome =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string }

/** Runs a function of the assembly once. */
export type Invoke = (functionArn: string, event: unknown) => Promise<InvocationOutcome>

/** Who makes an AWS call in the local run. */
export interface LocalPrincipal {
  /** Shown in denials: the function's folder name, or `operator/<name>`. */
  readonly name: string
  /** The role whose policies are evaluated; its ARN in the assembly. */
  readonly roleArn: string
}
