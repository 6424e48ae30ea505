import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'
import { secretGate } from '../../../shared/protocols/secret-gate.ts'

/** The gate and its guards: the deployed ones, or a broken variant of either. */
export interface Lock {
  readonly secretGate: typeof secretGate
  readonly signInGuards: (client: DynamoDBDocumentClient, tableName: string) => SignInGuards
}

export const deployedLock: Lock = { secretGate, signInGuards: dynamoSignInGuards }
