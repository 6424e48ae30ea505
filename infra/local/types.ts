/** One resource of the synthesized assembly, with its intrinsic functions resolved. */
export interface LocalResource {
  readonly stack: string
  readonly logicalId: string
  /** CloudFormation type, e.g. `AWS::SQS::Queue`. */
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
  /** The value of `Ref` (queue URL, table name, bucket name, function name, …). */
  readonly id: string
  /** The value of `Fn::GetAtt: Arn`; empty for types without one. */
  readonly arn: string
}

/** The resolved assembly of one stage. */
export interface LocalAssembly {
  readonly stage: string
  readonly region: string
  readonly account: string
  readonly resources: readonly LocalResource[]
  ofType(type: string): readonly LocalResource[]
  byArn(arn: string): LocalResource | undefined
  /** Stack outputs by `<stack>.<output id>`. */
  readonly outputs: Readonly<Record<string, string>>
  /** Folder with a function's deployed bundle, or with the files of a bucket deployment. */
  codeOf(resource: LocalResource): string
}

/** The clock of the local run; it only moves forward. */
export interface LocalClock {
  /** Epoch milliseconds. */
  now(): number
  /** Runs the callback once `now()` reaches the instant (epoch milliseconds), even by a move; returns a cancel function. */
  at(instant: number, callback: () => void): () => void
}

/** The outcome of a Lambda invocation. */
export type InvocationOutcome =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string }

/** Invokes a function of the assembly. */
export type Invoke = (functionArn: string, event: unknown) => Promise<InvocationOutcome>

/** The caller of an AWS operation in the local run. */
export interface LocalPrincipal {
  /** Shown in denials: the function's folder name, or `operator/<name>`. */
  readonly name: string
  /** ARN of the role whose policies are evaluated. */
  readonly roleArn: string
}
